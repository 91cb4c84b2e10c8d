// conditional delete: DELETE [base]/[type]?[criteria] (http.html#3.1.0.7.1; reference 4.7). With
// _count it deletes several, and answers with a Bundle.
#include <optional>
#include <string>
#include <utility>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "rest/bundle_writer.hpp"
#include "rest/conditional.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
#include "rest/page_url.hpp"
#include "rest/query_parameters.hpp"
#include "rest/search_run.hpp"
#include "rest/version_response.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

// A resource that the criteria name is told apart: never there, deleted before, or not as they want
// it.
std::string TargetOf(const Interaction& interaction, datastore::View& view,
                     const std::string& criteria) {
  const auto match = FindOnlyMatch(interaction, view, interaction.type, criteria);
  if (match) return *match;
  const auto named = FindIdCriterion(ParseCriteria(interaction, interaction.type, criteria));
  const auto stored = named ? view.Find(interaction.type, *named) : std::nullopt;
  if (!stored) throw Error(ErrorKind::kNotFound, "No resource meets the criteria.");
  if (stored->deleted) return *named;
  throw Error(ErrorKind::kConflict, "The resource exists and does not meet the other criteria.");
}

http::Response DeleteOne(const Interaction& interaction, const std::string& criteria) {
  const datastore::Precondition precondition = PreconditionOf(interaction.request);
  Interaction found(interaction);
  const datastore::DeleteResult result = InWriting(interaction, [&](datastore::Writing& writing) {
    found.id = TargetOf(interaction, writing, criteria);
    return writing.Delete(interaction.type, found.id, precondition);
  });
  return DeleteResponse(found, result);
}

// The form with _count taken apart.
struct Several {
  std::size_t count = 0;
  std::string page;
  std::string criteria;
};

std::optional<Several> FindSeveral(const std::string& criteria) {
  Several several;
  bool counted = false;
  for (const QueryParameter& parameter : ParseQuery(criteria)) {
    if (parameter.name == "_count") {
      if (std::exchange(counted, true)) ThrowParameter("_count", "is given more than once");
      several.count = ReadCount(parameter, fhir::SearchRules::kHealthLake);
    } else if (parameter.name == "page") {
      several.page = ReadPageToken(parameter);
    } else {
      if (!several.criteria.empty()) several.criteria += '&';
      several.criteria += core::PercentEncode(parameter.name, ":") + '=' +
                          core::PercentEncode(parameter.value, ",:/$");
    }
  }
  if (!counted) return std::nullopt;
  return several;
}

http::Response DeleteSeveral(const Interaction& interaction, const Several& several) {
  if (interaction.in_bundle) {
    throw Error(ErrorKind::kUnsupported, "A Bundle cannot hold a conditional delete with _count.");
  }
  if (interaction.request.headers.Find("If-Match")) {
    throw Error(ErrorKind::kInvalid, "If-Match and _count cannot be used together.");
  }
  fhir::SearchQuery query = ParseCriteria(interaction, interaction.type, several.criteria);
  query.count = several.count;
  query.page = several.page;
  const std::string type(fhir::NameOf(interaction.type));
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = InWriting(interaction, [&](datastore::Writing& writing) {
    const datastore::SearchPage page = RunSearch(interaction, writing, query);
    DeletionsWriter bundle;
    if (page.next) {
      bundle.AddLink(
          "next", PageUrl(interaction.base + '/' + type, query.applied, query.count, *page.next));
    }
    for (const datastore::SearchEntry& match : page.entries) {
      writing.Delete(match.type, match.id, {});
      bundle.AddDeleted(type + '/' + match.id);
    }
    return bundle.Finish();
  });
  return response;
}

}  // namespace

http::Response ConditionalDelete(const Interaction& interaction) {
  const std::string criteria = CriteriaOf(interaction.request.query);
  if (const auto several = FindSeveral(criteria)) return DeleteSeveral(interaction, *several);
  return DeleteOne(interaction, criteria);
}

}  // namespace healthlake::rest
