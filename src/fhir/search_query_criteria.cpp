#include "fhir/search_query_criteria.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "fhir/search_filter.hpp"
#include "fhir/search_query_modifiers.hpp"
#include "fhir/search_query_terms.hpp"
#include "fhir/search_query_text.hpp"
#include "healthlake/fhir/resource_id.hpp"

namespace healthlake::fhir {
namespace {

// Steps of a chain, of _has, or of both together.
constexpr std::size_t kMaxDepth = 16;

}  // namespace

std::optional<Criterion> CriterionReader::Read(ResourceType type, std::string_view name,
                                               std::string_view value) {
  if (depth_ == kMaxDepth) {
    return refusal_.Set(Refusal::Kind::kTooMuch,
                        "has more than " + std::to_string(kMaxDepth) + " steps");
  }
  if (!budget_.TakeStep() || !budget_.TakeText(name.size() + value.size())) {
    return refusal_.Set(Refusal::Kind::kTooMuch, std::string(kTooMuchAtOnce));
  }
  ++depth_;
  std::optional<Made> made = ReadAny(type, name, value);
  --depth_;
  if (!made) return std::nullopt;
  return Criterion{std::move(*made), std::string(name) + '=' + std::string(value)};
}

auto CriterionReader::ReadAny(ResourceType type, std::string_view name, std::string_view value)
    -> std::optional<Made> {
  if (name.substr(0, name.find(':')) == "_has") return ReadReverseChain(type, name, value);
  if (name == "_list") return ReadList(value);
  if (name == "_filter") return ReadFilterText(type, value);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return ReadClause(type, name, value);
  return ReadChain(type, name.substr(0, dot), name.substr(dot + 1), value);
}

auto CriterionReader::ReadClause(ResourceType type, std::string_view name, std::string_view value)
    -> std::optional<Made> {
  std::string_view modifier = name;
  const std::string_view code = TakeUntil(modifier, ':');
  const SearchParam* param = finder_.Find(
      type, code, depth_ == 1 ? ParamFinder::Naming::kWhole : ParamFinder::Naming::kPart);
  if (param == nullptr) return std::nullopt;
  ModifierText read;
  if (code.size() < name.size()) {
    if (param->origin == ParamOrigin::kServer) {
      return refusal_.Set(Refusal::Kind::kNotSupported, "takes no modifier");
    }
    const auto found = ReadModifier(*param, modifier, limits_.rules, refusal_);
    if (!found) return std::nullopt;
    read = *found;
  }
  if (param->origin == ParamOrigin::kServer) return ReadWords(*param, value);
  SearchClause clause;
  clause.param = param;
  clause.modifier = read.modifier;
  if (!ReadValues(clause, read.target, value)) return std::nullopt;
  return clause;
}

bool CriterionReader::ReadValues(SearchClause& clause, ResourceType target,
                                 std::string_view value) {
  const auto refuse = [&](Refusal::Kind kind, std::string why) {
    refusal_.Set(kind, std::move(why));
    return false;
  };
  const auto too_many = [&] {
    return refuse(Refusal::Kind::kTooMuch,
                  "exceeds the " + std::to_string(budget_.terms()) + " values of one search");
  };
  if (clause.modifier == SearchModifier::kMissing) {
    if (!budget_.TakeTerm()) return too_many();
    clause.missing = value == "true";
    if (clause.missing || value == "false") return true;
    return refuse(Refusal::Kind::kInvalid, "must be 'true' or 'false'");
  }
  std::string why;
  TermParser terms(limits_, why);
  for (const std::string_view text : SplitEscaped(value, ',')) {
    if (!budget_.TakeTerm()) return too_many();
    std::optional<SearchTerm> term = terms.Parse(*clause.param, clause.modifier, target, text);
    if (!term) return refuse(Refusal::Kind::kInvalid, std::move(why));
    clause.any_of.push_back(std::move(*term));
  }
  return true;
}

// --- Chains --------------------------------------------------------------------------------------

auto CriterionReader::ReadChain(ResourceType type, std::string_view head, std::string_view rest,
                                std::string_view value) -> std::optional<Made> {
  std::string_view named = head;
  const std::string_view code = TakeUntil(named, ':');
  const SearchParam* param = finder_.FindReference(type, code);
  if (param == nullptr) return std::nullopt;
  const bool typed = code.size() < head.size();
  const auto targets =
      finder_.TargetsOf(*param, typed ? std::optional<std::string_view>(named) : std::nullopt);
  if (!targets) return std::nullopt;
  return finder_.MakeChain(*param, *targets, rest, [&](ResourceType target) {
    std::vector<Criterion> all_of;
    if (auto criterion = Read(target, rest, value)) all_of.push_back(std::move(*criterion));
    return all_of;
  });
}

auto CriterionReader::ReadReverseChain(ResourceType type, std::string_view name,
                                       std::string_view value) -> std::optional<Made> {
  std::string_view rest = name;
  TakeUntil(rest, ':');
  const std::string_view source_name = TakeUntil(rest, ':');
  const std::string_view code = TakeUntil(rest, ':');
  if (source_name.empty() || code.empty() || rest.empty()) {
    return refusal_.Set(Refusal::Kind::kInvalid,
                        "is not of the form _has:[type]:[reference]:[parameter]");
  }
  const std::optional<ResourceType> source = finder_.FindType(source_name);
  if (!source) return std::nullopt;
  const SearchParam* param = finder_.FindReference(*source, code);
  if (param == nullptr) return std::nullopt;
  if (!MayReferTo(*param, type)) {
    return refusal_.Set(Refusal::Kind::kInvalid,
                        "goes through " + Quoted(code) + " of " + std::string(source_name) +
                            ", which does not refer to resources of type " +
                            std::string(NameOf(type)));
  }
  std::optional<Criterion> criterion = Read(*source, rest, value);
  if (!criterion) return std::nullopt;
  ReverseChain chain;
  chain.source = *source;
  chain.reference = param;
  chain.all_of.push_back(std::move(*criterion));
  return chain;
}

// --- Texts, lists, filters -----------------------------------------------------------------------

bool CriterionReader::OnlyR4() {
  if (limits_.rules == SearchRules::kR4) return true;
  refusal_.Set(Refusal::Kind::kNotSupported, "is not supported by HealthLake (--compat r4 does)");
  return false;
}

auto CriterionReader::ReadWords(const SearchParam& param, std::string_view value)
    -> std::optional<Made> {
  const bool narrative = param.code == "_text";
  std::string why;
  auto criterion = ReadText(
      narrative ? TextCriterion::Where::kNarrative : TextCriterion::Where::kContent, value, why);
  if (!criterion) return refusal_.Set(Refusal::Kind::kInvalid, std::move(why));
  return *std::move(criterion);
}

auto CriterionReader::ReadList(std::string_view value) -> std::optional<Made> {
  if (!OnlyR4()) return std::nullopt;
  ListCriterion list;
  for (const std::string_view id : SplitEscaped(value, ',')) {
    if (id.starts_with('$')) {
      return refusal_.Set(Refusal::Kind::kNotSupported,
                          "names the list " + Quoted(id) + ", and only stored lists are served");
    }
    if (!IsId(id)) {
      return refusal_.Set(Refusal::Kind::kInvalid, "has a value that is no id of a List");
    }
    if (!budget_.TakeTerm()) {
      return refusal_.Set(Refusal::Kind::kTooMuch, std::string(kTooMuchAtOnce));
    }
    list.ids.emplace_back(id);
  }
  return list;
}

auto CriterionReader::ReadFilterText(ResourceType type, std::string_view value)
    -> std::optional<Made> {
  if (!OnlyR4()) return std::nullopt;
  auto filter = ReadFilter(type, value, limits_, budget_, refusal_);
  if (!filter) return std::nullopt;
  return std::move(filter->is);
}

}  // namespace healthlake::fhir
