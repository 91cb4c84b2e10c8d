// Which modifiers the search parameters take (search.html, modifiers; reference 5.4).
#pragma once

#include <string_view>
#include <vector>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// By name, without the colon; "[type]" stands for the types that a reference may be narrowed to.
std::vector<std::string_view> ModifiersOf(const SearchParam& param, SearchRules rules);

}  // namespace healthlake::fhir
