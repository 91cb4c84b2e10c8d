#include "jobs/transaction_work.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::jobs {
namespace {

using core::Error;
using core::ErrorKind;
using store::TransactionStatus;

constexpr std::chrono::days kKept{90};  // reference 4.10

constexpr int kDone = 200;
constexpr int kNotNow = 503;
// A full disk or a busy file: what was accepted is not given up at once.
constexpr int kAttempts = 60;

// In the form of the reference's example.
TransactionAnswer Failure(ErrorKind kind, const std::string& why) {
  return {fhir::OutcomeOf(kind).status,
          fhir::OutcomeJson(core::Severity::kError, "exception", "Transaction failed: " + why)};
}

template <typename Work>
TransactionAnswer WithinBoundary(const store::TransactionRow& row, const Work& work) {
  const auto fault = [&](const char* cause) {
    core::Log(core::LogLevel::kError, "transaction fault",
              {{"transaction", row.id.text()}, {"error", cause}});
    return Failure(ErrorKind::kInternal, "an internal error occurred");
  };
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) return fault(error.what());
    return Failure(error.kind(), error.message());
  } catch (const std::bad_alloc&) {
    return Failure(ErrorKind::kUnavailable, "out of memory");
  } catch (const std::exception& error) {
    return fault(error.what());
  }
}

TransactionState StateOf(store::TransactionRow row) {
  return {row.status, row.response_status, std::move(row.response)};
}

}  // namespace

void TransactionWork::Start() {
  for (const store::TransactionRow& row : file_.Read()->transactions.ListUntidied()) {
    Tidy(row, row.status == TransactionStatus::kCompleted);
  }
  RemoveExpired();
  if (options_.run_transaction) {
    crew_.Hire(options_.transaction_threads, [this] { return Claim(); });
  }
}

void TransactionWork::RemoveExpired() {
  try {
    store::ControlWrite write = file_.Write();
    write->transactions.RemoveEndedBefore(clock_.Now() - kKept);
    write.Commit();
  } catch (const Error& error) {
    core::Log(core::LogLevel::kWarning, "old transactions stay behind", {{"error", error.what()}});
  }
}

store::TransactionId TransactionWork::Submit(const TransactionSubmission& submission) {
  store::TransactionRow row;
  row.id = store::TransactionId(ids_.HexId());
  row.datastore = submission.datastore;
  row.base = submission.base;
  row.headers = submission.headers;
  const std::string packed = store::PackBundle(submission.bundle);
  {
    store::ControlWrite write = file_.Write();
    // Asked inside the transaction: a deletion that is under way has removed the store's rows, and
    // none may follow.
    const auto datastore = write->datastores.Find(row.datastore);
    if (!datastore || datastore->status != store::DatastoreStatus::kActive) {
      throw Error(ErrorKind::kNotFound, "Data store " + row.datastore.text() + " is not known.");
    }
    if (write->transactions.CountPending(row.datastore) >=
        static_cast<std::int64_t>(kMaxPendingTransactions)) {
      throw Error(ErrorKind::kThrottled, "Rate limit exceeded. Please retry after some time.");
    }
    row.submit_time = clock_.Now();
    write->transactions.RemoveEndedBefore(row.submit_time - kKept);
    write->transactions.Insert(row, packed);
    write.Commit();
  }
  crew_.Wake();
  return row.id;
}

std::optional<TransactionState> TransactionWork::Find(const store::DatastoreId& datastore,
                                                      const store::TransactionId& id) {
  std::optional<store::TransactionRow> row = file_.Read()->transactions.Find(datastore, id);
  // The expired are removed when others are submitted.
  if (!row || (row->end_time && *row->end_time + kKept <= clock_.Now())) return std::nullopt;
  return StateOf(*std::move(row));
}

std::optional<Task> TransactionWork::Claim() {
  store::ControlWrite write = file_.Write();
  const std::optional<store::TransactionRow> row = write->transactions.ClaimNext(process_);
  if (!row) return std::nullopt;
  write.Commit();
  return Task{row->id.text(), row->datastore,
              [this, row = *row](const core::Cancel& cancel) { Carry(row, cancel); }};
}

void TransactionWork::Carry(const store::TransactionRow& row, const core::Cancel& cancel) {
  try {
    At(row, TransactionStage::kClaimed);
    const std::optional<TransactionAnswer> answer = Settle(row, cancel);
    if (!answer) return;
    At(row, TransactionStage::kRan);
    if (!Finish(row, *answer, cancel)) return;
    At(row, TransactionStage::kEnded);
    Tidy(row, answer->status == kDone);
  } catch (const std::exception& error) {
    // The row is as it was, and taken up again at the next start.
    core::Log(core::LogLevel::kError, "transaction left behind",
              {{"transaction", row.id.text()}, {"error", error.what()}});
  }
}

// No answer: it is parked.
std::optional<TransactionAnswer> TransactionWork::Settle(const store::TransactionRow& row,
                                                         const core::Cancel& cancel) {
  for (int attempt = 1;; ++attempt) {
    TransactionAnswer answer = Try(row, cancel);
    if (answer.status != kNotNow) return answer;
    if (cancel.Requested()) return std::nullopt;
    if (attempt == kAttempts) return answer;
    if (attempt == 1) {
      core::Log(core::LogLevel::kWarning, "transaction has to wait",
                {{"transaction", row.id.text()}});
    }
    if (crew_.Pause(options_.transaction_pause) || cancel.Requested()) return std::nullopt;
  }
}

// One that an earlier attempt has committed, here or in a process that died, is not run again.
TransactionAnswer TransactionWork::Try(const store::TransactionRow& row,
                                       const core::Cancel& cancel) {
  return WithinBoundary(row, [&]() -> TransactionAnswer {
    const std::shared_ptr<datastore::Datastore> store = registry_.Load(row.datastore);
    if (auto done = store->FindCheckpoint(row.id.text())) return {kDone, *std::move(done)};
    TransactionAnswer answer = WithinBoundary(row, [&] { return Run(row, cancel); });
    if (answer.status < 500) return answer;
    // A fault that came after the commit does not undo it.
    if (auto done = store->FindCheckpoint(row.id.text())) return {kDone, *std::move(done)};
    return answer;
  });
}

TransactionAnswer TransactionWork::Run(const store::TransactionRow& row,
                                       const core::Cancel& cancel) {
  const std::optional<std::string> packed = file_.Read()->transactions.FindPackedBundle(row.id);
  if (!packed) throw Error(ErrorKind::kInternal, "the Bundle is lost");
  return options_.run_transaction(row, store::UnpackBundle(*packed), cancel);
}

bool TransactionWork::Finish(const store::TransactionRow& row, const TransactionAnswer& answer,
                             const core::Cancel& cancel) {
  const TransactionStatus status =
      answer.status == kDone ? TransactionStatus::kCompleted : TransactionStatus::kFailed;
  const auto end_row = [&] {
    store::ControlWrite write = file_.Write();
    write->transactions.Finish(row.id, status, answer.status, answer.body, clock_.Now());
    write.Commit();
  };
  const auto failed = [&](const char* error) {
    core::Log(core::LogLevel::kError, "a transaction's end cannot be written",
              {{"transaction", row.id.text()}, {"error", error}});
  };
  if (!crew_.Insist(cancel, end_row, failed)) return false;
  core::Log(core::LogLevel::kInfo, "transaction finished",
            {{"transaction", row.id.text()}, {"status", answer.status}});
  return true;
}

// The Bundle goes last: while it is there, the next start tidies again.
void TransactionWork::Tidy(const store::TransactionRow& row, bool completed) {
  try {
    std::shared_ptr<datastore::Datastore> store;
    try {
      if (completed) store = registry_.Load(row.datastore);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kNotFound) throw;  // else its checkpoint is gone with it
    }
    if (store) store->DropCheckpoint(row.id.text());
    store::ControlWrite write = file_.Write();
    write->transactions.DropBundle(row.id);
    write.Commit();
  } catch (const std::exception& error) {
    core::Log(core::LogLevel::kWarning, "a transaction's checkpoint stays behind",
              {{"transaction", row.id.text()}, {"error", error.what()}});
  }
}

}  // namespace healthlake::jobs
