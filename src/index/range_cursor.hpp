// The set of resources with any value of a range.
#pragma once

#include <cstdint>

#include "healthlake/index/index.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {

// A range of few values is a lazy union; one of many is read at once into a list or bitmap.
CursorPtr RangeCursor(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
                      const KeyFilter& filter);

}  // namespace healthlake::index
