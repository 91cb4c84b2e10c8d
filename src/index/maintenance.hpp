// Folding and merging, outside the writers' way. The protocol: README.md.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/index_tables.hpp"
#include "healthlake/store/store_file.hpp"
#include "index/catalog.hpp"

namespace healthlake::index {

// Runs to be merged into one, in ascending order of age, and the level of the result.
struct MergePlan {
  RunList inputs;
  std::uint32_t level = 0;
  bool includes_oldest = false;
};

// The lowest level that holds too many runs, if any does.
std::optional<MergePlan> PlanTier(const RunList& runs, std::size_t runs_per_level);
// All live runs, when there are several or one that still holds removes.
std::optional<MergePlan> PlanAll(const RunList& runs);

// One thread at a time.
class Maintenance {
 public:
  Maintenance(store::StoreFile& file, const Options& options, Catalog& catalog)
      : file_(file), options_(options), catalog_(catalog) {}

  // Removes runs that are not live. False when cancelled before all were gone.
  bool RemoveRemains(const core::Cancel& cancel);
  // Makes a run of the delta when it has at least `least` rows. `note` is told how many rows are
  // left, in the writer's turn.
  using NoteRows = std::function<void(std::size_t rows)>;
  void Fold(std::size_t least, const NoteRows& note);
  // False when cancelled: what was written is left for RemoveRemains.
  bool Merge(const MergePlan& plan, const core::Cancel& cancel);

  struct State {
    RunList runs;
    std::size_t delta_rows = 0;
  };
  State Look();

 private:
  void Publish(const MergePlan& plan, const store::IndexRunRow& result);
  // One short write transaction. The hook of tests runs when the writers' turn has been given back.
  template <typename Work>
  void Write(const Work& work) {
    {
      store::WriteTransaction write = file_.Write();
      store::IndexTables tables(write.connection());
      work(tables);
      write.Commit();
    }
    if (options_.after_step) options_.after_step();
  }

  store::StoreFile& file_;
  const Options& options_;
  Catalog& catalog_;
};

}  // namespace healthlake::index
