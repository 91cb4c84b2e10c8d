#include "rest/searchset.hpp"

#include <optional>
#include <string>

#include "healthlake/core/issue.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/subset.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/headers.hpp"
#include "rest/page_url.hpp"
#include "rest/search_plan.hpp"
#include "rest/search_run.hpp"

namespace healthlake::rest {
namespace {

using datastore::SearchMode;
using datastore::SearchPage;

// The first page is named where there are others.
void AddLinks(const fhir::SearchQuery& query, std::string_view target, const SearchPage& page,
              SearchsetWriter& bundle) {
  const auto add = [&](std::string_view relation, const std::optional<std::string>& token) {
    if (token) bundle.AddLink(relation, PageUrl(target, query.applied, query.count, *token));
  };
  add("self", query.page);
  if (page.next || page.previous || page.last) add("first", "");
  add("previous", page.previous);
  add("next", page.next);
  add("last", page.last);
}

void AddEntries(std::string_view base, const fhir::SearchQuery& query, const SearchPage& page,
                SearchsetWriter& bundle) {
  const fhir::SubsetRule of_matches{query.summary, query.elements};
  // _elements does not apply to what is included (reference 5.6).
  const fhir::SubsetRule of_included{query.summary, {}};
  for (const datastore::SearchEntry& entry : page.entries) {
    const bool match = entry.mode == SearchMode::kMatch;
    const fhir::SubsetRule& rule = match ? of_matches : of_included;
    std::string url(base);
    url.append("/").append(fhir::NameOf(entry.type)).append("/").append(entry.id);
    bundle.AddEntry(url, rule.KeepsAll() ? entry.json : fhir::Subset(entry.json, rule),
                    match ? "match" : "include");
  }
}

// Which parameters were left out (search.html#errors); HealthLake is not known to say so.
std::string IgnoredOutcome(const fhir::SearchQuery& query) {
  core::Issues issues;
  for (const std::string& name : query.ignored) {
    issues.push_back({core::Severity::kWarning, "not-supported",
                      "Search parameter '" + name + "' is not known and was ignored", ""});
  }
  return fhir::OutcomeJson(issues);
}

}  // namespace

http::Response AnswerSearch(const Interaction& interaction, fhir::SearchQuery query,
                            std::string_view target) {
  query.explain = query.explain || interaction.explain;
  const SearchPage page = RunSearch(interaction, interaction.view(), query);
  http::Response response;
  if (interaction.explain) {
    response.headers.Set("Content-Type", "application/json");
    response.body = PlanJson(page.plan.value_or(datastore::SearchPlan{}));
    return response;
  }
  SearchsetWriter bundle(page.total);
  AddLinks(query, target, page, bundle);
  AddEntries(interaction.base, query, page, bundle);
  if (!query.ignored.empty() && !interaction.HealthLakeRules()) {
    bundle.AddEntry("", IgnoredOutcome(query), "outcome");
  }
  if (page.plan) bundle.AddEntry("", PlanOutcome(*page.plan), "outcome");
  response.headers.Set("Content-Type", kFhirJson);
  response.body = bundle.Finish();
  return response;
}

}  // namespace healthlake::rest
