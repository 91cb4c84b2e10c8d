// One data store whose file is open.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datastore/everything_lists.hpp"
#include "datastore/import_batch.hpp"
#include "datastore/import_commit.hpp"
#include "datastore/sort_way.hpp"
#include "datastore/store_parts.hpp"
#include "datastore/version_cache.hpp"
#include "datastore/workspace_pool.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/body_codec.hpp"
#include "healthlake/store/ids.hpp"
#include "healthlake/store/resource_tables.hpp"
#include "healthlake/store/store_file.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

// Enough for some twenty thousand small resources.
inline constexpr std::size_t kVersionCacheBytes = std::size_t{32} << 20;

struct OpenOptions {
  store::Durability durability = store::Durability::kNormal;
  TypePolicy types = TypePolicy::kHealthLake;
  const fhir::ProfileSet* profiles = nullptr;
  BatchLimits batch;
  // Shared by the stores of a process.
  std::shared_ptr<BatchBudget> batch_budget = std::make_shared<BatchBudget>();
  std::shared_ptr<VersionCache> versions = std::make_shared<VersionCache>(kVersionCacheBytes);
  // Of bodies: a page of a search or history that reaches it ends, though with one resource at
  // least.
  std::size_t page_bytes = std::size_t{32} << 20;
  core::Seal seal = {};                   // of page tokens
  SortWay sort_way = SortWay::kCheapest;  // another one only in tests
  index::Options index;
  store::KeyBits key_bits;
};

class OpenDatastore final : public Datastore {
 public:
  // Opens or makes the file. `needs_maintenance` is called after a commit that leaves the index
  // something to fold or merge; it must not block. Throws kUnavailable for a file of another
  // format.
  OpenDatastore(store::DatastoreId id, const std::filesystem::path& path,
                store::ConnectionBudget& budget, const core::Clock& clock, core::IdGenerator& ids,
                const OpenOptions& options, std::function<void()> needs_maintenance);
  ~OpenDatastore() override;

  std::optional<StoredVersion> Find(fhir::ResourceType type, std::string_view id) override;
  std::optional<StoredVersion> FindVersion(fhir::ResourceType type, std::string_view id,
                                           std::uint64_t version) override;
  SearchPage Search(const fhir::SearchQuery& query, const core::Cancel& cancel) override;
  HistoryPage History(const HistoryQuery& query, const core::Cancel& cancel) override;
  std::optional<EverythingPage> Everything(const EverythingQuery& query,
                                           const core::Cancel& cancel) override;
  std::unique_ptr<Draft> Prepare(const DraftOptions& options, const json::Value& resource) override;
  std::unique_ptr<Writing> BeginWrite(const core::Cancel& cancel) override;
  std::string NewId() override { return ids_.Uuid(); }
  std::unique_ptr<ImportBatch> NewImportBatch(fhir::ValidationLevel level) override;
  void CommitImport(ImportBatch& batch, std::string_view job_id, const BeforeCommit& before,
                    const core::Cancel& cancel) override;
  std::optional<std::string> FindCheckpoint(std::string_view job_id) override;
  void SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) override;
  void DropCheckpoint(std::string_view job_id) override;
  std::optional<std::uint64_t> Scan(std::uint64_t position, std::size_t limit,
                                    const std::function<void(const ScanItem&)>& each) override;

  const store::DatastoreId& id() const noexcept { return id_; }
  // Folds and merges until there is nothing left to do; from one thread at a time.
  void Maintain(const core::Cancel& cancel) { index_.Maintain(cancel); }

 private:
  void CheckFormat();
  void AfterCommit();

  const store::DatastoreId id_;
  core::IdGenerator& ids_;
  const OpenOptions options_;
  std::function<void()> needs_maintenance_;
  store::StoreFile file_;
  std::shared_ptr<const store::BodyCodec> codec_;
  store::SymbolTable symbols_;
  index::Index index_;
  std::atomic<store::Rid> next_rid_{1};
  StoreParts parts_;
  const std::uint64_t cache_number_;
  WorkspacePool<ParseWorkspace> workspaces_;
  WorkspacePool<BatchSymbols> batch_symbols_;
  EverythingLists everything_lists_;
};

}  // namespace healthlake::datastore
