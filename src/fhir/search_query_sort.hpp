// _sort (search.html, sort; reference 5.6).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Reads "name,-birthdate". Each parameter must be known to all types `searched`, and be of the same
// search type in all of them.
std::optional<std::vector<SortRule>> ReadSort(std::string_view value,
                                              const std::vector<TypeSearch>& searched,
                                              SearchRules rules, Refusal& refusal);

}  // namespace healthlake::fhir
