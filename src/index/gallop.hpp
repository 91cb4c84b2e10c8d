// Finding the next of ascending rids when it is usually near.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "healthlake/index/entry.hpp"

namespace healthlake::index {

// The first position from `at` on whose rid is >= `rid`, or the size.
inline std::size_t Gallop(const std::vector<Rid>& rids, std::size_t at, Rid rid) {
  if (at >= rids.size() || rids[at] >= rid) return at;
  std::size_t step = 1;
  while (at + step < rids.size() && rids[at + step] < rid) {
    at += step;
    step *= 2;
  }
  const auto low = rids.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  const auto high = rids.begin() + static_cast<std::ptrdiff_t>(std::min(rids.size(), at + step));
  return static_cast<std::size_t>(std::lower_bound(low, high, rid) - rids.begin());
}

}  // namespace healthlake::index
