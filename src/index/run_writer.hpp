// Writing a whole run in one transaction, and what it is made from.
#pragma once

#include <cstdint>
#include <vector>

#include "healthlake/index/entry.hpp"
#include "healthlake/store/index_tables.hpp"
#include "index/run_builder.hpp"

namespace healthlake::index {

// Sorts by (param, key, rid), drops exact duplicates and pairs of an add and a remove.
void SortAndSettle(std::vector<Entry>& entries);

// Takes all rows out of the delta and appends them.
void DrainDelta(store::IndexTables& tables, std::vector<Entry>& entries);

// Inserts `blocks` as the run's blocks from number `first` on.
void InsertBlocks(store::IndexTables& tables, std::uint64_t run, BlockNumber first,
                  const std::vector<std::string>& blocks);
enum class Which { kWholeParts, kAllParts };
// Inserts the directory's parts from number `first` on, as far as they are whole or all; returns
// the number of the next one.
std::size_t InsertParts(store::IndexTables& tables, std::uint64_t run, const Directory& directory,
                        std::size_t first, Which which);
// The run's row with the counts of what has been built.
store::IndexRunRow RowOf(std::uint64_t run, const RunBuilder& builder);

// Writes settled entries as a live run of level 0, the newest. Nothing when there are none.
void WriteRun(store::IndexTables& tables, const std::vector<Entry>& entries,
              std::size_t block_bytes);

}  // namespace healthlake::index
