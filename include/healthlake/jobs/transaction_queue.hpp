// What the FHIR plane may ask of the queue of asynchronous transactions (reference 4.10).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "healthlake/store/control_states.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::jobs {

// Of one data store, not yet ended (reference 4.10).
inline constexpr std::size_t kMaxPendingTransactions = 500;

struct TransactionSubmission {
  store::DatastoreId datastore;
  std::string base;     // the endpoint as the caller wrote it, without a '/' at the end
  std::string headers;  // what the request says beside the Bundle about how to run it; opaque
  std::string bundle;   // as it was sent; found to be one that may be tried
};

struct TransactionState {
  store::TransactionStatus status = store::TransactionStatus::kSubmitted;
  // Once it has ended: 200 and the transaction-response Bundle, or an error's OperationOutcome.
  int response_status = 0;
  std::string response;
};

// Thread-safe. What was accepted is carried out exactly once or fails with an answer, whatever
// happens to the process meanwhile. Answers are kept for 90 days.
class TransactionQueue {
 public:
  virtual ~TransactionQueue() = default;

  // Accepts it: its row is committed on return. Throws core::Error: kThrottled when too many are
  // pending, kNotFound when the store is not ACTIVE (any more).
  virtual store::TransactionId Submit(const TransactionSubmission& submission) = 0;

  // nullopt when the store has none of that id.
  virtual std::optional<TransactionState> Find(const store::DatastoreId& datastore,
                                               const store::TransactionId& id) = 0;
};

}  // namespace healthlake::jobs
