#include "index/run_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "index/entry_sort.hpp"

namespace healthlake::index {
namespace {

bool SamePosting(const Entry& a, const Entry& b) {
  return a.rid == b.rid && a.key.order == b.key.order && a.key.check == b.key.check &&
         a.param == b.param;
}

}  // namespace

void SortAndSettle(std::vector<Entry>& entries) {
  SortEntries(entries);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size();) {
    const std::size_t start = i;
    while (i < entries.size() && SamePosting(entries[start], entries[i])) ++i;
    // Adds sort before removes: with both signs there, the ends differ.
    if (entries[start].sign == entries[i - 1].sign) entries[kept++] = entries[start];
  }
  entries.resize(kept);
}

void DrainDelta(store::IndexTables& tables, std::vector<Entry>& entries) {
  for (const store::IndexDeltaRow& row : tables.AllDelta()) {
    entries.push_back({.param = row.param,
                       .key = {row.order, row.check},
                       .rid = row.rid,
                       .sign = row.sign > 0 ? Sign::kAdd : Sign::kRemove});
  }
  tables.ClearDelta();
}

void InsertBlocks(store::IndexTables& tables, std::uint64_t run, BlockNumber first,
                  const std::vector<std::string>& blocks) {
  for (const std::string& block : blocks) tables.InsertBlock(run, first++, block);
}

std::size_t InsertParts(store::IndexTables& tables, std::uint64_t run, const Directory& directory,
                        std::size_t first, Which which) {
  for (;; ++first) {
    const std::size_t start = first * Directory::kEntriesPerPart;
    if (start >= directory.size()) return first;
    const bool whole = start + Directory::kEntriesPerPart <= directory.size();
    if (!whole && which == Which::kWholeParts) return first;
    tables.InsertDirectoryPart(run, static_cast<std::uint32_t>(first), directory.EncodePart(start));
  }
}

store::IndexRunRow RowOf(std::uint64_t run, const RunBuilder& builder) {
  return {.run = run,
          .state = store::IndexRunState::kLive,
          .level = 0,
          .age = run,
          .adds = builder.count().adds,
          .removes = builder.count().removes,
          .blocks = builder.directory().size(),
          .bytes = builder.bytes()};
}

void WriteRun(store::IndexTables& tables, const std::vector<Entry>& entries,
              std::size_t block_bytes) {
  if (entries.empty()) return;
  RunBuilder builder(block_bytes);
  const Entry* group = nullptr;
  for (const Entry& entry : entries) {
    if (group == nullptr || entry.param != group->param || entry.key != group->key) {
      builder.BeginGroup(entry.param, entry.key);
      group = &entry;
    }
    builder.Add(entry.rid, entry.sign);
  }
  builder.Finish();

  const std::uint64_t run = tables.TakeRunNumber();
  InsertBlocks(tables, run, 0, builder.TakeBlocks());
  InsertParts(tables, run, builder.directory(), 0, Which::kAllParts);
  tables.InsertRun(RowOf(run, builder));
  tables.NextGeneration();
}

}  // namespace healthlake::index
