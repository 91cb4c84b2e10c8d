#include "healthlake/index/index.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "healthlake/store/index_tables.hpp"
#include "healthlake/store/store_file.hpp"
#include "index/catalog.hpp"
#include "index/maintenance.hpp"
#include "index/reader.hpp"
#include "index/run_writer.hpp"

namespace healthlake::index {
namespace {

// Removes first: a value that only changes its case keeps its key in the table.
void WriteStrings(store::IndexTables& tables, std::span<const StringEntry> strings) {
  const auto row = [](const StringEntry& entry) {
    return store::IndexStringRow{
        .param = entry.param, .normal = entry.normal, .exact = entry.exact, .rid = entry.rid};
  };
  for (const StringEntry& entry : strings) {
    if (entry.sign == Sign::kRemove) tables.DeleteString(row(entry));
  }
  for (const StringEntry& entry : strings) {
    if (entry.sign == Sign::kAdd) tables.InsertString(row(entry));
  }
}

}  // namespace

class Index::Impl {
 public:
  Impl(store::StoreFile& file, const Options& options)
      : options_(options),
        catalog_(options.directory_bytes),
        maintenance_(file, options_, catalog_) {}

  // What NeedsMaintenance looks at; hints, which Maintain checks against the rows.
  void NoteRuns(const RunList& runs) {
    merge_due_ = PlanTier(runs, options_.runs_per_level).has_value();
  }

  // Folds and merges as `plan` finds until it finds nothing more.
  template <typename Plan>
  void Work(std::size_t fold_least, const core::Cancel& cancel, const Plan& plan) {
    const std::lock_guard lock(one_at_a_time_);
    if (!maintenance_.RemoveRemains(cancel)) return;
    while (!cancel.Requested()) {
      if (delta_rows_ >= fold_least) {
        maintenance_.Fold(fold_least, [this](std::size_t rows) { delta_rows_ = rows; });
      }
      const RunList runs = maintenance_.Look().runs;
      NoteRuns(runs);
      const auto due = plan(runs);
      if (!due) return;
      if (!maintenance_.Merge(*due, cancel)) return;
      if (!maintenance_.RemoveRemains(cancel)) return;
    }
  }

  const Options options_;
  Catalog catalog_;
  Maintenance maintenance_;
  std::mutex one_at_a_time_;
  std::atomic<std::size_t> delta_rows_{0};
  std::atomic<bool> merge_due_{false};
};

Index::Index(store::StoreFile& file, const Options& options)
    : impl_(std::make_unique<Impl>(file, options)) {}

Index::~Index() = default;

void Index::WriteBatch(store::WriteTransaction& transaction, std::vector<Entry>& entries,
                       std::vector<StringEntry>& strings) {
  store::IndexTables tables(transaction.connection());
  if (!entries.empty()) {
    // Folding the delta in keeps it newer than every run.
    DrainDelta(tables, entries);
    SortAndSettle(entries);
    WriteRun(tables, entries, impl_->options_.block_bytes);
    transaction.OnCommit([this, runs = tables.Runs()] {
      impl_->delta_rows_ = 0;
      impl_->NoteRuns(runs);
    });
  }
  std::sort(strings.begin(), strings.end());
  WriteStrings(tables, strings);
}

void Index::WriteDifference(store::WriteTransaction& transaction, std::span<const Entry> entries,
                            std::span<const StringEntry> strings) {
  store::IndexTables tables(transaction.connection());
  for (const Entry& entry : entries) {
    tables.AddDelta({.param = entry.param,
                     .order = entry.key.order,
                     .check = entry.key.check,
                     .rid = entry.rid,
                     .sign = entry.sign == Sign::kAdd ? 1 : -1});
  }
  WriteStrings(tables, strings);
  impl_->delta_rows_ += entries.size();
}

std::unique_ptr<Reader> Index::Open(store::ReadTransaction& transaction) {
  return MakeReader(transaction.connection(), impl_->catalog_, Seen::kCommitted);
}

std::unique_ptr<Reader> Index::Open(store::WriteTransaction& transaction) {
  return MakeReader(transaction.connection(), impl_->catalog_, Seen::kUncommitted);
}

bool Index::NeedsMaintenance() {
  return impl_->merge_due_ || impl_->delta_rows_ >= impl_->options_.delta_rows_to_fold;
}

void Index::Maintain(const core::Cancel& cancel) {
  impl_->Work(impl_->options_.delta_rows_to_fold, cancel, [this](const RunList& runs) {
    return PlanTier(runs, impl_->options_.runs_per_level);
  });
}

void Index::Compact(const core::Cancel& cancel) {
  impl_->Work(1, cancel, PlanAll);
}

void Index::Recover() {
  impl_->maintenance_.RemoveRemains({});
  const Maintenance::State state = impl_->maintenance_.Look();
  impl_->delta_rows_ = state.delta_rows;
  impl_->NoteRuns(state.runs);
}

}  // namespace healthlake::index
