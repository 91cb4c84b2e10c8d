// Searches over HTTP: pages through a restart, plans, forms.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "running_app.hpp"

namespace healthlake::support {
namespace {

class SearchTest : public ::testing::Test {
 protected:
  SearchTest() : store_(app_.CreateStore()) {
    for (const char* id : {"a", "b", "c"}) {
      const std::string body =
          R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","gender":"female"})";
      EXPECT_EQ(app_.Fhir("PUT", store_, "/Patient/" + std::string(id), body).status, 201);
    }
  }

  static std::string Next(const RawAnswer& answer) {
    const Json bundle = Json::parse(answer.body);
    for (const Json& link : bundle.at("link")) {
      const std::string url = link.at("url").get<std::string>();
      if (link.at("relation") == "next") return url.substr(url.find("/datastore/"));
    }
    return {};
  }
  static std::vector<std::string> Ids(const RawAnswer& answer) {
    std::vector<std::string> ids;
    const Json bundle = Json::parse(answer.body);
    for (const Json& entry : bundle.at("entry")) {
      ids.push_back(entry.at("resource").at("id"));
    }
    return ids;
  }

  RunningApp app_;
  const std::string store_;
};

TEST_F(SearchTest, APageTokenOutlivesARestart) {
  const RawAnswer first = app_.Fhir("GET", store_, "/Patient?gender=female&_count=2");
  EXPECT_EQ(Ids(first), (std::vector<std::string>{"a", "b"}));
  app_.Restart();
  const RawAnswer second = app_.Send("GET", Next(first));
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(Ids(second), (std::vector<std::string>{"c"}));
}

TEST_F(SearchTest, SoDoesTheTokenOfAList) {
  app_.CreateStore();
  const Json first = app_.AwsOk("ListFHIRDatastores", {{"MaxResults", 1}});
  app_.Restart();
  const Json second =
      app_.AwsOk("ListFHIRDatastores", {{"MaxResults", 1}, {"NextToken", first.at("NextToken")}});
  EXPECT_EQ(second.at("DatastorePropertiesList")[0].at("DatastoreId"), store_);
}

TEST_F(SearchTest, APlanIsAskedForBelowTheEmulatorsRoutes) {
  const std::string target = "/_emulator/explain/datastore/" + store_ + "/r4/Patient?gender=female";
  const RawAnswer answer = app_.Send("GET", target);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json plan = Json::parse(answer.body);
  EXPECT_FALSE(plan.at("steps").empty());
  EXPECT_FALSE(plan.contains("entry"));
  const RawAnswer refused = app_.Send("GET", target + "&nonsense=1");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(Json::parse(refused.body).contains("message")) << refused.body;
  EXPECT_EQ(app_.Send("GET", "/_emulator/explain/datastore/none/r4/Patient").status, 404);
  EXPECT_EQ(app_.Send("GET", "/_emulator/explain/datastore/" + store_ + "/r4/metadata").status,
            400);
  EXPECT_EQ(app_.Send("GET", "/_emulator/explain").status, 404);
}

TEST_F(SearchTest, AFormIsSearchedBy) {
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  const std::string target = "/datastore/" + store_ + "/r4/Patient/_search";
  EXPECT_EQ(Ids(app_.Send("POST", target, "_id=b%2Cc&gender=female", form)),
            (std::vector<std::string>{"b", "c"}));
}

}  // namespace
}  // namespace healthlake::support
