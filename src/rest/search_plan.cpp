#include "rest/search_plan.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "healthlake/core/issue.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::rest {
namespace {

core::Issue Informational(std::string diagnostics) {
  return {core::Severity::kInformation, "informational", std::move(diagnostics), ""};
}

}  // namespace

std::string PlanOutcome(const datastore::SearchPlan& plan) {
  core::Issues issues;
  for (const datastore::PlanStep& step : plan.steps) {
    issues.push_back(Informational(step.what + ": " + step.how + "; expected " +
                                   std::to_string(step.estimate) + ", read " +
                                   std::to_string(step.rows)));
  }
  issues.push_back(Informational("order: " + plan.order + "; total: " + plan.total +
                                 "; cursors: " + std::to_string(plan.cursors) +
                                 "; blocks: " + std::to_string(plan.blocks) +
                                 "; bodies: " + std::to_string(plan.bodies) +
                                 "; microseconds: " + std::to_string(plan.microseconds)));
  return fhir::OutcomeJson(issues);
}

std::string PlanJson(const datastore::SearchPlan& plan) {
  json::Tree steps = json::Tree::array();
  for (const datastore::PlanStep& step : plan.steps) {
    steps.push_back(
        {{"what", step.what}, {"how", step.how}, {"estimate", step.estimate}, {"rows", step.rows}});
  }
  return json::Write({{"steps", std::move(steps)},
                      {"order", plan.order},
                      {"total", plan.total},
                      {"cursors", plan.cursors},
                      {"blocks", plan.blocks},
                      {"bodies", plan.bodies},
                      {"microseconds", plan.microseconds}});
}

}  // namespace healthlake::rest
