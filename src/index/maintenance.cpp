#include "index/maintenance.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "index/run_merger.hpp"
#include "index/run_writer.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {
namespace {

// Rows that one transaction deletes: some 1 MB of pages.
constexpr std::size_t kDeleteAtOnce = 256;

RunList Live(const RunList& runs) {
  RunList live;
  for (const store::IndexRunRow& run : runs) {
    if (run.state == store::IndexRunState::kLive) live.push_back(run);
  }
  return live;
}

}  // namespace

std::optional<MergePlan> PlanTier(const RunList& runs, std::size_t runs_per_level) {
  const RunList live = Live(runs);
  std::map<std::uint32_t, RunList> levels;
  for (const store::IndexRunRow& run : live) levels[run.level].push_back(run);
  for (auto& [level, inputs] : levels) {
    if (inputs.size() <= std::max<std::size_t>(runs_per_level, 1)) continue;
    const bool includes_oldest = inputs.front().run == live.front().run;
    return MergePlan{
        .inputs = std::move(inputs), .level = level + 1, .includes_oldest = includes_oldest};
  }
  return std::nullopt;
}

std::optional<MergePlan> PlanAll(const RunList& runs) {
  RunList live = Live(runs);
  if (live.empty() || (live.size() == 1 && live.front().removes == 0)) return std::nullopt;
  std::uint32_t level = 1;
  for (const store::IndexRunRow& run : live) level = std::max(level, run.level);
  return MergePlan{.inputs = std::move(live), .level = level, .includes_oldest = true};
}

bool Maintenance::RemoveRemains(const core::Cancel& cancel) {
  for (;;) {
    if (cancel.Requested()) return false;
    std::optional<std::uint64_t> remains;
    for (const store::IndexRunRow& run : Look().runs) {
      if (run.state != store::IndexRunState::kLive) remains = run.run;
    }
    if (!remains) return true;
    for (bool gone = false; !gone;) {
      if (cancel.Requested()) return false;
      Write([&](store::IndexTables& tables) {
        gone = tables.DeletePieces(*remains, kDeleteAtOnce) < kDeleteAtOnce;
        if (gone) tables.DeleteRun(*remains);
      });
    }
  }
}

void Maintenance::Fold(std::size_t least, const NoteRows& note) {
  Write([&](store::IndexTables& tables) {
    const std::size_t rows = tables.DeltaRows();
    if (rows < least || rows == 0) return note(rows);
    std::vector<Entry> entries;
    DrainDelta(tables, entries);
    WriteRun(tables, entries, options_.block_bytes);
    note(0);
  });
}

Maintenance::State Maintenance::Look() {
  store::ReadTransaction read = file_.Read();
  store::IndexTables tables(read.connection());
  return {.runs = tables.Runs(), .delta_rows = tables.DeltaRows()};
}

bool Maintenance::Merge(const MergePlan& plan, const core::Cancel& cancel) {
  store::IndexRunRow result;
  Write([&](store::IndexTables& tables) {
    result.run = tables.TakeRunNumber();
    tables.InsertRun(result);
  });

  RunBuilder builder(options_.block_bytes);
  std::vector<RunMerger::Input> inputs;
  for (const store::IndexRunRow& run : plan.inputs) inputs.push_back({run.run, run.blocks});
  RunMerger merger(inputs, plan.includes_oldest ? Leftover::kDropRemoves : Leftover::kKeepRemoves,
                   builder);
  BlockNumber written = 0;
  std::size_t parts = 0;
  for (bool done = false; !done;) {
    if (cancel.Requested()) return false;
    {
      store::ReadTransaction read = file_.Read();
      Snapshot snapshot(read.connection(), catalog_, Seen::kCommitted);
      done = merger.Advance(snapshot, options_.maintenance_bytes);
    }
    const std::vector<std::string> blocks = builder.TakeBlocks();
    Write([&](store::IndexTables& tables) {
      InsertBlocks(tables, result.run, written, blocks);
      parts = InsertParts(tables, result.run, builder.directory(), parts,
                          done ? Which::kAllParts : Which::kWholeParts);
    });
    written += static_cast<BlockNumber>(blocks.size());
  }

  result = RowOf(result.run, builder);
  result.level = plan.level;
  result.age = plan.inputs.back().age;
  Publish(plan, result);
  return true;
}

void Maintenance::Publish(const MergePlan& plan, const store::IndexRunRow& result) {
  Write([&](store::IndexTables& tables) {
    if (result.blocks == 0) {
      tables.DeleteRun(result.run);
    } else {
      tables.UpdateRun(result);
    }
    for (store::IndexRunRow run : plan.inputs) {
      run.state = store::IndexRunState::kRetired;
      tables.UpdateRun(run);
    }
    tables.NextGeneration();
  });
  for (const store::IndexRunRow& run : plan.inputs) catalog_.DropDirectory(run.run);
}

}  // namespace healthlake::index
