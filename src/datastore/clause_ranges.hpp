// The values of a search parameter that satisfy a clause, as ranges of the index's keys.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/key_codec.hpp"
#include "datastore/search_source.hpp"
#include "datastore/value_range.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::datastore {

using ValueRanges = std::vector<ValueRange>;

// A resource satisfies the clause (without its negation) when it has a value in any of the ranges:
// all and only, as keys identify their values. Not for :missing, nor for what looks at more than
// the index holds (:text, :of-type, near, _id). The filters refer to `source`.
ValueRanges RangesOf(const SearchSource& source, const fhir::SearchClause& clause);

// All values of the parameter; for :missing.
ValueRanges AllValuesOf(const fhir::SearchParam& param);

}  // namespace healthlake::datastore
