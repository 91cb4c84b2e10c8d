// Asynchronous transactions: accepted, carried out, kept for polling (reference 4.10).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/jobs/transaction_queue.hpp"
#include "healthlake/jobs/worker_pool.hpp"
#include "healthlake/store/control_transactions.hpp"
#include "jobs/crew.hpp"

namespace healthlake::jobs {

// The control file and a store's file never commit together. So the store's own transaction commits
// the answer as its checkpoint: a row that is claimed again finds it there and is ended with it.
// Thread-safe; everything given must outlive it.
class TransactionWork final : public TransactionQueue {
 public:
  TransactionWork(const WorkerOptions& options, store::ControlFile& file,
                  datastore::Registry& registry, const core::Clock& clock, core::IdGenerator& ids,
                  std::int64_t process)
      : options_(options),
        file_(file),
        registry_(registry),
        clock_(clock),
        ids_(ids),
        process_(process) {}

  // Tidies up what a crash left, and begins to work.
  void Start();
  void Stop() { crew_.Stop(); }
  void StopAllOf(const store::DatastoreId& datastore) { crew_.StopTasksOf(datastore); }

  store::TransactionId Submit(const TransactionSubmission& submission) override;
  std::optional<TransactionState> Find(const store::DatastoreId& datastore,
                                       const store::TransactionId& id) override;

 private:
  std::optional<Task> Claim();
  void Carry(const store::TransactionRow& row, const core::Cancel& cancel);
  std::optional<TransactionAnswer> Settle(const store::TransactionRow& row,
                                          const core::Cancel& cancel);
  TransactionAnswer Try(const store::TransactionRow& row, const core::Cancel& cancel);
  TransactionAnswer Run(const store::TransactionRow& row, const core::Cancel& cancel);
  bool Finish(const store::TransactionRow& row, const TransactionAnswer& answer,
              const core::Cancel& cancel);
  void Tidy(const store::TransactionRow& row, bool completed);
  void RemoveExpired();
  void At(const store::TransactionRow& row, TransactionStage stage) const {
    if (options_.at_transaction_stage) options_.at_transaction_stage(row.id, stage);
  }

  const WorkerOptions& options_;
  store::ControlFile& file_;
  datastore::Registry& registry_;
  const core::Clock& clock_;
  core::IdGenerator& ids_;
  const std::int64_t process_;
  Crew crew_;  // last: its threads use all the others
};

}  // namespace healthlake::jobs
