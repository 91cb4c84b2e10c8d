// What the criteria of a search say about the values that it is sorted by.
#pragma once

#include <cstdint>
#include <limits>

#include "datastore/search_source.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::datastore {

struct SortBounds {
  // SortKey::place of every member lies in between; of strings nothing is known.
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  bool narrowed = false;  // the places, by criteria
  bool present = false;   // every member has a value
  bool whole = false;     // all criteria are of this parameter
};

// Of `date=ge2019&date=lt2020` and its like, where a resource has one value of the parameter at
// most: with several, the one that counts may be another than the one that satisfies the criterion.
SortBounds BoundsOf(const SearchSource& source, const fhir::TypeSearch& search,
                    const fhir::SearchParam& param);

}  // namespace healthlake::datastore
