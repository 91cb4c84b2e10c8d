// The index's rows as one transaction sees them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "index/catalog.hpp"
#include "index/run_view.hpp"

namespace healthlake::index {

enum class Seen {
  kCommitted,    // by a read transaction: may be shared with other readers
  kUncommitted,  // by a write transaction: may never come true
};

// Confined to the transaction's thread; must not outlive it.
class Snapshot final : public BlockSource {
 public:
  Snapshot(store::Connection& connection, Catalog& catalog, Seen seen);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  void Read(std::uint64_t run, BlockNumber block, std::string& bytes) override;
  std::shared_ptr<const Directory> LoadDirectory(std::uint64_t run) override;

  const std::vector<RunView>& runs() const noexcept { return views_; }
  store::IndexTables& tables() noexcept { return tables_; }
  store::Connection& connection() noexcept { return connection_; }
  bool HasDelta();
  ReaderWork& work() noexcept { return work_; }
  const ReaderWork& work() const noexcept { return work_; }

 private:
  std::shared_ptr<const RunList> LoadRuns();

  store::Connection& connection_;
  store::IndexTables tables_;
  Catalog& catalog_;
  const Seen seen_;
  std::vector<RunView> views_;
  std::optional<bool> has_delta_;
  ReaderWork work_;
};

}  // namespace healthlake::index
