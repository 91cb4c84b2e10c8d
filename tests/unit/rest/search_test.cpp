#include <gmock/gmock.h>

#include <set>

#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SearchTest : public RestTest {
 protected:
  json::Tree Find(const std::string& target, std::vector<http::Header> headers = {}) {
    const http::Response response = Get(target, std::move(headers));
    EXPECT_EQ(response.status, 200) << response.body;
    return json::ParseTree(response.body).value();
  }
  static std::string Link(const json::Tree& bundle, const std::string& relation) {
    for (const json::Tree& link : bundle.at("link")) {
      if (link.at("relation") == relation) return link.at("url").get<std::string>();
    }
    return {};
  }
};

TEST_F(SearchTest, AnswersASearchset) {
  Put("/r4/Patient/p1", Patient("p1", "Éve"));
  Put("/r4/Patient/p2", Patient("p2", "Roe"));

  const http::Response response = Get("/r4/Patient?family=eve&_total=accurate");

  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/fhir+json");
  const json::Tree bundle = json::ParseTree(response.body).value();
  EXPECT_EQ(bundle.at("resourceType"), "Bundle");
  EXPECT_EQ(bundle.at("type"), "searchset");
  EXPECT_EQ(bundle.at("total"), 1);
  ASSERT_EQ(bundle.at("entry").size(), 1U);
  const json::Tree& entry = bundle.at("entry")[0];
  EXPECT_EQ(entry.at("fullUrl"), std::string(kBase) + "/Patient/p1");
  EXPECT_EQ(entry.at("search").at("mode"), "match");
  EXPECT_EQ(json::Write(entry.at("resource")), Get("/r4/Patient/p1").body);
  EXPECT_EQ(Link(bundle, "self"),
            std::string(kBase) + "/Patient?family=eve&_total=accurate&_count=100");
}

TEST_F(SearchTest, HasNoEmptyArraysAndNoTotalUnasked) {
  const http::Response response = Get("/r4/Patient");
  EXPECT_EQ(response.body, R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":)"
                           R"("self","url":")" +
                               std::string(kBase) + R"(/Patient?_count=100"}]})");
}

TEST_F(SearchTest, PagesWithoutRepeatingOrLosing) {
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string id = "p" + std::to_string(i);
    Put("/r4/Patient/" + id, Patient(id));
    expected.insert(id);
  }
  std::set<std::string> seen;
  std::string url = std::string(kBase) + "/Patient?family=doe&_count=10";
  for (int page = 0; !url.empty(); ++page) {
    ASSERT_LT(page, 4);
    const json::Tree bundle = Find(url.substr(std::string("http://local:3447").size()));
    for (const json::Tree& entry : bundle.at("entry")) {
      EXPECT_TRUE(seen.insert(entry.at("resource").at("id").get<std::string>()).second);
    }
    url = Link(bundle, "next");
    if (!url.empty()) {
      EXPECT_THAT(url, HasSubstr("family=doe&_count=10&page="));
    }
  }
  EXPECT_EQ(seen, expected);
}

TEST_F(SearchTest, RefusesBadParametersAndNamesThem) {
  for (const char* query :
       {"nonsense=1", "_count=0", "_count=101", "_count=x", "birthdate=yesterday", "_total=some",
        "page=forged", "family:above=x"}) {
    const http::Response response = Get(std::string("/r4/Patient?") + query);
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_THAT(response.body, HasSubstr("\"OperationOutcome\"")) << query;
  }
  EXPECT_THAT(Get("/r4/Patient?nonsense=1").body, HasSubstr("nonsense"));
}

TEST_F(SearchTest, IgnoresUnknownParametersWhenAskedTo) {
  const json::Tree bundle =
      Find("/r4/Patient?nonsense=1&family=doe", {{"Prefer", "handling=lenient"}});
  EXPECT_EQ(Link(bundle, "self"), std::string(kBase) + "/Patient?family=doe&_count=100");
  EXPECT_EQ(Get("/r4/Patient?nonsense=1", {{"Prefer", "handling=strict"}}).status, 400);
}

TEST_F(SearchTest, ForgetsTheDeletedAndTheChanged) {
  Put("/r4/Patient/p1", Patient("p1"));
  Put("/r4/Patient/p2", Patient("p2"));
  Remove("/r4/Patient/p1");
  Put("/r4/Patient/p2", Patient("p2", "Roe"));
  EXPECT_FALSE(Find("/r4/Patient?family=doe").contains("entry"));
  EXPECT_EQ(Find("/r4/Patient?family=roe").at("entry").size(), 1U);
}

TEST_F(SearchTest, FindsWhatAnAbsoluteReferenceIntoTheStoreMeans) {
  Put("/r4/Observation/o1",
      R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},)"
      R"("subject":{"reference":"https://elsewhere/datastore/)" +
          std::string(kStore) + R"(/r4/Patient/p1"}})");
  EXPECT_TRUE(Find("/r4/Observation?subject=Patient/p1").contains("entry"));
  EXPECT_TRUE(
      Find("/r4/Observation?subject=" + std::string(kBase) + "/Patient/p1").contains("entry"));
}

}  // namespace
}  // namespace healthlake::rest
