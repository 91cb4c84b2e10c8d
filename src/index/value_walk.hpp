// All values of a range in order, each with its live resources.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "healthlake/index/index.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {

// The snapshot must outlive them.
std::unique_ptr<ValueWalk> WalkValues(Snapshot& snapshot, Param param, std::uint64_t first,
                                      std::uint64_t last, Direction direction);
std::unique_ptr<StringWalk> WalkStringRows(Snapshot& snapshot, Param param, Direction direction,
                                           std::optional<std::string_view> from = {});

}  // namespace healthlake::index
