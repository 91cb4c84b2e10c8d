// Reference 4.7.
#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConditionalDeleteTest : public RestTest,
                              public ::testing::WithParamInterface<fhir::SearchRules> {
 protected:
  ConditionalDeleteTest() { UseRules(GetParam()); }

  // How often `part` is in `text`.
  static int Count(const std::string& text, const std::string& part) {
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ConditionalDeleteTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(ConditionalDeleteTest, FollowsTheTable) {
  for (const char* id : {"live", "dated", "kept", "held"}) {
    Put("/r4/Patient/" + std::string(id), Patient(id, "Live"));
  }
  Put("/r4/Patient/gone", Patient("gone", "Gone"));
  Remove("/r4/Patient/gone");
  Put("/r4/Patient/single", Patient("single", "Single"));
  for (const char* id : {"a", "b"}) Put("/r4/Patient/" + std::string(id), Patient(id, "Several"));
  struct Row {
    const char* name;
    const char* criteria;
    int status;
  };
  for (const Row& row : {
           Row{"by id: one match", "_id=live", 204},
           Row{"by id and date: one match", "_id=dated&_lastUpdated=gt2000-01-01", 204},
           Row{"by id: already deleted", "_id=gone", 204},
           Row{"by id: deleted a moment ago", "_id=live", 204},
           Row{"by id: never existed", "_id=never", 404},
           Row{"by id: other conditions fail", "_id=kept&_lastUpdated=lt2000-01-01", 409},
           Row{"by id: other conditions fail", "_id=kept&_tag=none", 409},
           Row{"by id: other conditions fail", "createdAt=lt2000-01-01&_id=kept", 409},
           Row{"other search: one match", "family=Single", 204},
           Row{"other search: none", "family=Single", 404},
           Row{"other search: none, with an id", "_id=kept&family=Other", 404},
           Row{"other search: several", "family=Several", 412},
       }) {
    EXPECT_EQ(Remove("/r4/Patient?" + std::string(row.criteria)).status, row.status)
        << row.name << ' ' << row.criteria;
  }
  EXPECT_EQ(Get("/r4/Patient/live").status, 410);
  EXPECT_EQ(Get("/r4/Patient/dated").status, 410);
  EXPECT_EQ(Get("/r4/Patient/single").status, 410);
  for (const char* id : {"kept", "a", "b"}) {
    EXPECT_EQ(Get("/r4/Patient/" + std::string(id)).status, 200) << id;
  }
}

TEST_P(ConditionalDeleteTest, HeedsIfMatch) {
  Put("/r4/Patient/p1", Patient("p1", "Old"));
  EXPECT_EQ(Remove("/r4/Patient?_id=p1", {{"If-Match", "W/\"2\""}}).status, 412);
  EXPECT_EQ(Remove("/r4/Patient?family=Old", {{"If-Match", "W/\"2\""}}).status, 412);
  const http::Response response = Remove("/r4/Patient?family=Old", {{"If-Match", "W/\"1\""}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"2\"");
}

TEST_P(ConditionalDeleteTest, RefusesToDeleteEverything) {
  Put("/r4/Patient/p1", Patient("p1"));
  for (const char* query : {"", "?", "?_format=json", "?_pretty=true", "?_count=5", "?nonsense=1",
                            "?_count=5&nonsense=1", "?_total=none", "?family=Doe&_sort=family",
                            "?%5Fcount=5", "?page=x"}) {
    EXPECT_EQ(Remove("/r4/Patient" + std::string(query), {{"Prefer", "handling=lenient"}}).status,
              400)
        << query;
  }
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

TEST_P(ConditionalDeleteTest, DeletesSeveralPageByPage) {
  for (int i = 0; i < 5; ++i) {
    const std::string id = "p" + std::to_string(i);
    Put("/r4/Patient/" + id, Patient(id, "Many"));
  }
  Put("/r4/Patient/other", Patient("other", "Other"));
  std::string target = "/r4/Patient?family=Many&_count=2";
  std::string all;
  int pages = 0;
  while (!target.empty() && pages < 9) {
    const http::Response response = Remove(target);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_THAT(response.body, HasSubstr(R"("type":"batch-response")"));
    all += response.body;
    ++pages;
    const std::string mark = R"({"relation":"next","url":")";
    const std::size_t at = response.body.find(mark);
    target.clear();
    if (at == std::string::npos) break;
    const std::size_t begin = at + mark.size();
    const std::string url = response.body.substr(begin, response.body.find('"', begin) - begin);
    EXPECT_TRUE(url.starts_with(kBase)) << url;
    target = url.substr(url.find("/r4/"));
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(Count(all, R"({"response":{"status":"204","location":"Patient/p)"), 5);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get("/r4/Patient/p" + std::to_string(i)).status, 410);
  EXPECT_EQ(Get("/r4/Patient/other").status, 200);
}

TEST_P(ConditionalDeleteTest, AnswersAnEmptyBundleWhenNothingMatches) {
  for (const char* criteria : {"family=None&_count=3", "_id=never&_count=1"}) {
    const http::Response response = Remove("/r4/Patient?" + std::string(criteria));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"resourceType":"Bundle","type":"batch-response"})");
  }
}

TEST_P(ConditionalDeleteTest, RefusesCountsThatAreNone) {
  Put("/r4/Patient/p1", Patient("p1"));
  for (const char* count :
       {"0", "101", "-1", "x", "", "1.5", "99999999999999999999", "1&_count=2"}) {
    EXPECT_EQ(Remove("/r4/Patient?family=Doe&_count=" + std::string(count)).status, 400) << count;
  }
  EXPECT_EQ(Remove("/r4/Patient?family=Doe&_count=5", {{"If-Match", "W/\"1\""}}).status, 400);
  EXPECT_EQ(Remove("/r4/Patient?family=Doe&_count=5&page=bad").status, 400);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
  EXPECT_EQ(Remove("/r4/Patient?family=Doe&_count=100").status, 200);
}

TEST_P(ConditionalDeleteTest, RefusesCountsInsideBundles) {
  Put("/r4/Patient/p1", Patient("p1"));
  const auto bundle = [](const std::string& type, const std::string& url) {
    return R"({"resourceType":"Bundle","type":")" + type +
           R"(","entry":[{"request":{"method":"DELETE","url":")" + url + R"("}}]})";
  };
  EXPECT_THAT(Post("/r4", bundle("batch", "Patient?family=Doe&_count=5")).body,
              HasSubstr("\"status\":\"400\""));
  EXPECT_EQ(Post("/r4", bundle("transaction", "Patient?family=Doe&_count=5")).status, 400);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
  EXPECT_THAT(Post("/r4", bundle("batch", "Patient?family=Doe")).body,
              HasSubstr("\"status\":\"204\""));
}

TEST_P(ConditionalDeleteTest, KeepsAuditEventsUnderHealthLakesRules) {
  const bool healthlake = GetParam() == fhir::SearchRules::kHealthLake;
  const http::Response response = Remove("/r4/AuditEvent?_id=a1");
  EXPECT_EQ(response.status, healthlake ? 400 : 404);
  EXPECT_THAT(response.body, HasSubstr(healthlake ? "not-supported" : "not-found"));
}

}  // namespace
}  // namespace healthlake::rest
