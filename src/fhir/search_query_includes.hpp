// _include and _revinclude (search.html, include; reference 5.6).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Reads one value: "Type:param", "Type:param:Target", "Type:*" or "*"; of _revinclude also
// ":param", which stands for that parameter of every type that has it. `searched` are the types of
// the search.
std::optional<std::vector<Include>> ReadInclude(Include::Way way, std::string_view modifier,
                                                std::string_view value,
                                                const std::vector<TypeSearch>& searched,
                                                SearchRules rules, Refusal& refusal);

}  // namespace healthlake::fhir
