// The set of resources with any value of a range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "healthlake/index/index.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {

// A range of few values is a lazy union; one of many is read at once into a list or bitmap.
CursorPtr RangeCursor(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
                      const KeyFilter& filter);

// The values of a range that `filter` keeps, up to `limit`; `all`: there are no more, and to know
// that took only a few groups.
struct RangeKeys {
  std::vector<Key> found;
  bool all = false;
};
RangeKeys KeysOfRange(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
                      const KeyFilter& filter, std::size_t limit);

}  // namespace healthlake::index
