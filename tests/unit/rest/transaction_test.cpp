#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "healthlake/core/encoding.hpp"
#include "unit/rest/bundle_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kUuid = "urn:uuid:0f4ac2b7-0e3c-4a0a-8b53-1c4e7f7a0001";

class TransactionTest : public BundleTest {
 protected:
  TransactionTest() : BundleTest("transaction") {}

  std::size_t CountOf(const std::string& type) {
    json::Document document;
    EXPECT_FALSE(document.Parse(Get("/r4/" + type).body).has_value());
    const auto entries = document.root().Find("entry");
    return entries ? entries->size() : 0;
  }
  static std::string PatientWith(const std::string& identifier, const std::string& more = "") {
    return R"({"resourceType":"Patient","identifier":[{"value":")" + identifier + R"("}])" + more +
           "}";
  }
};

TEST_F(TransactionTest, AnswersInTheOrderOfTheRequest) {
  Put("/r4/Patient/p1", Patient("p1"));
  const Answer answer =
      Process({Entry("GET", "Patient/p2"), Entry("PUT", "Patient/p2", Patient("p2")),
               Entry("POST", "Patient", Patient("x")), Entry("DELETE", "Patient/p1")});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.text,
              StartsWith(R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"));
  EXPECT_THAT(answer.Statuses(), ElementsAre("200", "201", "201", "204"));
  EXPECT_THAT(answer.entries[0], HasSubstr(R"("resource":{"resourceType":"Patient","id":"p2")"));
  EXPECT_EQ(answer.entries[1], R"({"response":{"status":"201","location":"Patient/p2/_history/1",)"
                               R"("etag":"W/\"1\"","lastModified":"2026-01-02T03:04:05.678Z"}})");
}

// http.html#trules: DELETE, POST, PUT, GET, whatever the order of the entries.
TEST_F(TransactionTest, ReadsSeeWhatTheOthersWrote) {
  Put("/r4/Patient/p1", Patient("p1"));
  const Answer answer = Process(
      {Entry("GET", "Patient?family=Roe"), Entry("PUT", "Patient/p2", Patient("p2", "Roe"))});
  EXPECT_THAT(answer.entries[0], HasSubstr("\"id\":\"p2\""));
  const Answer gone = Process({Entry("GET", "Patient/p1"), Entry("DELETE", "Patient/p1")});
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

TEST_F(TransactionTest, StoresNothingWhenAnEntryFails) {
  const std::vector<std::string> faults = {
      Entry("PUT", "Patient/other", Patient("p1")),
      Entry("POST", "Patient", R"({"resourceType":"Patient","unknown":1})"),
      Entry("GET", "Patient/none"),
      Entry("DELETE", "Patient/none"),
      Entry("PUT", "Patient/q", Patient("q"), R"("ifMatch":"W/\"3\"")"),
      Entry("BREW", "Patient"),
      Entry("POST", "Patient/x/y/z", Patient("x"))};
  const std::vector<int> statuses = {400, 400, 404, 404, 412, 400, 400};
  for (std::size_t fault = 0; fault < faults.size(); ++fault) {
    for (std::size_t place = 0; place < 4; ++place) {
      std::vector<std::string> entries = {
          Entry("POST", "Patient", Patient("x")), Entry("PUT", "Patient/p1", Patient("p1")),
          Entry("POST", "Observation", Observation("o", "Patient/p1"))};
      entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(place), faults[fault]);
      const Answer answer = Process(entries);
      EXPECT_EQ(answer.status, statuses[fault]) << answer.text;
      EXPECT_THAT(answer.text, HasSubstr("(at Bundle.entry[" + std::to_string(place) + "]"));
      EXPECT_EQ(CountOf("Patient"), 0U);
      EXPECT_EQ(CountOf("Observation"), 0U);
      EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
    }
  }
}

TEST_F(TransactionTest, NamesTheElementOfTheEntryThatIsWrong) {
  const Answer answer =
      Process({Entry("POST", "Patient", Patient("x")),
               Entry("POST", "Patient", R"({"resourceType":"Patient","name":[{"unknown":1}]})")});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.text, HasSubstr("(at Bundle.entry[1].resource)"));
  EXPECT_THAT(answer.text, HasSubstr(R"("expression":["Bundle.entry[1].resource.name[0])"));
}

TEST_F(TransactionTest, RewritesReferencesToTheNewIds) {
  const Answer answer = Process(
      {Entry("POST", "Observation", Observation("o", "urn:uuid:a"), "", "urn:uuid:b"),
       Entry("POST", "Patient",
             PatientWith("1", R"(,"text":{"status":"generated","div":)"
                              R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">)"
                              R"(<a href=\"urn:uuid:b#x\">o</a></div>"},)"
                              R"("link":[{"other":{"reference":"http://x.org/fhir/Patient/7"},)"
                              R"("type":"seealso"}])"),
             "", "urn:uuid:a"),
       Entry("POST", "Patient", Patient("7"), "", "http://x.org/fhir/Patient/7"),
       Entry("PUT", "Observation/o2", Observation("o2", "Patient/7"), "",
             "http://x.org/fhir/Observation/2")});
  EXPECT_THAT(answer.Statuses(), ElementsAre("201", "201", "201", "201"));
  EXPECT_THAT(Get("/r4/Observation/" + answer.IdOf(0)).body,
              HasSubstr("\"reference\":\"Patient/" + answer.IdOf(1) + "\""));
  const std::string patient = Get("/r4/Patient/" + answer.IdOf(1)).body;
  EXPECT_THAT(patient, HasSubstr(R"(href=\"Observation/)" + answer.IdOf(0) + R"(#x\")"));
  EXPECT_THAT(patient, HasSubstr("\"reference\":\"Patient/" + answer.IdOf(2) + "\""));
  EXPECT_THAT(Get("/r4/Observation/o2").body,
              HasSubstr("\"reference\":\"Patient/" + answer.IdOf(2) + "\""));
  EXPECT_THAT(Get("/r4/Observation?subject=Patient/" + answer.IdOf(1)).body,
              HasSubstr(answer.IdOf(0)));
}

TEST_F(TransactionTest, KeepsReferencesToWhatIsNotInTheBundle) {
  const Answer answer = Process({Entry("PUT", "Observation/o1", Observation("o1", "urn:uuid:z")),
                                 Entry("POST", "Patient", Patient("x"), "", "urn:uuid:a")});
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(Get("/r4/Observation/o1").body, HasSubstr("\"urn:uuid:z\""));
}

TEST_F(TransactionTest, KeepsVersionSpecificReferencesSo) {
  Put("/r4/Patient/p1", Patient("p1"));
  const Answer answer =
      Process({Entry("PUT", "Patient/p1", Patient("p1"), "", "urn:uuid:p"),
               Entry("POST", "Patient", Patient("x"), "", "urn:uuid:n"),
               Entry("PUT", "Observation/o1", Observation("o1", "urn:uuid:p/_history/9")),
               Entry("PUT", "Observation/o2", Observation("o2", "urn:uuid:n/_history/9"))});
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(Get("/r4/Observation/o1").body, HasSubstr("\"Patient/p1/_history/2\""));
  EXPECT_THAT(Get("/r4/Observation/o2").body,
              HasSubstr("\"Patient/" + answer.IdOf(1) + "/_history/1\""));
}

TEST_F(TransactionTest, LetsResourcesReferToEachOther) {
  const auto linked = [&](const std::string& to) {
    return PatientWith("1", R"(,"link":[{"other":{"reference":")" + to + R"("},"type":"refer"}])");
  };
  const Answer answer = Process({Entry("POST", "Patient", linked("urn:uuid:b"), "", "urn:uuid:a"),
                                 Entry("POST", "Patient", linked("urn:uuid:a"), "", "urn:uuid:b")});
  EXPECT_THAT(Get("/r4/Patient/" + answer.IdOf(0)).body, HasSubstr("Patient/" + answer.IdOf(1)));
  EXPECT_THAT(Get("/r4/Patient/" + answer.IdOf(1)).body, HasSubstr("Patient/" + answer.IdOf(0)));
}

TEST_F(TransactionTest, RewritesReferencesInPatches) {
  Put("/r4/Patient/p0", Patient("p0"));
  for (const std::string id : {"o1", "o2"}) {
    Put("/r4/Observation/" + id, Observation(id, "Patient/p0"));
  }
  const std::string patch =
      R"([{"op":"replace","path":"/subject/reference","value":"urn:uuid:a"}])";
  const std::string binary =
      R"({"resourceType":"Binary","contentType":"application/json-patch+json","data":")" +
      core::Base64Encode(patch) + "\"}";
  const std::string parameters =
      R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
      R"({"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.subject"},)"
      R"({"name":"value","valueReference":{"reference":"urn:uuid:a"}}]}]})";
  const Answer answer = Process({Entry("PATCH", "Observation/o1", binary),
                                 Entry("PATCH", "Observation/o2", parameters),
                                 Entry("POST", "Patient", Patient("x"), "", "urn:uuid:a")});
  EXPECT_EQ(answer.status, 200) << answer.text;
  for (const std::string id : {"o1", "o2"}) {
    EXPECT_THAT(Get("/r4/Observation/" + id).body, HasSubstr("Patient/" + answer.IdOf(2)));
  }
}

// What a patch says is known by type only where it has been applied.
TEST_F(TransactionTest, RewritesByTypeWhatAPatchHasMade) {
  ASSERT_EQ(Put("/r4/Observation/o", Observation("o", kUuid)).status, 201);
  ASSERT_EQ(Put("/r4/Patient/known", R"({"resourceType":"Patient","id":"known",
      "identifier":[{"system":"http://i","value":"k"}]})")
                .status,
            201);
  const auto patch = [&](const std::string& operations) {
    const std::string binary = R"({"resourceType":"Binary","contentType":)"
                               R"("application/json-patch+json","data":")" +
                               core::Base64Encode(operations) + "\"}";
    return Process({Entry("POST", "Patient", Patient("x"), {}, kUuid),
                    Entry("PATCH", "Observation/o", binary)});
  };
  const std::string uuid(kUuid);
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/code/text","value":")" + uuid + "\"}]").status, 200);
  EXPECT_THAT(Get("/r4/Observation/o").body, HasSubstr("\"text\":\"" + uuid + "\""));
  EXPECT_THAT(Get("/r4/Observation/o").body, HasSubstr("\"reference\":\"Patient/"));
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/subject","value":{"reference":)"
                  R"("Patient?identifier=http://i|k"}}])")
                .status,
            200);
  EXPECT_THAT(Get("/r4/Observation/o").body, HasSubstr(R"("reference":"Patient/known")"));
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/subject","value":{"reference":)"
                  R"("Patient?identifier=http://i|none"}}])")
                .status,
            412);
  const std::string parameters =
      R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
      R"({"name":"type","valueCode":"replace"},)"
      R"({"name":"path","valueString":"Observation.subject.reference"},)"
      R"({"name":"value","valueString":")" +
      uuid + "\"}]}]}";
  const Answer answer = Process({Entry("POST", "Patient", Patient("x"), {}, kUuid),
                                 Entry("PATCH", "Observation/o", parameters)});
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(Get("/r4/Observation/o").body, HasSubstr("Patient/" + answer.IdOf(0)));
}

TEST_F(TransactionTest, CreatesAnewWhatTheTransactionDeletes) {
  const std::string patient =
      R"({"resourceType":"Patient","id":"p","identifier":[{"system":"http://i","value":"7"}]})";
  ASSERT_EQ(Put("/r4/Patient/p", patient).status, 201);
  const Answer answer = Process(
      {Entry("POST", "Patient", patient, R"("ifNoneExist":"identifier=http://i|7")", kUuid),
       Entry("DELETE", "Patient/p"), Entry("POST", "Observation", Observation("o", kUuid))});
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(answer.Statuses(), ElementsAre("201", "204", "201"));
  EXPECT_THAT(Get("/r4/Observation/" + answer.IdOf(2)).body,
              HasSubstr("Patient/" + answer.IdOf(0)));
  EXPECT_EQ(Get("/r4/Patient/" + answer.IdOf(0)).status, 200);
}

TEST_F(TransactionTest, FailsWhenItMakesTwiceWhatIsToExistOnce) {
  UseRules(fhir::SearchRules::kR4);
  const std::string patient =
      R"({"resourceType":"Patient","identifier":[{"system":"http://i","value":"2"}]})";
  const std::string update = Entry("PUT", "Patient?identifier=http://i|2", patient);
  const std::string create =
      Entry("POST", "Patient", patient, R"("ifNoneExist":"identifier=http://i|2")");
  const std::string spelt =
      Entry("POST", "Patient", patient, R"("ifNoneExist":"identifier=http%3A%2F%2Fi%7C2")");
  for (const std::vector<std::string>& entries :
       std::vector<std::vector<std::string>>{{update, update},
                                             {update, create},
                                             {create, spelt},
                                             {Entry("POST", "Patient", patient), update}}) {
    EXPECT_EQ(Process(entries).status, 412);
  }
  EXPECT_THAT(Get("/r4/Patient?identifier=http://i|2&_total=accurate").body,
              HasSubstr(R"("total":0)"));
}

TEST_F(TransactionTest, SearchesForEachConditionalReferenceWhateverCameBefore) {
  ASSERT_EQ(Put("/r4/Patient/other", R"({"resourceType":"Patient","id":"other",
      "identifier":[{"system":"http://i","value":"o"}]})")
                .status,
            201);
  ASSERT_EQ(Put("/r4/Patient/same", R"({"resourceType":"Patient","id":"same",
      "identifier":[{"system":"http://i","value":"s"}]})")
                .status,
            201);
  const Answer answer =
      Process({Entry("POST", "Patient", Patient("x"), R"("ifNoneExist":"identifier=http://i|s")"),
               Entry("POST", "Observation", Observation("o", "Patient?identifier=http://i|o"))});
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(Get("/r4/Observation/" + answer.IdOf(1)).body, HasSubstr("\"Patient/other\""));
}

TEST_F(TransactionTest, RefusesTwoWritesToOneResource) {
  Put("/r4/Patient/p1", Patient("p1"));
  for (const std::string& other :
       {Entry("PUT", "Patient/p1", Patient("p1")), Entry("DELETE", "Patient/p1"),
        Entry("DELETE", "Patient?family=Doe")}) {
    const Answer answer = Process({Entry("PUT", "/Patient/p1", Patient("p1")), other});
    EXPECT_EQ(answer.status, 400) << answer.text;
    EXPECT_THAT(answer.text, HasSubstr("Patient/p1"));
  }
  EXPECT_THAT(Get("/r4/Patient/p1").body, HasSubstr("\"versionId\":\"1\""));
  EXPECT_EQ(Process({Entry("PUT", "Patient/p1", Patient("p1")), Entry("GET", "Patient/p1")}).status,
            200);
}

TEST_F(TransactionTest, RefusesAFullUrlThatIsGivenTwice) {
  const Answer answer = Process({Entry("POST", "Patient", Patient("x"), "", "urn:uuid:a"),
                                 Entry("POST", "Patient", Patient("x"), "", "urn:uuid:a")});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("urn:uuid:a"), HasSubstr("Bundle.entry[1]")));
}

TEST_F(TransactionTest, CreatesOnlyWhatDoesNotExist) {
  Put("/r4/Patient/p1", R"({"resourceType":"Patient","id":"p1","identifier":[{"value":"one"}]})");
  const auto entries = [&](const std::string& criteria) {
    return std::vector<std::string>{Entry("POST", "Patient", PatientWith("two"),
                                          R"("ifNoneExist":")" + criteria + "\"", "urn:uuid:a"),
                                    Entry("POST", "Observation", Observation("o", "urn:uuid:a"))};
  };
  const Answer found = Process(entries("identifier=one"));
  EXPECT_THAT(found.Statuses(), ElementsAre("200", "201"));
  EXPECT_THAT(Get("/r4/Observation/" + found.IdOf(1)).body, HasSubstr("\"Patient/p1\""));
  const Answer made = Process(entries("identifier=two"));
  EXPECT_THAT(made.Statuses(), ElementsAre("201", "201"));
  EXPECT_THAT(Get("/r4/Observation/" + made.IdOf(1)).body, HasSubstr("Patient/" + made.IdOf(0)));
  Post("/r4/Patient", PatientWith("two"));
  EXPECT_EQ(Process(entries("identifier=two")).status, 412);
}

TEST_F(TransactionTest, CreatesOnceWhatTwoEntriesWantToExist) {
  const std::string condition = R"("ifNoneExist":"identifier=one")";
  const Answer answer = Process({Entry("POST", "Patient", PatientWith("one"), condition),
                                 Entry("POST", "Patient", PatientWith("one"), condition)});
  EXPECT_THAT(answer.Statuses(), ElementsAre("201", "200"));
  EXPECT_EQ(answer.IdOf(0), answer.IdOf(1));
  EXPECT_EQ(CountOf("Patient"), 1U);
}

// Reference 4.9: no conditional PUT in a transaction; FHIR has it.
TEST_F(TransactionTest, UpdatesByCriteriaUnderR4) {
  const std::vector<std::string> entries = {
      Entry("PUT", "Patient?identifier=one", PatientWith("one"), "", "urn:uuid:a"),
      Entry("POST", "Observation", Observation("o", "urn:uuid:a"))};
  EXPECT_EQ(Process(entries).status, 400);
  EXPECT_EQ(CountOf("Observation"), 0U);
  UseRules(fhir::SearchRules::kR4);
  const Answer made = Process(entries);
  EXPECT_THAT(made.Statuses(), ElementsAre("201", "201"));
  const Answer changed = Process(entries);
  EXPECT_THAT(changed.Statuses(), ElementsAre("200", "201"));
  EXPECT_EQ(made.IdOf(0), changed.IdOf(0));
  EXPECT_THAT(Get("/r4/Observation/" + changed.IdOf(1)).body, HasSubstr("Patient/" + made.IdOf(0)));
  EXPECT_EQ(
      Process({entries[0], Entry("PUT", "Patient/" + made.IdOf(0), Patient(made.IdOf(0)))}).status,
      400);
}

TEST_F(TransactionTest, ResolvesConditionalReferences) {
  Put("/r4/Patient/p1", R"({"resourceType":"Patient","id":"p1","identifier":[{"value":"one"}]})");
  const Answer answer =
      Process({Entry("PUT", "Observation/o1", Observation("o1", "Patient?identifier=one")),
               Entry("PUT", "Observation/o2", Observation("o2", "Patient?identifier=two")),
               Entry("PUT", "Observation/o3", Observation("o3", "Patient?identifier=two")),
               Entry("POST", "Patient", PatientWith("two"))});
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(Get("/r4/Observation/o1").body, HasSubstr("\"Patient/p1\""));
  EXPECT_THAT(Get("/r4/Observation/o2").body, HasSubstr("\"Patient/" + answer.IdOf(3) + "\""));
  EXPECT_THAT(Get("/r4/Observation/o3").body, HasSubstr("\"Patient/" + answer.IdOf(3) + "\""));
}

TEST_F(TransactionTest, FailsWhenAConditionalReferenceMeansNoneOrSeveral) {
  Post("/r4/Patient", PatientWith("one"));
  Post("/r4/Patient", PatientWith("one"));
  for (const std::string criteria : {"identifier=one", "identifier=none"}) {
    const Answer answer =
        Process({Entry("POST", "Patient", Patient("x")),
                 Entry("POST", "Observation", Observation("o", "Patient?" + criteria))});
    EXPECT_EQ(answer.status, 412);
    EXPECT_THAT(answer.text, HasSubstr("Bundle.entry[1]"));
    EXPECT_EQ(CountOf("Patient"), 2U);
  }
  EXPECT_EQ(Process({Entry("POST", "Observation", Observation("o", "Patient?unheard=1"))}).status,
            400);
}

TEST_F(TransactionTest, RefusesMoreThanAHundredEntriesUnderHealthLake) {
  const std::vector<std::string> fits(100, Entry("POST", "Patient", Patient("x")));
  EXPECT_EQ(Process(fits).entries.size(), 100U);
  std::vector<std::string> many = fits;
  many.push_back(fits[0]);
  EXPECT_EQ(Process(many).status, 422);
  UseRules(fhir::SearchRules::kR4);
  EXPECT_EQ(Process(many).entries.size(), 101U);
}

TEST_F(TransactionTest, HoldsTheValidationLevelForAllEntries) {
  const std::string flagged = R"({"resourceType":"Patient","gender":"unheard-of"})";
  EXPECT_EQ(Process({Entry("POST", "Patient", flagged)}).status, 400);
  const Answer answer = Process({Entry("POST", "Patient", flagged)},
                                {{"x-amzn-healthlake-fhir-validation-level", "minimal"}});
  EXPECT_EQ(answer.Statuses()[0], "201");
  EXPECT_EQ(answer.Header("x-amzn-healthlake-validation-issues"), "true");
}

class LaterTransactionTest : public TransactionTest {
 protected:
  LaterTransactionTest() = default;

  http::Response RunLater(const std::vector<std::string>& entries) {
    const std::string body = Bundle(entries);
    return service_->RunTransaction({.id = "t1",
                                     .datastore_id = kStore,
                                     .base = kBase,
                                     .headers = "Prefer:return=representation\n",
                                     .body = body},
                                    {});
  }
  std::optional<std::string> Checkpoint() {
    return registry_->Load(store::DatastoreId(std::string(kStore)))->FindCheckpoint("t1");
  }
};

TEST_F(LaterTransactionTest, CommitsItsAnswerWithItsWrites) {
  const http::Response response = RunLater({Entry("PUT", "Patient/p1", Patient("p1"))});
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_THAT(response.body, AllOf(HasSubstr("transaction-response"), HasSubstr("\"resource\"")));
  EXPECT_EQ(Checkpoint(), response.body);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

TEST_F(LaterTransactionTest, LeavesNothingBehindWhenItFails) {
  const http::Response response =
      RunLater({Entry("PUT", "Patient/p1", Patient("p1")), Entry("GET", "Patient/none")});
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("Bundle.entry[1]"));
  EXPECT_EQ(Checkpoint(), std::nullopt);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
}

// The text of async-transaction-poll-failed.json.
TEST_F(LaterTransactionTest, ReportsConflictsInHealthLakesWords) {
  Put("/r4/Patient/p1", Patient("p1"));
  const http::Response response =
      RunLater({Entry("PUT", "Patient/p1", Patient("p1"), R"("ifMatch":"W/\"9\"")")});
  EXPECT_EQ(response.status, 412);
  EXPECT_EQ(response.body, R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",)"
                           R"("code":"exception","diagnostics":)"
                           R"("Transaction failed: conflict detected on resource Patient/p1"}]})");
}

// Reference 4.10.
TEST_F(LaterTransactionTest, RefusesPatchesUnderHealthLakeAndTakesFiveHundredEntries) {
  EXPECT_EQ(RunLater({Entry("PATCH", "Patient/p1", R"({"resourceType":"Parameters"})")}).status,
            400);
  const std::vector<std::string> fits(500, Entry("POST", "Patient", Patient("x")));
  EXPECT_EQ(RunLater(fits).status, 200);
  std::vector<std::string> many = fits;
  many.push_back(fits[0]);
  EXPECT_EQ(RunLater(many).status, 422);
}

class TransactionRaceTest : public TransactionTest {};

TEST_F(TransactionRaceTest, EndsWithoutDeadlockWhateverTheOrder) {
  Process({Entry("PUT", "Patient/a", Patient("a")), Entry("PUT", "Patient/b", Patient("b"))});
  constexpr int kRounds = 25;
  std::atomic<int> failed{0};
  const auto run = [&](const std::string& first, const std::string& second) {
    for (int i = 0; i < kRounds; ++i) {
      const http::Response response =
          Post("/r4", Bundle({Entry("PUT", "Patient/" + first, Patient(first)),
                              Entry("PUT", "Patient/" + second, Patient(second)),
                              Entry("GET", "Patient/" + first)}));
      if (response.status != 200) ++failed;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back(run, "a", "b");
    threads.emplace_back(run, "b", "a");
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  for (const std::string id : {"a", "b"}) {
    EXPECT_THAT(Get("/r4/Patient/" + id).body,
                HasSubstr("\"versionId\":\"" + std::to_string(1 + 4 * kRounds) + "\""));
  }
}

TEST_F(TransactionRaceTest, ReadersNeverSeeHalfOfOne) {
  Process({Entry("PUT", "Patient/a", Patient("a")), Entry("PUT", "Patient/b", Patient("b"))});
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) {
      const std::string family = "Doe" + std::to_string(i);
      Process({Entry("PUT", "Patient/a", Patient("a", family)),
               Entry("PUT", "Patient/b", Patient("b", family))});
    }
    done = true;
  });
  while (!done) {
    const std::string body = Get("/r4/Patient").body;
    const std::size_t first = body.find("\"family\":");
    const std::size_t second = body.find("\"family\":", first + 1);
    ASSERT_NE(second, std::string::npos);
    EXPECT_EQ(body.substr(first, body.find('}', first) - first),
              body.substr(second, body.find('}', second) - second));
  }
  writer.join();
}

}  // namespace
}  // namespace healthlake::rest
