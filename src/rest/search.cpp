// search: GET [base]/[type]?… (search.html; reference 5).
#include <string>

#include "healthlake/core/encoding.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {
namespace {

// The search as it was understood, _count always said, so that following pages are of one size.
std::string PageUrl(const Interaction& interaction, const fhir::SearchQuery& query,
                    std::string_view page) {
  std::string url =
      interaction.base + '/' + std::string(fhir::NameOf(query.types.front().type)) + '?';
  if (!query.applied.empty()) url += query.applied + '&';
  url += "_count=" + std::to_string(query.count);
  // The real service's token shows its '=' bare (reference 4.14).
  if (!page.empty()) url += "&page=" + core::PercentEncode(page, "=");
  return url;
}

}  // namespace

http::Response Search(const Interaction& interaction) {
  const fhir::SearchQuery query =
      fhir::ParseSearchQuery(interaction.type, interaction.request.query,
                             {.rules = interaction.options.rules,
                              .handling = HandlingOf(interaction.request),
                              .default_count = interaction.options.page_size,
                              .datastore_id = interaction.datastore_id});
  const datastore::SearchPage page = interaction.view().Search(query, interaction.cancel);

  SearchsetWriter bundle(page.total);
  bundle.AddLink("self", PageUrl(interaction, query, query.page));
  if (page.next) bundle.AddLink("next", PageUrl(interaction, query, *page.next));
  for (const datastore::SearchEntry& match : page.entries) {
    bundle.AddEntry(interaction.base + '/' + std::string(fhir::NameOf(match.type)) + '/' + match.id,
                    match.json, "match");
  }
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = bundle.Finish();
  return response;
}

}  // namespace healthlake::rest
