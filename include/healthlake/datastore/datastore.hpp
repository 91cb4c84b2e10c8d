// One open data store: FHIR resources with versions, search, and the one write path that REST and
// import share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/issue.hpp"
#include "healthlake/datastore/view.hpp"
#include "healthlake/datastore/writing.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/validation_level.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::datastore {

// One accepted or refused NDJSON line. `status` is 201, 200 or 4xx.
struct LineOutcome {
  std::uint64_t line = 0;  // from 1
  int status = 0;
  std::string type;
  std::string id;
  core::Issues issues;  // why it was refused; of an accepted line as WriteResult::issues
};

// Lines of an import on their way into one transaction. Confined to one thread; may be handed over.
class ImportBatch {
 public:
  virtual ~ImportBatch() = default;
  // Parses, validates and extracts one line in one walk. A refused line is kept as its outcome.
  // Never throws for what the line holds.
  virtual void Add(std::uint64_t line, std::string_view text) = 0;
  // A line refused before it was read: too long, not UTF-8.
  virtual void Refuse(std::uint64_t line, core::Issue issue) = 0;
  // Time to commit: resources, index entries or bytes have reached the batch's limit.
  virtual bool full() const = 0;
  virtual bool empty() const = 0;
};

// What a scan hands out, in the order of first storing.
struct ScanItem {
  fhir::ResourceType type;
  std::string_view json;  // valid during the call
};

// Thread-safe. All calls are synchronous; a write has been committed when its call returns. Reading
// sees the last commit.
class Datastore : public View {
 public:
  // Validates (core::Error{kInvalid} with issues) and reads. `resource` is whole and of the type
  // named; its id and meta.versionId/lastUpdated are replaced by the server's, and so is the
  // validation-issue extension of an earlier write. At the level minimal an invalid resource is
  // stored with that extension, and indexed as far as it can be read; what cannot bear the
  // extension or the server's meta (`extension` is no array, `meta` no object) is refused
  // nevertheless.
  virtual std::unique_ptr<Draft> Prepare(const DraftOptions& options,
                                         const json::Value& resource) = 0;
  // Waits for its turn; `cancel` ends the waiting and long statements (kUnavailable).
  virtual std::unique_ptr<Writing> BeginWrite(const core::Cancel& cancel) = 0;

  // An id that no resource has.
  virtual std::string NewId() = 0;

  // One write, prepared and committed.
  WriteResult Create(fhir::ResourceType type, const json::Value& resource,
                     fhir::ValidationLevel level, const core::Cancel& cancel);
  WriteResult Update(fhir::ResourceType type, std::string_view id, const json::Value& resource,
                     fhir::ValidationLevel level, const Precondition& precondition,
                     const core::Cancel& cancel);
  DeleteResult Delete(fhir::ResourceType type, std::string_view id,
                      const Precondition& precondition, const core::Cancel& cancel);

  // The batch must not outlive the store.
  virtual std::unique_ptr<ImportBatch> NewImportBatch(fhir::ValidationLevel level) = 0;
  // Called inside the batch's transaction, once every line's outcome is final: writes the records
  // of the lines and returns the job's checkpoint, which is committed with the batch.
  using BeforeCommit = std::function<std::string(std::span<const LineOutcome>)>;
  // Commits bodies, keys, index run and checkpoint as one. All or nothing; either way the batch is
  // used up. Another batch may be filled meanwhile.
  virtual void CommitImport(ImportBatch& batch, std::string_view job_id, const BeforeCommit& before,
                            const core::Cancel& cancel) = 0;

  // The checkpoint that a job last committed in this store's file; opaque to the store.
  virtual std::optional<std::string> FindCheckpoint(std::string_view job_id) = 0;
  virtual void SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) = 0;
  virtual void DropCheckpoint(std::string_view job_id) = 0;

  // Hands the live resources after `position` (0: from the start) to `each`, at most `limit`, and
  // returns the position to go on from; nullopt at the end. Each call sees a snapshot of its own.
  virtual std::optional<std::uint64_t> Scan(std::uint64_t position, std::size_t limit,
                                            const std::function<void(const ScanItem&)>& each) = 0;
};

}  // namespace healthlake::datastore
