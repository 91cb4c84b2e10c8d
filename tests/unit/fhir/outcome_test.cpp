#include "healthlake/fhir/outcome.hpp"

#include <gtest/gtest.h>

#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

TEST(OutcomeTest, ListsTheIssuesOnOneLine) {
  const core::Issues issues = {
      {core::Severity::kError, "processing", "no \"good\"\n", "Patient.name[0]"},
      {core::Severity::kWarning, "informational", "hm", ""}};
  EXPECT_EQ(OutcomeJson(issues, "x1"),
            R"({"resourceType":"OperationOutcome","id":"x1","issue":[{"severity":"error",)"
            R"("code":"processing","diagnostics":"no \"good\"\n","location":["Patient.name[0]"],)"
            R"("expression":["Patient.name[0]"]},{"severity":"warning","code":"informational",)"
            R"("diagnostics":"hm"}]})");
}

TEST(OutcomeTest, OfOneIssueHasNoLocation) {
  EXPECT_EQ(OutcomeJson(core::Severity::kFatal, "invalid", "why"),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"invalid",)"
            R"("diagnostics":"why"}]})");
}

TEST(OutcomeTest, OfNoIssuesIsStillAValidResource) {
  json::Document document;
  ASSERT_FALSE(document.Parse(OutcomeJson({})));
  ResourceWalk walk;
  walk.Run(document.root());
  EXPECT_TRUE(walk.issues().empty());
  EXPECT_EQ(document.root().Find("issue")->size(), 1U);
}

TEST(OutcomeTest, OfControlCharactersIsStillAValidResource) {
  json::Document document;
  ASSERT_FALSE(document.Parse(OutcomeJson(
      {{core::Severity::kError, "processing", std::string("a\0\x1f\tb", 5), "Patient.id"}})));
  const json::Value issue = *document.root().Find("issue")->begin();
  EXPECT_EQ(issue.Find("diagnostics")->string(), "a\xEF\xBF\xBD\xEF\xBF\xBD\tb");
  ResourceWalk walk;
  walk.Run(document.root());
  EXPECT_TRUE(walk.Sound());
}

}  // namespace
}  // namespace healthlake::fhir
