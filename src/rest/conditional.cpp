#include "rest/conditional.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "rest/search_run.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr auto kOfTheAnswer = std::to_array<std::string_view>({"_format", "_pretty"});
constexpr auto kOfTheResult = std::to_array<std::string_view>(
    {"_contained", "_containedType", "_count", "_elements", "_explain", "_include", "_revinclude",
     "_score", "_sort", "_summary", "_total", "page"});

// What may stand beside _id in criteria that name one resource.
constexpr auto kBesideId = std::to_array<std::string_view>({"_lastUpdated", "_tag", "createdAt"});

template <typename Table>
bool Holds(const Table& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

// Without modifier, decoded: %5Fcount is _count too.
std::string NameOf(std::string_view pair) {
  const std::string_view text = pair.substr(0, pair.find('='));
  std::string name = core::PercentDecode(text).value_or(std::string(text));
  name.resize(std::min(name.find(':'), name.size()));
  return name;
}

template <typename Each>
void ForEachPair(std::string_view query, const Each& each) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    if (end > 0) each(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

}  // namespace

std::string CriteriaOf(std::string_view query) {
  std::string criteria;
  ForEachPair(query, [&](std::string_view pair) {
    if (Holds(kOfTheAnswer, NameOf(pair))) return;
    if (!criteria.empty()) criteria += '&';
    criteria += pair;
  });
  return criteria;
}

std::optional<std::string> FindNoneExist(const http::Request& request) {
  const auto field = request.headers.Find("If-None-Exist");
  if (!field) return std::nullopt;
  return CriteriaOf(field->substr(field->find('?') + 1));
}

fhir::SearchQuery ParseCriteria(const Context& context, fhir::ResourceType type,
                                std::string_view criteria) {
  ForEachPair(criteria, [](std::string_view pair) {
    const std::string name = NameOf(pair);
    if (!Holds(kOfTheResult, name)) return;
    throw Error(ErrorKind::kInvalid,
                "'" + name + "' shapes the result of a search; criteria cannot have it.");
  });
  fhir::SearchQuery query = fhir::ParseSearchQuery(type, criteria,
                                                   {.rules = context.options.rules,
                                                    .handling = fhir::SearchHandling::kStrict,
                                                    .datastore_id = context.datastore_id});
  if (query.types.front().all_of.empty()) {
    throw Error(ErrorKind::kInvalid, "The criteria are empty: all resources would meet them.");
  }
  return query;
}

std::optional<std::string> FindIdCriterion(const fhir::SearchQuery& criteria) {
  std::optional<std::string> id;
  for (const fhir::Criterion& criterion : criteria.types.front().all_of) {
    const auto* known = std::get_if<fhir::SearchClause>(&criterion.is);
    if (known == nullptr) return std::nullopt;
    const fhir::SearchClause& clause = *known;
    if (Holds(kBesideId, clause.param->code)) continue;
    const bool plain = clause.param->code == "_id" && !id && clause.any_of.size() == 1 &&
                       clause.modifier == fhir::SearchModifier::kNone;
    if (!plain) return std::nullopt;
    const auto& term = std::get<fhir::SimpleTerm>(clause.any_of.front());
    const auto* token = std::get_if<fhir::TokenTerm>(&term);
    if (token == nullptr || token->form != fhir::TokenForm::kCode) return std::nullopt;
    id = token->code;
  }
  return id;
}

std::vector<std::string> FindMatches(const Context& context, datastore::View& view,
                                     fhir::ResourceType type, std::string_view criteria,
                                     std::size_t limit) {
  if (context.settled != nullptr && context.settled->matches) return *context.settled->matches;
  fhir::SearchQuery query = ParseCriteria(context, type, criteria);
  query.count = limit;
  std::vector<std::string> ids;
  for (datastore::SearchEntry& match : RunSearch(context, view, query).entries) {
    ids.push_back(std::move(match.id));
  }
  return ids;
}

std::optional<std::string> FindOnlyMatch(const Context& context, datastore::View& view,
                                         fhir::ResourceType type, std::string_view criteria) {
  std::vector<std::string> ids = FindMatches(context, view, type, criteria);
  if (ids.empty()) return std::nullopt;
  if (ids.size() == 1) return std::move(ids.front());
  throw Error(ErrorKind::kPreconditionFailed, "Several resources meet the criteria.");
}

}  // namespace healthlake::rest
