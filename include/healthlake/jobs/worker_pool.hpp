// The threads that carry out import and export jobs and asynchronous transactions.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/jobs/queue.hpp"
#include "healthlake/jobs/transaction_queue.hpp"

namespace healthlake::datastore {
class Registry;
}
namespace healthlake::objects {
class ObjectStorage;
}
namespace healthlake::store {
class ControlFile;
struct TransactionRow;
}  // namespace healthlake::store

namespace healthlake::jobs {

// How far a job has come: where a test may stop it.
enum class Stage {
  kListed,        // import: the input objects are known
  kRecorded,      // inside a batch's transaction: the spool is ahead of the checkpoint
  kCommitted,     // a batch and its checkpoint are committed
  kSpooled,       // everything is in the spool, nothing uploaded
  kUploadedFile,  // one output object is in its place
  kUploaded,      // all are, the row is still IN_PROGRESS
  kEnded,         // the row is final, the spool is still there
};

// How far an asynchronous transaction has come: where a test may stop it.
enum class TransactionStage {
  kClaimed,  // the row is IN_PROGRESS
  kRan,      // committed in the store, or refused; the row is still IN_PROGRESS
  kEnded,    // the row is final, its Bundle and the store's checkpoint are still there
};

struct TransactionAnswer {
  int status = 500;  // HTTP; 503: not now
  std::string body;
};

// Carries the transaction out. With status 200 it has been committed, and with it the body as the
// checkpoint (datastore::Writing::SaveCheckpoint) of the row's id; with any other nothing has.
using RunTransaction = std::function<TransactionAnswer(
    const store::TransactionRow& row, std::string_view bundle, const core::Cancel& cancel)>;

struct WorkerOptions {
  std::filesystem::path spool;  // a folder of ours under the data directory; one sub-folder per job
  std::size_t threads = 2;      // jobs of each kind at a time; those of one store take turns
  std::size_t max_line_bytes = 5'000'000;              // of an import line without its line break
  std::size_t max_binary_bytes = 164'000'000;          // the same for a Binary
  std::uint64_t export_file_bytes = 256'000'000;       // an export file that reaches this is full
  std::uint64_t export_checkpoint_bytes = 32'000'000;  // what a crash makes an export do again
  std::size_t export_page = 2000;       // resources between two looks at the stop flag
  std::size_t transaction_threads = 2;  // those of one store take turns
  // Before the next attempt, when the store cannot take one now; there are 60.
  std::chrono::milliseconds transaction_pause{1000};
  RunTransaction run_transaction;  // called between Start and Stop; null: none is carried out
  // Called on the job's thread when the job has ended or is parked, and holds no more memory.
  std::function<void()> after_job;
  // For tests: called on the job's threads; what it throws ends the job like any fault.
  std::function<void(const store::JobId&, Stage)> at_stage;
  // The same for transactions; what it throws leaves them as the death of the process would.
  std::function<void(const store::TransactionId&, TransactionStage)> at_transaction_stage;
};

// Jobs of one store and kind run one at a time in the order of submission; the truth is in the
// control file's rows, so what was running when the process died is taken up by the next Start. A
// job that ends notifies EndTopic. Thread-safe; everything given must outlive the pool.
class WorkerPool final : public Queue {
 public:
  WorkerPool(WorkerOptions options, store::ControlFile& file, datastore::Registry& registry,
             objects::ObjectStorage& objects, const core::Clock& clock, core::IdGenerator& ids,
             core::Signals& signals);
  ~WorkerPool() override;  // stops

  // Removes the spools of jobs that have ended, and begins to work.
  void Start();
  // Parks the running jobs at their next batch and joins the threads. Their rows stay IN_PROGRESS
  // and the next Start (of another pool) goes on with them.
  void Stop();

  void Notify(const store::JobId& job) override;
  std::optional<std::chrono::nanoseconds> RemainingEstimate(const store::JobId& job) override;
  // Transactions too.
  void StopJobsOf(const store::DatastoreId& datastore) override;

  TransactionQueue& transactions() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::jobs
