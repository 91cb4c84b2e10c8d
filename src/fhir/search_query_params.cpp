#include "fhir/search_query_params.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace healthlake::fhir {

bool IsServed(ResourceType type, SearchRules rules) {
  return rules == SearchRules::kR4 || SupportedByHealthLake(type);
}

bool MayReferTo(const SearchParam& param, ResourceType target) {
  return param.targets.empty() ||
         std::find(param.targets.begin(), param.targets.end(), target) != param.targets.end();
}

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

const SearchParam* ParamFinder::Find(ResourceType type, std::string_view code, Naming naming) {
  const SearchParam* param = FindSearchParam(type, code);
  const bool whole = naming == Naming::kWhole;
  if (param == nullptr) {
    refusal_.Set(Refusal::Kind::kUnknown,
                 (whole ? std::string("is") : "names " + Quoted(code) + ", which is") +
                     " unknown for resource type " + std::string(NameOf(type)));
    return nullptr;
  }
  if (IsSearchable(*param, rules_)) return param;
  refusal_.Set(Refusal::Kind::kNotSupported,
               (whole ? std::string("is") : "names " + Quoted(code) + ", which is") +
                   (IsSearchable(*param, SearchRules::kR4)
                        ? " not supported by HealthLake (--compat r4 does)"
                        : " not supported"));
  return nullptr;
}

const SearchParam* ParamFinder::FindReference(ResourceType type, std::string_view code) {
  const SearchParam* param = Find(type, code, Naming::kPart);
  if (param == nullptr || param->type == SearchType::kReference) return param;
  refusal_.Set(Refusal::Kind::kInvalid, "goes through " + Quoted(code) + ", which is of type " +
                                            std::string(NameOf(param->type)) +
                                            " and refers to nothing");
  return nullptr;
}

std::optional<ResourceType> ParamFinder::FindType(std::string_view name) {
  const std::optional<ResourceType> type = FindResourceType(name);
  if (!type) {
    return refusal_.Set(Refusal::Kind::kInvalid,
                        "names " + Quoted(name) + ", which is no resource type");
  }
  if (IsServed(*type, rules_)) return type;
  return refusal_.Set(Refusal::Kind::kNotSupported,
                      "names the resource type " + std::string(name) +
                          ", which HealthLake does not support (--compat r4 does)");
}

std::optional<std::vector<ResourceType>> ParamFinder::TargetsOf(
    const SearchParam& param, std::optional<std::string_view> named) {
  if (named) {
    const std::optional<ResourceType> target = FindType(*named);
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
               [&](ResourceType target) { return IsServed(target, rules_); });
  if (!targets.empty()) return targets;
  return refusal_.Set(Refusal::Kind::kNotSupported,
                      "goes through " + Quoted(param.code) +
                          ", which refers only to types that HealthLake does not support "
                          "(--compat r4 does)");
}

std::optional<Chain> ParamFinder::MakeChain(const SearchParam& param,
                                            const std::vector<ResourceType>& targets,
                                            std::string_view rest, const ReadBranch& read) {
  Chain chain;
  chain.reference = &param;
  // A value that does not fit says more than a name that is not known.
  std::optional<Refusal> first;
  for (const ResourceType target : targets) {
    std::vector<Criterion> all_of = read(target);
    if (!all_of.empty()) {
      chain.branches.push_back({target, std::move(all_of)});
      continue;
    }
    if (refusal_.kind == Refusal::Kind::kTooMuch) return std::nullopt;
    const bool better = !first || (first->kind == Refusal::Kind::kUnknown &&
                                   refusal_.kind != Refusal::Kind::kUnknown);
    if (better) first = refusal_;
  }
  if (!chain.branches.empty()) return chain;
  if (first) refusal_ = std::move(*first);
  if (refusal_.kind == Refusal::Kind::kUnknown && targets.size() > 1) {
    refusal_.why = "names " + Quoted(rest) + ", which no resource has that " + Quoted(param.code) +
                   " may refer to";
  }
  return std::nullopt;
}

}  // namespace healthlake::fhir
