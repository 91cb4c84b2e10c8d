// The one way into a data store for a single resource: a draft, checked and read, and a transaction
// that takes drafts and deletions and commits them together.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/issue.hpp"
#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/validation_level.hpp"

namespace healthlake::datastore {

enum class WriteKind { kCreated, kUpdated };

struct WriteResult {
  WriteKind kind = WriteKind::kCreated;
  std::string id;
  StoredVersion stored;
  core::Issues issues;  // what is wrong with it all the same; only at the level minimal
};

struct DeleteResult {
  bool existed = false;  // false: the id was never used
  std::optional<StoredVersion>
      tombstone;  // the deletion's version; also when it was deleted before
};

// If-Match and If-None-Match of one write (RFC 9110 13.1).
struct Precondition {
  std::vector<std::uint64_t> if_match;  // unless empty: only when one is the current, live version
  bool must_exist = false;              // only when there is a live version (If-Match: *)
  bool if_none_match = false;  // only when the id was never used (a tombstone counts as used)
  // Only when there is no live version, or none updated after this second.
  std::optional<core::Timestamp> unmodified_since = {};
};

struct DraftOptions {
  fhir::ResourceType type;
  // kPost: `id` must be new, or is empty and the server's; kPut: creates, updates or revives.
  WriteMethod method = WriteMethod::kPut;
  std::string id;
  fhir::ValidationLevel level = fhir::ValidationLevel::kStrict;
};

// A resource on its way into the store: checked, its search values taken. Made outside of any
// transaction. Confined to one thread; the json::Document behind it must live as long.
class Draft {
 public:
  virtual ~Draft() = default;
  virtual const std::string& id() const noexcept = 0;
};

// How long an idempotency key is remembered; no document says.
inline constexpr std::chrono::hours kIdempotencyLifetime{24};

// The one write transaction of the store; the next writer waits until it is destroyed. Sees its own
// changes. Rolled back unless committed. Confined to one thread, which must not ask the Datastore
// itself meanwhile for another.
class Writing : public View {
 public:
  // Throws kPreconditionFailed, and kConflict when a kPost's id is in use. A draft is put once.
  virtual WriteResult Put(Draft& draft, const Precondition& precondition) = 0;
  // Throws kPreconditionFailed. Deleting what is deleted changes nothing.
  virtual DeleteResult Delete(fhir::ResourceType type, std::string_view id,
                              const Precondition& precondition) = 0;

  // A text committed with the transaction; see Datastore::FindCheckpoint.
  virtual void SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) = 0;

  // The resource that a create with this idempotency key has made, within the last
  // kIdempotencyLifetime (reference 4.4).
  struct Created {
    fhir::ResourceType type;
    std::string id;
  };
  virtual std::optional<Created> FindIdempotencyKey(std::string_view key) = 0;
  // Committed with the transaction.
  virtual void SaveIdempotencyKey(std::string_view key, fhir::ResourceType type,
                                  std::string_view id) = 0;

  // All or nothing. Of no use afterwards but to be destroyed.
  virtual void Commit() = 0;
};

}  // namespace healthlake::datastore
