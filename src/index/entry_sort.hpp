// Bringing a batch's entries into the order of a run.
#pragma once

#include <vector>

#include "healthlake/index/entry.hpp"

namespace healthlake::index {

// Sorts by (param, key, rid, sign). Made for batches: a few hundred parameters, rids mostly in
// order.
void SortEntries(std::vector<Entry>& entries);

}  // namespace healthlake::index
