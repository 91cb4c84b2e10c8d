// _filter (search_filter.html of R4): tests joined by and, or, not.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/search_query_refusal.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// What a filter asks of resources of `type`. Joined from left to right, `and` and `or` alike, as
// the standard has it.
std::optional<Criterion> ReadFilter(ResourceType type, std::string_view text,
                                    const SearchLimits& limits, QueryBudget& budget,
                                    Refusal& refusal);

}  // namespace healthlake::fhir
