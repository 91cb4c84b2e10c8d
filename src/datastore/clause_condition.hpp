// Conditions on the values of one search parameter.
#pragma once

#include "datastore/condition.hpp"

namespace healthlake::datastore {

// Throws core::Error{kInvalid} for a definition that cannot be followed (defined_ranges.hpp).
ConditionPtr MakeClauseCondition(const SearchSource& source, fhir::ResourceType type,
                                 const fhir::SearchClause& clause);

// All that the other does not hold for.
ConditionPtr Negate(const SearchSource& source, fhir::ResourceType type, ConditionPtr inner);

}  // namespace healthlake::datastore
