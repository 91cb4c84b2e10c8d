#include "fhir/search_query_modifiers.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "fhir/search_query_params.hpp"
#include "healthlake/fhir/search_modifiers.hpp"

namespace healthlake::fhir {
namespace {

struct ModifierName {
  std::string_view name;
  SearchModifier modifier;
};
constexpr auto kModifiers = std::to_array<ModifierName>({
    {"missing", SearchModifier::kMissing},
    {"exact", SearchModifier::kExact},
    {"contains", SearchModifier::kContains},
    {"not", SearchModifier::kNot},
    {"text", SearchModifier::kText},
    {"identifier", SearchModifier::kIdentifier},
    {"above", SearchModifier::kAbove},
    {"below", SearchModifier::kBelow},
    {"in", SearchModifier::kIn},
    {"not-in", SearchModifier::kNotIn},
    {"of-type", SearchModifier::kOfType},
});

enum class Allowed : std::uint8_t { kBoth, kOnlyR4 };

// :missing is for every type but composites.
struct ModifierUse {
  SearchType type;
  SearchModifier modifier;
  Allowed allowed;
};
constexpr auto kModifierUses = std::to_array<ModifierUse>({
    {SearchType::kString, SearchModifier::kExact, Allowed::kBoth},
    {SearchType::kString, SearchModifier::kContains, Allowed::kBoth},
    {SearchType::kToken, SearchModifier::kNot, Allowed::kBoth},
    {SearchType::kToken, SearchModifier::kText, Allowed::kBoth},
    {SearchType::kToken, SearchModifier::kAbove, Allowed::kOnlyR4},
    {SearchType::kToken, SearchModifier::kBelow, Allowed::kOnlyR4},
    {SearchType::kToken, SearchModifier::kIn, Allowed::kOnlyR4},
    {SearchType::kToken, SearchModifier::kNotIn, Allowed::kOnlyR4},
    {SearchType::kToken, SearchModifier::kOfType, Allowed::kOnlyR4},
    {SearchType::kReference, SearchModifier::kIdentifier, Allowed::kBoth},
    {SearchType::kReference, SearchModifier::kType, Allowed::kBoth},
    {SearchType::kReference, SearchModifier::kAbove, Allowed::kOnlyR4},
    {SearchType::kReference, SearchModifier::kBelow, Allowed::kOnlyR4},
    {SearchType::kUri, SearchModifier::kBelow, Allowed::kBoth},
    {SearchType::kUri, SearchModifier::kAbove, Allowed::kOnlyR4},
});

bool Check(const SearchParam& param, std::string_view text, const ModifierText& read,
           SearchRules rules, Refusal& refusal) {
  const std::string quoted = "':" + std::string(text) + "'";
  if (read.modifier == SearchModifier::kMissing && param.type != SearchType::kComposite) {
    return true;
  }
  const auto use =
      std::find_if(kModifierUses.begin(), kModifierUses.end(), [&](const ModifierUse& known) {
        return known.type == param.type && known.modifier == read.modifier;
      });
  if (use == kModifierUses.end()) {
    refusal.Set(Refusal::Kind::kNotSupported, "is of type " + std::string(NameOf(param.type)) +
                                                  ", which does not take the modifier " + quoted);
    return false;
  }
  if (use->allowed == Allowed::kOnlyR4 && rules == SearchRules::kHealthLake) {
    refusal.Set(
        Refusal::Kind::kNotSupported,
        "has the modifier " + quoted + ", which HealthLake does not support (--compat r4 does)");
    return false;
  }
  if (read.modifier == SearchModifier::kType && !MayReferTo(param, read.target)) {
    refusal.Set(Refusal::Kind::kInvalid,
                "does not refer to resources of type " + std::string(NameOf(read.target)));
    return false;
  }
  return true;
}

std::string_view NameOf(SearchModifier modifier) {
  const auto known =
      std::find_if(kModifiers.begin(), kModifiers.end(),
                   [&](const ModifierName& entry) { return entry.modifier == modifier; });
  return known == kModifiers.end() ? "[type]" : known->name;
}

}  // namespace

std::vector<std::string_view> ModifiersOf(const SearchParam& param, SearchRules rules) {
  std::vector<std::string_view> names;
  if (param.origin == ParamOrigin::kServer) return names;  // _text and _content
  if (param.type != SearchType::kComposite) names.push_back(NameOf(SearchModifier::kMissing));
  for (const ModifierUse& use : kModifierUses) {
    if (use.type != param.type) continue;
    if (use.allowed == Allowed::kOnlyR4 && rules == SearchRules::kHealthLake) continue;
    names.push_back(NameOf(use.modifier));
  }
  return names;
}

std::optional<ModifierText> ReadModifier(const SearchParam& param, std::string_view text,
                                         SearchRules rules, Refusal& refusal) {
  ModifierText read;
  const auto known = std::find_if(kModifiers.begin(), kModifiers.end(),
                                  [&](const ModifierName& entry) { return entry.name == text; });
  if (known != kModifiers.end()) {
    read.modifier = known->modifier;
  } else if (const auto target = FindResourceType(text)) {
    read.modifier = SearchModifier::kType;
    read.target = *target;
  } else {
    return refusal.Set(Refusal::Kind::kNotSupported,
                       "has the unknown modifier ':" + std::string(text) + "'");
  }
  if (!Check(param, text, read, rules, refusal)) return std::nullopt;
  return read;
}

}  // namespace healthlake::fhir
