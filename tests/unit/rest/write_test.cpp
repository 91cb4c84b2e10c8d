#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class WriteTest : public RestTest {};

TEST_F(WriteTest, CreatesUnderAnIdOfTheServers) {
  const http::Response response = Post("/r4/Patient", Patient("mine"));

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"1\"");
  // Measured on the real service (reference 0.3, fact 7).
  EXPECT_EQ(HeaderOf(response, "Location"), "(none)");
  EXPECT_THAT(response.body, Not(HasSubstr("\"mine\"")));
  EXPECT_THAT(response.body, HasSubstr("\"family\":\"Doe\""));
  EXPECT_EQ(Get("/r4/Patient/mine").status, 404);
}

TEST_F(WriteTest, NamesTheLocationUnderR4) {
  UseRules(fhir::SearchRules::kR4);
  const http::Response response = Post("/r4/Patient", Patient("mine"));
  EXPECT_THAT(HeaderOf(response, "Location"),
              ::testing::MatchesRegex(std::string(kBase) + "/Patient/[-0-9a-f]+/_history/1"));
}

TEST_F(WriteTest, UpdatesAndCountsVersions) {
  EXPECT_EQ(Put("/r4/Patient/p1", Patient("p1")).status, 201);
  const http::Response second = Put("/r4/Patient/p1", Patient("p1", "Roe"));
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(HeaderOf(second, "ETag"), "W/\"2\"");
  EXPECT_THAT(second.body, HasSubstr("Roe"));
}

TEST_F(WriteTest, ChecksPreconditions) {
  Put("/r4/Patient/p1", Patient("p1"));
  Put("/r4/Patient/p1", Patient("p1"));
  const std::string body = Patient("p1");

  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-Match", "W/\"2\""}}).status, 200);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-Match", "\"3\""}}).status, 200);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-Match", "nonsense"}}).status, 400);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-None-Match", "W/\"1\""}}).status, 400);
  EXPECT_EQ(Put("/r4/Patient/new", Patient("new"), {{"If-None-Match", "*"}}).status, 201);
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(Put("/r4/Patient/none", Patient("none"), {{"If-Match", "*"}}).status, 412);
  EXPECT_EQ(Remove("/r4/Patient/p1", {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(Remove("/r4/Patient/p1", {{"If-Match", "W/\"5\""}}).status, 204);
  // A tombstone counts as existing (reference 4.12).
  EXPECT_EQ(Put("/r4/Patient/p1", body, {{"If-None-Match", "*"}}).status, 412);
}

TEST_F(WriteTest, DeletesAndRevives) {
  Put("/r4/Patient/p1", Patient("p1"));

  const http::Response deleted = Remove("/r4/Patient/p1");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_TRUE(deleted.body.empty());
  EXPECT_EQ(Remove("/r4/Patient/p1").status, 204);
  EXPECT_EQ(Remove("/r4/Patient/never").status, 404);
  const http::Response revived = Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_THAT(revived.status, AnyOf(200, 201));
  EXPECT_EQ(HeaderOf(revived, "ETag"), "W/\"3\"");
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

TEST_F(WriteTest, ChecksTheMediaType) {
  struct Case {
    const char* type;
    int status;
  };
  for (const Case& c :
       {Case{"application/fhir+json", 201}, Case{"application/json", 201},
        Case{"application/fhir+json; charset=UTF-8", 201},
        Case{"Application/JSON;charset=\"utf-8\"", 201}, Case{"", 201},
        Case{"application/fhir+json; charset=latin1", 415}, Case{"application/fhir+xml", 415},
        Case{"text/plain", 415}, Case{"application/x-www-form-urlencoded", 415}}) {
    const http::Response response = Post("/r4/Patient", Patient("x"), {{"Content-Type", c.type}});
    EXPECT_EQ(response.status, c.status) << c.type;
    if (c.status == 415) {
      EXPECT_THAT(response.body,
                  HasSubstr("Incorrect MIME-type. Update request Content-Type header."));
    }
  }
  EXPECT_EQ(Post("/r4/Patient", Patient("x")).status, 201);
}

TEST_F(WriteTest, RefusesBodiesThatAreNoSuchResource) {
  struct Case {
    std::string body;
    std::string says;
  };
  const std::string unreadable =
      "The provided payload was invalid and could not be parsed correctly.";
  for (const Case& c : {
           Case{"", unreadable},
           Case{"{", unreadable},
           Case{"[]", unreadable},
           Case{"\"x\"", unreadable},
           Case{"{\"a\":1} {}", unreadable},
           Case{"{\"a\":\"\xff\"}", unreadable},
           Case{"{\"id\":\"p1\"}", "Missing required resourceType"},
           Case{"{\"resourceType\":7,\"id\":\"p1\"}", "Missing required resourceType"},
           Case{R"({"resourceType":"Group","id":"p1"})", "is not the 'Patient' of the URL"},
           Case{R"({"resourceType":"Patient"})", "Missing required id"},
           Case{R"({"resourceType":"Patient","id":"p2"})", "is not the 'p1' of the URL"},
           Case{R"({"resourceType":"Patient","id":"p1","nme":[]})", "nme"},
       }) {
    const http::Response response = Put("/r4/Patient/p1", c.body);
    EXPECT_EQ(response.status, 400) << c.body;
    EXPECT_THAT(response.body, HasSubstr(c.says)) << c.body;
  }
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
}

TEST_F(WriteTest, HeedsTheLevelOfValidation) {
  constexpr const char* kLevel = "x-amzn-healthlake-fhir-validation-level";
  constexpr const char* kIssues = "x-amzn-healthlake-validation-issues";
  const std::string odd = R"({"resourceType":"Patient","id":"p1","nonsense":1})";
  for (const char* level : {"strict", "structure-only", "", "  "}) {
    EXPECT_EQ(Put("/r4/Patient/p1", odd, {{kLevel, level}}).status, 400) << level;
    EXPECT_EQ(Post("/r4/Patient", odd, {{kLevel, level}}).status, 400) << level;
  }
  for (const http::Response& response : {Post("/r4/Patient", odd, {{kLevel, "minimal"}}),
                                         Put("/r4/Patient/p1", odd, {{kLevel, " minimal "}})}) {
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(HeaderOf(response, kIssues), "true");
    EXPECT_THAT(response.body, HasSubstr(fhir::kValidationIssueUrl));
  }
  EXPECT_THAT(Get("/r4/Patient/p1").body, HasSubstr(fhir::kValidationIssueUrl));
  const http::Response sound = Put("/r4/Patient/p1", Patient("p1"), {{kLevel, "minimal"}});
  EXPECT_EQ(sound.status, 200);
  EXPECT_EQ(HeaderOf(sound, kIssues), "(none)");
  EXPECT_THAT(sound.body, Not(HasSubstr(fhir::kValidationIssueUrl)));
}

TEST_F(WriteTest, TellsTheIssuesToWhoWantsAnOutcome) {
  const http::Response response = Post("/r4/Patient", R"({"resourceType":"Patient","nonsense":1})",
                                       {{"Prefer", "return=OperationOutcome"},
                                        {"X-Amzn-HealthLake-FHIR-Validation-Level", "minimal"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, HasSubstr("nonsense"));
}

TEST_F(WriteTest, NamesTheLevelsThatThereAre) {
  for (const char* level : {"lenient", "Strict", "strict,minimal"}) {
    const http::Response response =
        Post("/r4/Patient", Patient("x"), {{"x-amzn-healthlake-fhir-validation-level", level}});
    EXPECT_EQ(response.status, 400) << level;
    EXPECT_THAT(response.body, HasSubstr("must be strict, structure-only or minimal")) << level;
  }
}

TEST_F(WriteTest, SaysWhereABodyIsNoJson) {
  const http::Response response =
      Post("/r4/Patient", "{\"resourceType\":\"Patient\",\n  \"id\" 7}");
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"invalid\""));
  EXPECT_THAT(response.body, HasSubstr("(line 2, column 8)"));
}

TEST_F(WriteTest, RefusesIdsThatAreNone) {
  for (const std::string& id : {std::string("a_b"), std::string("%C3%A9"), std::string(65, 'a'),
                                std::string("a%2Fb"), std::string("a%20b")}) {
    const http::Response response = Put("/r4/Patient/" + id, Patient("x"));
    EXPECT_EQ(response.status, 400) << id;
    EXPECT_THAT(response.body, HasSubstr("at 'resourceId' failed to satisfy constraint")) << id;
  }
}

}  // namespace
}  // namespace healthlake::rest
