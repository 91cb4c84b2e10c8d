// Single writes: what one write transaction does to resources, history and index.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "datastore/import_batch.hpp"
#include "datastore/pending_writes.hpp"
#include "datastore/reading.hpp"
#include "datastore/store_parts.hpp"
#include "datastore/workspace_pool.hpp"
#include "healthlake/datastore/writing.hpp"

namespace healthlake::datastore {

class WriteSession final : public Writing {
 public:
  // `after_commit` runs once the transaction is committed.
  WriteSession(StoreParts& parts, WorkspacePool<ParseWorkspace>& workspaces,
               const core::Cancel& cancel, std::function<void()> after_commit)
      : parts_(parts),
        workspaces_(workspaces),
        after_commit_(std::move(after_commit)),
        transaction_(parts.file.Write(cancel)),
        now_(parts.clock.Now()),
        reading_(parts, transaction_.connection()),
        pending_(parts, transaction_, reading_.tables()) {}

  std::optional<StoredVersion> Find(fhir::ResourceType type, std::string_view id) override;
  std::optional<StoredVersion> FindVersion(fhir::ResourceType type, std::string_view id,
                                           std::uint64_t version) override;
  SearchPage Search(const fhir::SearchQuery& query, const core::Cancel& cancel) override;
  HistoryPage History(const HistoryQuery& query, const core::Cancel& cancel) override;
  std::optional<EverythingPage> Everything(const EverythingQuery& query,
                                           const core::Cancel& cancel) override;

  WriteResult Put(Draft& draft, const Precondition& precondition) override;
  DeleteResult Delete(fhir::ResourceType type, std::string_view id,
                      const Precondition& precondition) override;
  void SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) override;
  std::optional<Created> FindIdempotencyKey(std::string_view key) override;
  void SaveIdempotencyKey(std::string_view key, fhir::ResourceType type,
                          std::string_view id) override;
  void Commit() override;

 private:
  store::ResourceRow NextVersion(const std::optional<store::ResourceRow>& current,
                                 fhir::ResourceType type) const;
  // For reading: what is pending of `key`, or anything at all, is written first.
  Reading& ReadingOf(const store::ResourceKey& key);
  Reading& ReadingOfAll();
  // The index's part of a write: the values of `after` instead of those of `current`'s body.
  void CollectIndex(const std::optional<store::ResourceRow>& current,
                    const store::ResourceRow& next, std::span<const fhir::IndexValue> after);
  core::Timestamp CreationOf(const store::ResourceRow& row);

  StoreParts& parts_;
  WorkspacePool<ParseWorkspace>& workspaces_;
  const std::function<void()> after_commit_;
  store::WriteTransaction transaction_;
  // All that the transaction writes is of one moment.
  const core::Timestamp now_;
  Reading reading_;
  PendingWrites pending_;
  EncodedValues before_;
  EncodedValues after_;
};

}  // namespace healthlake::datastore
