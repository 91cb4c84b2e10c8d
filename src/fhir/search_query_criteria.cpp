#include "fhir/search_query_criteria.hpp"

#include <algorithm>
#include <utility>

#include "fhir/search_query_modifiers.hpp"
#include "fhir/search_query_terms.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kHas = "_has";
// Steps of a chain, of _has, or of both together.
constexpr std::size_t kMaxDepth = 16;

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// Takes the text before `separator`, and the separator; all of it when there is none.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

}  // namespace

std::optional<Criterion> CriterionReader::Read(ResourceType type, std::string_view name,
                                               std::string_view value) {
  if (depth_ == kMaxDepth) {
    return refusal_.Set(Refusal::Kind::kTooMuch,
                        "has more than " + std::to_string(kMaxDepth) + " steps");
  }
  if (!budget_.TakeStep() || !budget_.TakeText(name.size() + value.size())) {
    return refusal_.Set(Refusal::Kind::kTooMuch,
                        "asks for too much at once; name the types in its chain, as in "
                        "subject:Patient.name");
  }
  ++depth_;
  std::optional<Made> made = ReadAny(type, name, value);
  --depth_;
  if (!made) return std::nullopt;
  return Criterion{std::move(*made), std::string(name) + '=' + std::string(value)};
}

auto CriterionReader::ReadAny(ResourceType type, std::string_view name, std::string_view value)
    -> std::optional<Made> {
  const bool has = name.substr(0, name.find(':')) == kHas;
  const std::size_t dot = name.find('.');
  simple_ = depth_ == 1 && !has && dot == std::string_view::npos;
  if (has) return ReadReverseChain(type, name, value);
  if (dot == std::string_view::npos) return ReadClause(type, name, value);
  return ReadChain(type, name.substr(0, dot), name.substr(dot + 1), value);
}

const SearchParam* CriterionReader::Find(ResourceType type, std::string_view code) {
  const SearchParam* param = FindSearchParam(type, code);
  if (param == nullptr) {
    refusal_.Set(Refusal::Kind::kUnknown,
                 (simple_ ? std::string("is") : "names " + Quoted(code) + ", which is") +
                     " unknown for resource type " + std::string(NameOf(type)));
    return nullptr;
  }
  if (IsSearchable(*param, limits_.rules)) return param;
  refusal_.Set(Refusal::Kind::kNotSupported, IsSearchable(*param, SearchRules::kR4)
                                                 ? "is not supported by HealthLake "
                                                   "(--compat r4 does)"
                                                 : "is not supported");
  return nullptr;
}

const SearchParam* CriterionReader::FindReference(ResourceType type, std::string_view code) {
  const SearchParam* param = Find(type, code);
  if (param == nullptr || param->type == SearchType::kReference) return param;
  refusal_.Set(Refusal::Kind::kInvalid, "goes through " + Quoted(code) + ", which is of type " +
                                            std::string(NameOf(param->type)) +
                                            " and refers to nothing");
  return nullptr;
}

bool CriterionReader::Serves(ResourceType type) const {
  return limits_.rules == SearchRules::kR4 || SupportedByHealthLake(type);
}

std::optional<ResourceType> CriterionReader::FindType(std::string_view name) {
  const std::optional<ResourceType> type = FindResourceType(name);
  if (!type) {
    return refusal_.Set(Refusal::Kind::kInvalid,
                        "names " + Quoted(name) + ", which is no resource type");
  }
  if (Serves(*type)) return type;
  return refusal_.Set(Refusal::Kind::kNotSupported,
                      "names the resource type " + std::string(name) +
                          ", which HealthLake does not support (--compat r4 does)");
}

auto CriterionReader::ReadClause(ResourceType type, std::string_view name, std::string_view value)
    -> std::optional<Made> {
  std::string_view modifier = name;
  const std::string_view code = TakeUntil(modifier, ':');
  const SearchParam* param = Find(type, code);
  if (param == nullptr) return std::nullopt;
  ModifierText read;
  if (code.size() < name.size()) {
    const auto found = ReadModifier(*param, modifier, limits_.rules, refusal_);
    if (!found) return std::nullopt;
    read = *found;
  }
  SearchClause clause;
  clause.param = param;
  clause.modifier = read.modifier;
  if (!ReadValues(clause, read.target, value)) return std::nullopt;
  return clause;
}

bool CriterionReader::ReadValues(SearchClause& clause, ResourceType target,
                                 std::string_view value) {
  const auto refuse = [&](std::string why) {
    refusal_.Set(Refusal::Kind::kInvalid, std::move(why));
    return false;
  };
  const auto too_many = [&] {
    refusal_.Set(Refusal::Kind::kTooMuch,
                 "exceeds the " + std::to_string(budget_.terms()) + " values of one search");
    return false;
  };
  if (clause.modifier == SearchModifier::kMissing) {
    if (!budget_.TakeTerm()) return too_many();
    clause.missing = value == "true";
    if (!clause.missing && value != "false") return refuse("must be 'true' or 'false'");
    return true;
  }
  std::string why;
  TermParser terms(limits_, why);
  for (const std::string_view text : SplitEscaped(value, ',')) {
    if (!budget_.TakeTerm()) return too_many();
    std::optional<SearchTerm> term = terms.Parse(*clause.param, clause.modifier, target, text);
    if (!term) return refuse(std::move(why));
    clause.any_of.push_back(std::move(*term));
  }
  return true;
}

// --- Chains --------------------------------------------------------------------------------------

auto CriterionReader::ReadChain(ResourceType type, std::string_view head, std::string_view rest,
                                std::string_view value) -> std::optional<Made> {
  std::string_view modifier = head;
  const std::string_view code = TakeUntil(modifier, ':');
  const bool typed = code.size() < head.size();
  const SearchParam* param = FindReference(type, code);
  if (param == nullptr) return std::nullopt;
  const auto targets = TargetsOf(*param, modifier, typed);
  if (!targets) return std::nullopt;
  Chain chain;
  chain.reference = param;
  // The reason that says most: a value that does not fit before a name that is not known.
  std::optional<Refusal> first;
  for (const ResourceType target : *targets) {
    if (AddBranch(chain, target, rest, value)) continue;
    if (refusal_.kind == Refusal::Kind::kTooMuch) return std::nullopt;
    const bool better = !first || (first->kind == Refusal::Kind::kUnknown &&
                                   refusal_.kind != Refusal::Kind::kUnknown);
    if (better) first = refusal_;
  }
  if (!chain.branches.empty()) return chain;
  refusal_ = std::move(first).value_or(Refusal());
  if (refusal_.kind == Refusal::Kind::kUnknown && targets->size() > 1) {
    refusal_.why =
        "names " + Quoted(rest) + ", which no resource has that " + Quoted(code) + " may refer to";
  }
  return std::nullopt;
}

bool CriterionReader::AddBranch(Chain& chain, ResourceType target, std::string_view rest,
                                std::string_view value) {
  std::optional<Criterion> criterion = Read(target, rest, value);
  if (!criterion) return false;
  Chain::Branch branch;
  branch.target = target;
  branch.all_of.push_back(std::move(*criterion));
  chain.branches.push_back(std::move(branch));
  return true;
}

std::optional<std::vector<ResourceType>> CriterionReader::TargetsOf(const SearchParam& param,
                                                                    std::string_view modifier,
                                                                    bool typed) {
  if (typed) {
    const std::optional<ResourceType> target = FindType(modifier);
    if (!target) return std::nullopt;
    if (MayReferTo(param, *target)) return std::vector<ResourceType>{*target};
    return refusal_.Set(Refusal::Kind::kInvalid,
                        "goes through " + Quoted(param.code) +
                            ", which does not refer to resources of type " +
                            std::string(NameOf(*target)));
  }
  const std::span<const ResourceType> all =
      param.targets.empty() ? AllResourceTypes() : param.targets;
  std::vector<ResourceType> targets;
  std::copy_if(all.begin(), all.end(), std::back_inserter(targets),
               [&](ResourceType target) { return Serves(target); });
  if (!targets.empty()) return targets;
  return refusal_.Set(Refusal::Kind::kNotSupported,
                      "goes through " + Quoted(param.code) +
                          ", which refers only to types that HealthLake does not support "
                          "(--compat r4 does)");
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
  const std::optional<ResourceType> source = FindType(source_name);
  if (!source) return std::nullopt;
  const SearchParam* param = FindReference(*source, code);
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

}  // namespace healthlake::fhir
