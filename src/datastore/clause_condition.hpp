// Conditions on the values of one search parameter.
#pragma once

#include "datastore/condition.hpp"

namespace healthlake::datastore {

// Modifiers that name sets of values (:in, :above …) have been resolved (value_sets.hpp).
ConditionPtr MakeClauseCondition(const SearchSource& source, fhir::ResourceType type,
                                 const fhir::SearchClause& clause);

// All that the other does not hold for.
ConditionPtr Negate(const SearchSource& source, fhir::ResourceType type, ConditionPtr inner);

}  // namespace healthlake::datastore
