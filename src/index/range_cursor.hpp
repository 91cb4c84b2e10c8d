// The set of resources with any value of a range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "healthlake/index/index.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {

// A range of few values is a lazy union; one of many is read at once into a list or bitmap.
CursorPtr RangeCursor(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
                      const KeyFilter& filter);

// As Reader::FindValues.
std::optional<std::vector<Key>> ValuesOfRange(Snapshot& snapshot, Param param, std::uint64_t first,
                                              std::uint64_t last, const KeyFilter& filter,
                                              std::size_t limit);

}  // namespace healthlake::index
