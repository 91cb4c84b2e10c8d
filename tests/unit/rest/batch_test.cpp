#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/rest/bundle_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BatchTest : public BundleTest {
 protected:
  BatchTest() : BundleTest("batch") {}
};

// The form of reference 4.9's example.
TEST_F(BatchTest, AnswersEachEntryInItsPlace) {
  Put("/r4/Patient/p1", Patient("p1"));
  const Answer answer = Process({Entry("PUT", "Patient/p2", Patient("p2")),
                                 Entry("GET", "Patient/p1"), Entry("DELETE", "Patient/p1")});

  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.text, StartsWith(R"({"resourceType":"Bundle","type":"batch-response",)"
                                      R"("timestamp":"2026-01-02T03:04:05.678Z","entry":[)"));
  ASSERT_EQ(answer.entries.size(), 3U);
  EXPECT_EQ(answer.entries[0], R"({"response":{"status":"201","location":"Patient/p2/_history/1",)"
                               R"("etag":"W/\"1\"","lastModified":"2026-01-02T03:04:05.678Z"}})");
  EXPECT_THAT(answer.entries[1], AllOf(StartsWith(R"({"resource":{"resourceType":"Patient")"),
                                       HasSubstr(R"("response":{"status":"200","etag":"W/\"1\"")"),
                                       Not(HasSubstr("location"))));
  EXPECT_THAT(answer.entries[2], HasSubstr(R"("status":"204","etag":"W/\"2\"","lastModified")"));
  EXPECT_EQ(Get("/r4/Patient/p1").status, 410);
  EXPECT_EQ(Get("/r4/Patient/p2").status, 200);
}

TEST_F(BatchTest, KeepsTheFailuresOfSomeEntriesFromTheOthers) {
  const Answer answer = Process(
      {Entry("GET", "Patient/none"), Entry("PUT", "Patient/p1", Patient("other")),
       Entry("POST", "Patient", R"({"resourceType":"Patient","unknown":1})"),
       Entry("POST", "Patient", Patient("x")), Entry("GET", "Nothing/1"),
       Entry("PUT", "metadata", Patient("x")), Entry("FETCH", "Patient/1"), Entry("GET", ""),
       Entry("PUT", "Patient/p1"), Entry("POST", "", Patient("x")), Entry("GET", "Patient/1#x"),
       Entry("GET", "http://elsewhere/datastore/0/r4/Patient/1"), Entry("GET", "Patient/%zz")});

  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.Statuses(), ElementsAre("404", "400", "400", "201", "404", "405", "400", "400",
                                             "400", "400", "400", "400", "400"));
  EXPECT_THAT(answer.entries[0],
              HasSubstr(R"("outcome":{"resourceType":"OperationOutcome","issue":[{)"
                        R"("severity":"error","code":"not-found")"));
}

TEST_F(BatchTest, TakesUrlsOfManyForms) {
  Put("/r4/Patient/p1", Patient("p1"));
  const std::string store(kStore);
  const Answer answer =
      Process({Entry("GET", "/Patient/p1"), Entry("GET", std::string(kBase) + "/Patient/p1"),
               Entry("GET", "https://elsewhere.example/datastore/" + store + "/r4/Patient/p1"),
               Entry("GET", "/datastore/" + store + "/r4/Patient/p1"), Entry("GET", "Patient/%701"),
               Entry("GET", "Patient?family=d%6fe&_count=1"), Entry("HEAD", "Patient/p1"),
               Entry("GET", "Patient/p1/_history/1"), Entry("GET", "metadata")});
  EXPECT_THAT(answer.Statuses(),
              ElementsAre("200", "200", "200", "200", "200", "200", "200", "200", "200"));
  EXPECT_THAT(answer.entries[5], HasSubstr(R"("type":"searchset")"));
  EXPECT_THAT(answer.entries[5], HasSubstr(R"("fullUrl")"));
  EXPECT_THAT(answer.entries[6], Not(HasSubstr("\"resource\"")));
}

TEST_F(BatchTest, HandsTheConditionsOfAnEntryOn) {
  Put("/r4/Patient/p1", Patient("p1"));
  const Answer answer =
      Process({Entry("PUT", "Patient/p1", Patient("p1"), R"("ifMatch":"W/\"7\"")"),
               Entry("GET", "Patient/p1", "", R"("ifNoneMatch":"W/\"1\"")"),
               Entry("GET", "Patient/p1", "", R"("ifModifiedSince":"2026-01-02T03:04:05.678Z")"),
               Entry("GET", "Patient/p1", "", R"("ifModifiedSince":"yesterday")"),
               Entry("POST", "Patient", Patient("x"), R"("ifNoneExist":"family=Doe")"),
               Entry("PUT", "Patient/p1", Patient("p1"), R"("ifMatch":"W/\"1\"")")});
  EXPECT_THAT(answer.Statuses(), ElementsAre("412", "304", "304", "400", "200", "200"));
  EXPECT_THAT(answer.entries[4], HasSubstr("Patient/p1/_history/1"));
  EXPECT_THAT(answer.entries[1], Not(HasSubstr("\"resource\"")));
}

TEST_F(BatchTest, ShowsWhatWasWrittenWhenAsked) {
  const std::vector<std::string> entries = {Entry("POST", "Patient", Patient("x"))};
  EXPECT_THAT(Process(entries, {{"Prefer", "return=representation"}}).entries[0],
              AllOf(StartsWith(R"({"resource":{"resourceType":"Patient")"), HasSubstr("\"201\"")));
  EXPECT_THAT(Process(entries).entries[0], StartsWith(R"({"response")"));
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(Process(entries, {{"Prefer", "return=minimal"}}).entries[0],
              AllOf(StartsWith(R"({"response")"), HasSubstr("Patient/")));
  EXPECT_THAT(Process(entries, {{"Prefer", "return=OperationOutcome"}}).entries[0],
              HasSubstr(R"("outcome":{"resourceType":"OperationOutcome")"));
}

// Reference 4.9 and its example batch-response-minimal-level.json.
TEST_F(BatchTest, TellsOfFlaggedEntries) {
  const std::string flagged = R"({"resourceType":"Patient","gender":"unheard-of"})";
  const std::vector<http::Header> minimal = {
      {"x-amzn-healthlake-fhir-validation-level", "minimal"}};
  const Answer answer =
      Process({Entry("POST", "Patient", flagged), Entry("POST", "Patient", Patient("x"))}, minimal);
  EXPECT_THAT(answer.Statuses(), ElementsAre("201", "201"));
  EXPECT_THAT(answer.entries[0],
              HasSubstr("\"outcome\":" + std::string(fhir::kValidationIssueOutcome)));
  EXPECT_THAT(answer.entries[1], Not(HasSubstr("outcome")));
  EXPECT_EQ(answer.Header("x-amzn-healthlake-validation-issues"), "true");
  EXPECT_EQ(Process({Entry("POST", "Patient", Patient("x"))}, minimal)
                .Header("x-amzn-healthlake-validation-issues"),
            "(none)");
}

TEST_F(BatchTest, DoesNotResolveReferencesBetweenEntries) {
  const Answer answer = Process({Entry("POST", "Patient", Patient("x"), "", "urn:uuid:a"),
                                 Entry("PUT", "Observation/o1", Observation("o1", "urn:uuid:a"))});
  EXPECT_THAT(answer.Statuses(), ElementsAre("201", "201"));
  EXPECT_THAT(Get("/r4/Observation/o1").body, HasSubstr("\"urn:uuid:a\""));
}

TEST_F(BatchTest, RunsOperationsAndPatches) {
  Put("/r4/Patient/p1", Patient("p1"));
  // [{"op":"replace","path":"/name/0/family","value":"Roe"}]
  const std::string binary =
      R"({"resourceType":"Binary","contentType":"application/json-patch+json","data":)"
      R"("W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9uYW1lLzAvZmFtaWx5IiwidmFsdWUiOiJSb2UifV0="})";
  const std::string parameters =
      R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
      R"({"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},)"
      R"({"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}]}]})";
  const Answer answer =
      Process({Entry("POST", "Patient/$validate", Patient("x")),
               Entry("PATCH", "Patient/p1", binary), Entry("PATCH", "Patient/p1", parameters),
               Entry("PATCH", "Patient/p1", R"({"resourceType":"Binary","data":"?"})")});
  EXPECT_THAT(answer.Statuses(), ElementsAre("200", "200", "200", "400"));
  EXPECT_THAT(answer.entries[0], HasSubstr("Validation successful"));
  EXPECT_THAT(answer.entries[2], HasSubstr("Patient/p1/_history/3"));
  EXPECT_THAT(Get("/r4/Patient/p1").body, AllOf(HasSubstr("Roe"), HasSubstr("\"active\":true")));
}

// Reference 4.9, the row "conditional PUT".
TEST_F(BatchTest, TakesConditionalUpdatesByIdOnly) {
  const Answer answer =
      Process({Entry("PUT", "Patient?_id=p1", Patient("p1")),
               Entry("PUT", "Patient?_id=p1&_tag=x", Patient("p1")),
               Entry("PUT", "Patient?family=Doe", Patient("p1")),
               Entry("PUT", "Patient?_id=p1&_tag=x&_lastUpdated=gt2020", Patient("p1"))});
  EXPECT_EQ(answer.Statuses()[0], "201");
  EXPECT_EQ(answer.Statuses()[2], "400");
  EXPECT_EQ(Process({Entry("DELETE", "Patient?family=Doe&_count=5")}).Statuses()[0], "400");
  UseRules(fhir::SearchRules::kR4);
  EXPECT_EQ(Process({Entry("PUT", "Patient?family=Doe", Patient("p1"))}).Statuses()[0], "200");
}

TEST_F(BatchTest, RefusesMoreThanFiveHundredEntriesUnderHealthLake) {
  const std::vector<std::string> fits(500, Entry("GET", "Patient/none"));
  EXPECT_EQ(Process(fits).status, 200);
  std::vector<std::string> many = fits;
  many.push_back(fits[0]);
  const Answer refused = Process(many);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.text, HasSubstr("at most 500"));
  UseRules(fhir::SearchRules::kR4);
  EXPECT_EQ(Process(many).entries.size(), 501U);
}

TEST_F(BatchTest, BoundsItsAnswer) {
  const std::string data(4'800'000, 'A');
  Put("/r4/Binary/b1",
      R"({"resourceType":"Binary","id":"b1","contentType":"text/plain","data":")" + data + "\"}");
  std::vector<std::string> entries(22, Entry("GET", "Binary/b1"));
  entries.push_back(Entry("PUT", "Patient/p1", Patient("p1")));
  const std::vector<std::string> statuses = Process(entries).Statuses();
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), "200"), 20);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), "413"), 2);
  EXPECT_EQ(statuses.back(), "201");
}

TEST_F(BatchTest, CannotBeProcessedAsynchronously) {
  EXPECT_EQ(Process({Entry("GET", "Patient/none")}, {{"Prefer", "respond-async"}}).status, 400);
}

TEST_F(BatchTest, RefusesWhatIsNoBundleToProcess) {
  EXPECT_EQ(Post("/r4", "").status, 400);
  EXPECT_EQ(Post("/r4/", "[]").status, 400);
  EXPECT_EQ(Post("/r4", "{\"resourceType\":\"Bundle\"").status, 400);
  EXPECT_EQ(Post("/r4", Patient("x")).status, 400);
  EXPECT_EQ(Post("/r4", R"({"resourceType":"Bundle"})").status, 400);
  EXPECT_EQ(Post("/r4", R"({"resourceType":"Bundle","type":"message"})").status, 400);
  EXPECT_EQ(Post("/r4", R"({"resourceType":"Bundle","type":"batch","entry":{}})").status, 400);
  EXPECT_EQ(Post("/r4", "{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(Put("/r4", "{}").status, 405);
  const http::Response nameless =
      Post("/r4", Bundle({Entry("GET", "Patient/1"), R"({"fullUrl":"urn:uuid:a"})"}));
  EXPECT_EQ(nameless.status, 400);
  EXPECT_THAT(nameless.body, HasSubstr("Bundle.entry[1]"));
}

TEST_F(BatchTest, AnswersAnEmptyBundleWithAnEmptyOne) {
  const http::Response response = Post("/r4/", Bundle({}));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, Not(HasSubstr("entry")));
  EXPECT_EQ(Post("/r4", R"({"resourceType":"Bundle","type":"batch"})").body, response.body);
}

TEST_F(BatchTest, LeavesPostBundleAnOrdinaryCreate) {
  const http::Response response = Post("/r4/Bundle", Bundle({Entry("GET", "Patient/1")}));
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, HasSubstr("\"type\":\"batch\""));
}

}  // namespace
}  // namespace healthlake::rest
