// Values that a query names by a definition: :in, :not-in, :above and :below.
#pragma once

#include "datastore/clause_ranges.hpp"

namespace healthlake::datastore {

// Whether the clause's values follow from stored resources: value sets, code systems, hierarchies.
bool IsDefined(const fhir::SearchClause& clause);

// The ranges of such a clause (of :not-in those of :in), from ValueSet and CodeSystem resources of
// this store and those of the base specification, or from the hierarchy that the parameter partof
// or part-of makes of the resources referred to. Throws core::Error{kInvalid} for a definition that
// is unknown or cannot be followed, and for one of more than 10,000 values.
ValueRanges DefinedRangesOf(const SearchSource& source, const fhir::SearchClause& clause);

}  // namespace healthlake::datastore
