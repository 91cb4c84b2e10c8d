// The rows of asynchronous transactions (reference 4.10): accepted and waiting, or ended with the
// answer that polling gets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/control_states.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::store {

class Connection;

struct TransactionRow {
  std::int64_t sequence = 0;  // rising: the order of submission
  TransactionId id;
  DatastoreId datastore;
  TransactionStatus status = TransactionStatus::kSubmitted;
  core::Timestamp submit_time;
  std::optional<core::Timestamp> end_time;  // set in a final state
  std::string base;         // the endpoint as the caller wrote it, for links in the response
  std::string headers;      // what the request's header says about how to run it; opaque
  int response_status = 0;  // HTTP's; 0 until it has ended
  std::string response;     // Bundle or OperationOutcome; empty until it has ended
};

// The submitted Bundle as it lies in the file, a zstd frame, and back. CPU work: not inside of a
// transaction. Unpacking throws core::Error{kInternal} for bytes that are no frame.
std::string PackBundle(std::string_view json);
std::string UnpackBundle(std::string_view packed);

// Confined to the transaction whose connection it has. The Bundle stands apart from the row, so
// that a step of the row does not write it again; it is dropped last, and a row that has ended and
// still has one is not yet tidied up in the store's file.
class TransactionRepository {
 public:
  explicit TransactionRepository(Connection& connection) : connection_(&connection) {}

  // Stores the row as SUBMITTED with its packed Bundle.
  void Insert(const TransactionRow& row, std::string_view packed_bundle);
  // The next one to run, in order of submission, at most one of each store at a time; nullopt when
  // there is none. A SUBMITTED one becomes IN_PROGRESS; one that was in progress under another
  // `process` (a number other than 0 drawn once for each start of the server) comes first.
  std::optional<TransactionRow> ClaimNext(std::int64_t process);
  // Ends it with what polling shall answer. False, and nothing changes, when it has already ended
  // or is gone.
  bool Finish(const TransactionId& id, TransactionStatus to, int response_status,
              std::string_view response, core::Timestamp now);
  void DropBundle(const TransactionId& id);
  void RemoveEndedBefore(core::Timestamp time);
  void RemoveAllOf(const DatastoreId& datastore);

  // nullopt as well when it belongs to another store.
  std::optional<TransactionRow> Find(const DatastoreId& datastore, const TransactionId& id) const;
  // nullopt when it was dropped.
  std::optional<std::string> FindPackedBundle(const TransactionId& id) const;
  // Those of the store that have not ended.
  std::int64_t CountPending(const DatastoreId& datastore) const;
  // Ended, the Bundle still there.
  std::vector<TransactionRow> ListUntidied() const;

 private:
  Connection* connection_;
};

}  // namespace healthlake::store
