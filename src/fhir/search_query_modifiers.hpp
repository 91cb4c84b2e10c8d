// The modifiers behind a parameter's name (search.html, modifiers; reference 5.4).
#pragma once

#include <optional>
#include <string_view>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

struct ModifierText {
  SearchModifier modifier = SearchModifier::kNone;
  ResourceType target;  // kType
};

// `text` is what stands behind the colon.
std::optional<ModifierText> ReadModifier(const SearchParam& param, std::string_view text,
                                         SearchRules rules, Refusal& refusal);

}  // namespace healthlake::fhir
