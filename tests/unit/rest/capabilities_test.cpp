#include <gmock/gmock.h>

#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::Contains;
using ::testing::Not;

class CapabilitiesTest : public RestTest {
 protected:
  json::Tree Statement() { return json::ParseTree(Get("/r4/metadata").body).value(); }
  static json::Tree ResourceOf(const json::Tree& statement, const std::string& type) {
    for (const json::Tree& resource : statement.at("rest")[0].at("resource")) {
      if (resource.at("type") == type) return resource;
    }
    return nullptr;
  }
  static std::vector<std::string> Interactions(const json::Tree& resource) {
    std::vector<std::string> codes;
    for (const json::Tree& one : resource.at("interaction")) codes.push_back(one.at("code"));
    return codes;
  }
};

TEST_F(CapabilitiesTest, DescribesTheServer) {
  const json::Tree statement = Statement();
  EXPECT_EQ(statement.at("resourceType"), "CapabilityStatement");
  EXPECT_EQ(statement.at("fhirVersion"), "4.0.1");
  EXPECT_EQ(statement.at("kind"), "instance");
  EXPECT_EQ(statement.at("date"), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(statement.at("software").at("version"), "1.2.3");
  EXPECT_EQ(statement.at("implementation").at("url"), std::string(kBase));
  EXPECT_EQ(statement.at("format")[0], "application/fhir+json");
}

TEST_F(CapabilitiesTest, ListsTheInteractionsOfEachType) {
  const json::Tree statement = Statement();
  EXPECT_THAT(Interactions(ResourceOf(statement, "Patient")),
              ::testing::UnorderedElementsAre("read", "vread", "update", "delete", "create",
                                              "search-type"));
  EXPECT_THAT(Interactions(ResourceOf(statement, "AuditEvent")), Not(Contains("update")));
  EXPECT_TRUE(ResourceOf(statement, "Basic").is_null());
  EXPECT_TRUE(ResourceOf(statement, "Parameters").is_null());
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(Interactions(ResourceOf(Statement(), "Basic")), Contains("update"));
}

TEST_F(CapabilitiesTest, ListsOnlySearchParametersThatCanBeSearched) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    const json::Tree statement = Statement();
    int listed = 0;
    for (const json::Tree& resource : statement.at("rest")[0].at("resource")) {
      const std::string type = resource.at("type");
      for (const json::Tree& param : resource.at("searchParam")) {
        ++listed;
        const std::string code = param.at("name");
        EXPECT_EQ(Get("/r4/" + type + "?" + code + ":missing=true&_count=1").status,
                  param.at("type") == "composite" ? 400 : 200)
            << type << " " << code;
      }
    }
    EXPECT_GT(listed, 1'000);
  }
}

}  // namespace
}  // namespace healthlake::rest
