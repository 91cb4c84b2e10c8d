// Reference 4.6, and 4.9 for batches.
#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;

class ConditionalUpdateTest : public RestTest,
                              public ::testing::WithParamInterface<fhir::SearchRules> {
 protected:
  ConditionalUpdateTest() { UseRules(GetParam()); }

  static std::string WithoutId(const std::string& family) {
    return R"({"resourceType":"Patient","name":[{"family":")" + family + R"("}]})";
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ConditionalUpdateTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(ConditionalUpdateTest, FollowsTheTable) {
  struct Row {
    const char* name;
    const char* criteria;
    std::string body;
    int status;
    const char* etag;
  };
  Put("/r4/Patient/one", Patient("one", "One"));
  Put("/r4/Patient/two", Patient("two", "Many"));
  Put("/r4/Patient/three", Patient("three", "Many"));
  for (const Row& row : {
           Row{"0 matches, no id", "family=None", WithoutId("Made"), 201, "W/\"1\""},
           Row{"0 matches, unused id", "family=None", Patient("fresh", "Made"), 201, "W/\"1\""},
           Row{"0 matches, id in use", "family=None", Patient("one", "Lost"), 409, "(none)"},
           Row{"1 match, no id", "family=One", WithoutId("One"), 200, "W/\"2\""},
           Row{"1 match, same id", "family=One", Patient("one", "One"), 200, "W/\"3\""},
           Row{"1 match, another id", "family=One", Patient("two", "Lost"), 409, "(none)"},
           Row{"1 match, another unused id", "family=One", Patient("no", "Lost"), 409, "(none)"},
           Row{"several, no id", "family=Many", WithoutId("Lost"), 412, "(none)"},
           Row{"several, id of one", "family=Many", Patient("two", "Lost"), 412, "(none)"},
       }) {
    const http::Response response = Put("/r4/Patient?" + std::string(row.criteria), row.body);
    EXPECT_EQ(response.status, row.status) << row.name << response.body;
    EXPECT_EQ(HeaderOf(response, "ETag"), row.etag) << row.name;
  }
  EXPECT_THAT(Get("/r4/Patient/fresh").body, HasSubstr("Made"));
  EXPECT_THAT(Get("/r4/Patient/one").body, HasSubstr("\"One\""));
  EXPECT_THAT(Get("/r4/Patient?family=Lost&_total=accurate").body, HasSubstr("\"total\":0"));
}

TEST_P(ConditionalUpdateTest, RevivesTheIdOfTheBody) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  Remove("/r4/Patient/p1");
  const http::Response response = Put("/r4/Patient?family=Old", Patient("p1", "New"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"3\"");
}

TEST_P(ConditionalUpdateTest, HeedsPreconditions) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  const std::string target = "/r4/Patient?family=Old";
  EXPECT_EQ(Put(target, WithoutId("Old"), {{"If-Match", "W/\"2\""}}).status, 412);
  EXPECT_EQ(Put(target, WithoutId("Old"), {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(Put(target, WithoutId("Old"), {{"If-Match", "W/\"1\""}}).status, 200);
  EXPECT_EQ(Put("/r4/Patient?family=None", WithoutId("X"), {{"If-Match", "*"}}).status, 412);
  EXPECT_EQ(Put("/r4/Patient?family=None", WithoutId("X"), {{"If-None-Match", "*"}}).status, 201);
}

TEST_P(ConditionalUpdateTest, RefusesCriteriaAndBodiesThatAreNone) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  for (const char* query : {"", "?", "?_format=json", "?nonsense=1", "?family=Old&_count=1",
                            "?family=Old&_include=Patient:organization"}) {
    EXPECT_EQ(Put("/r4/Patient" + std::string(query), Patient("p1", "New"),
                  {{"Prefer", "handling=lenient"}})
                  .status,
              400)
        << query;
  }
  for (const char* body :
       {"", R"({"resourceType":"Group"})", R"({"resourceType":"Patient","id":7})",
        R"({"resourceType":"Patient","id":"a b"})", R"({"resourceType":"Patient","id":""})",
        R"({"resourceType":"Patient","nme":1})"}) {
    EXPECT_EQ(Put("/r4/Patient?family=Old", body).status, 400) << body;
  }
  EXPECT_THAT(Get("/r4/Patient/p1").body, HasSubstr("Old"));
}

class ConditionalUpdateInBatchTest : public ConditionalUpdateTest {
 protected:
  std::string StatusOf(const std::string& criteria, const std::string& body,
                       const std::string& kind = "batch") {
    const std::string bundle =
        R"({"resourceType":"Bundle","type":")" + kind + R"(","entry":[{"resource":)" + body +
        R"(,"request":{"method":"PUT","url":"Patient?)" + criteria + R"("}}]})";
    const http::Response response = Post("/r4", bundle);
    if (response.status != 200) return std::to_string(response.status);
    const std::size_t at = response.body.find("\"status\":\"");
    return at == std::string::npos ? response.body : response.body.substr(at + 10, 3);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ConditionalUpdateInBatchTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(ConditionalUpdateInBatchTest, TakesFewerCriteriaUnderHealthLakesRules) {
  const bool healthlake = GetParam() == fhir::SearchRules::kHealthLake;
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  struct Row {
    const char* criteria;
    bool in_healthlake;
  };
  for (const Row& row : {Row{"_id=p1", true}, Row{"_id=p1&_lastUpdated=gt2000-01-01", true},
                         Row{"createdAt=gt2000-01-01&_id=p1", true}, Row{"family=Old", false},
                         Row{"_id=p1&family=Old", false}, Row{"_lastUpdated=gt2000-01-01", false},
                         Row{"_id=p1,p2", false},
                         Row{"_id=p1&_lastUpdated=gt2000-01-01&createdAt=gt2000-01-01", false}}) {
    EXPECT_EQ(StatusOf(row.criteria, Patient("p1", "Old")),
              row.in_healthlake || !healthlake ? "200" : "400")
        << row.criteria;
  }
  // Of an id that does not fit the table of batches says 400, where that of updates says 409.
  EXPECT_EQ(StatusOf("_id=p1", Patient("p2", "Old")), "400");
}

TEST_P(ConditionalUpdateInBatchTest, IsNotPartOfATransactionOfHealthLakes) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  EXPECT_EQ(StatusOf("_id=p1", Patient("p1", "New"), "transaction"),
            GetParam() == fhir::SearchRules::kHealthLake ? "400" : "200");
}

}  // namespace
}  // namespace healthlake::rest
