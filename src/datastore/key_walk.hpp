// The values of a parameter in the order of a sort, each with the resources that have it.
#pragma once

#include <memory>
#include <vector>

#include "datastore/sort_bounds.hpp"
#include "datastore/sort_keys.hpp"
#include "healthlake/index/index.hpp"

namespace healthlake::datastore {

// A resource comes once for every value that it has.
class KeyWalk {
 public:
  virtual ~KeyWalk() = default;
  // False at the end. `rids` ascend whatever the direction.
  virtual bool Next(SortKey& key, std::vector<index::Rid>& rids) = 0;
};

// Whether the index keeps values of the parameter in their order: numbers, quantities, dates,
// strings. Tokens, references and uris are kept by hash or number.
bool CanWalkKeys(const fhir::SearchParam& param);

// SortKey::place of an index key of the parameter.
std::uint64_t PlaceOfOrder(const fhir::SearchParam& param, std::uint64_t order);
// About how many values have places of [first, last].
std::uint64_t CountPlaces(index::Reader& reader, const fhir::SearchParam& param,
                          std::uint64_t first, std::uint64_t last);

// From `start` on, which is present, or from the end that comes first in the direction; of places
// those within the bounds.
std::unique_ptr<KeyWalk> WalkKeys(index::Reader& reader, const fhir::SearchParam& param,
                                  index::Direction direction, const SortKey* start,
                                  const SortBounds& bounds);

// The resources that WalkKeys comes to.
index::CursorPtr WithAnyKey(index::Reader& reader, const fhir::SearchParam& param);

}  // namespace healthlake::datastore
