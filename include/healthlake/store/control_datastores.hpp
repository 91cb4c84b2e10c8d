// The rows of data stores and of their transitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "healthlake/core/arn.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/store/control_states.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::store {

class Connection;

struct DatastoreRow {
  // Given at insertion and rising: the order of creation and the key of paging.
  std::int64_t sequence = 0;
  DatastoreId id;
  core::Owner owner;
  std::string name;
  DatastoreStatus status = DatastoreStatus::kCreating;
  core::Timestamp created_at;
  // The AWS structures as they were accepted, as JSON text; empty when the request had none.
  std::string sse_configuration;
  std::string preload_configuration;
  std::string identity_configuration;
  // AWS's ErrorCause; both empty unless creation failed.
  std::string error_message;
  std::string error_category;
};

struct DatastoreTransition {
  DatastoreStatus status;
  core::Timestamp time;
};

// All conditions hold together; the newest comes first.
struct DatastoreQuery {
  core::Owner owner;
  std::optional<std::string> name;
  std::optional<DatastoreStatus> status;
  std::optional<core::Timestamp> created_before;  // exclusive
  std::optional<core::Timestamp> created_after;   // exclusive
  std::optional<std::int64_t> before_sequence;    // exclusive: the last row of the page before
  std::size_t limit = 100;
};

// Confined to the transaction whose connection it has.
class DatastoreRepository {
 public:
  explicit DatastoreRepository(Connection& connection) : connection_(&connection) {}

  // Stores the row as CREATING with its first transition at `created_at`, and returns its sequence.
  std::int64_t Insert(const DatastoreRow& row);
  // Throws core::Error: kNotFound for an unknown id, kInternal for a step that the table lacks.
  void Transition(const DatastoreId& id, DatastoreStatus to, core::Timestamp now);
  // CREATING to CREATE_FAILED with AWS's ErrorCause.
  void Fail(const DatastoreId& id, const std::string& message, const std::string& category,
            core::Timestamp now);
  // Forgets the store with its transitions, jobs, tags and client tokens (the emulator's reset).
  void Remove(const DatastoreId& id);
  void RemoveAll();

  // Whoever owns it; nullopt when unknown. DELETED stores are found.
  std::optional<DatastoreRow> Find(const DatastoreId& id) const;
  // nullopt as well when it belongs to another owner.
  std::optional<DatastoreRow> Find(const core::Owner& owner, const DatastoreId& id) const;
  std::vector<DatastoreRow> List(const DatastoreQuery& query) const;
  // Of every owner, oldest first: for putting right at start, and for health.
  std::vector<DatastoreRow> ListByStatus(DatastoreStatus status) const;
  // In the order in which they happened.
  std::vector<DatastoreTransition> Transitions(const DatastoreId& id) const;

  // Whether the status of any store was changed through this object.
  bool changed_status() const noexcept { return changed_status_; }

 private:
  Connection* connection_;
  bool changed_status_ = false;
};

}  // namespace healthlake::store
