#include "healthlake/jobs/worker_pool.hpp"

#include <exception>
#include <mutex>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/store/control_file.hpp"
#include "jobs/crew.hpp"
#include "jobs/job_message.hpp"
#include "jobs/pace.hpp"
#include "jobs/run.hpp"
#include "jobs/spool_file.hpp"
#include "jobs/transaction_work.hpp"

namespace healthlake::jobs {
namespace {

using std::chrono::nanoseconds;

// What a job in the queue that nobody has looked into yet is thought to take.
constexpr nanoseconds kGuess = std::chrono::seconds(1);

struct Verdict {
  store::JobStatus status = store::JobStatus::kFailed;
  std::string message;
  store::JobProgress progress;
};

constexpr store::JobStatus StatusOf(Ending ending) {
  return ending == Ending::kCompletedWithErrors ? store::JobStatus::kCompletedWithErrors
                                                : store::JobStatus::kCompleted;
}

}  // namespace

class WorkerPool::Impl {
 public:
  Impl(WorkerOptions options, store::ControlFile& file, datastore::Registry& registry,
       objects::ObjectStorage& objects, const core::Clock& clock, core::IdGenerator& ids,
       core::Signals& signals)
      : options_(std::move(options)),
        file_(file),
        registry_(registry),
        objects_(objects),
        clock_(clock),
        signals_(signals),
        process_(static_cast<std::int64_t>(ids.Random64() >> 1 | 1)),  // 0: of no process
        paces_(clock),
        transactions_(options_, file, registry, clock, ids, process_) {}

  void Start();
  void Stop() {
    crew_.Stop();
    transactions_.Stop();
  }
  void Enqueue(const store::JobId& job);
  std::optional<nanoseconds> RemainingEstimate(const store::JobId& job);
  void StopJobsOf(const store::DatastoreId& datastore) {
    crew_.StopTasksOf(datastore);
    transactions_.StopAllOf(datastore);
  }
  TransactionQueue& transactions() { return transactions_; }

 private:
  std::optional<Task> Claim(store::JobKind kind);
  void Carry(const store::JobRow& job, const core::Cancel& cancel);
  std::optional<Verdict> Execute(const store::JobRow& job, datastore::Datastore* store,
                                 const core::Cancel& cancel);
  bool Finish(const store::JobRow& job, const Verdict& verdict, const core::Cancel& cancel);
  void Report(const store::JobRow& job, const store::JobProgress& progress);
  void Forget(const store::JobRow& job, datastore::Datastore* store);
  void SweepSpool();
  std::filesystem::path SpoolOf(const store::JobId& job) const {
    return options_.spool / job.text();
  }

  const WorkerOptions options_;
  store::ControlFile& file_;
  datastore::Registry& registry_;
  objects::ObjectStorage& objects_;
  const core::Clock& clock_;
  core::Signals& signals_;
  const std::int64_t process_;
  PaceBook paces_;
  std::timed_mutex large_line_;
  TransactionWork transactions_;
  Crew crew_;  // last: its threads use all the others
};

void WorkerPool::Impl::Start() {
  MakeFolder(options_.spool);
  SweepSpool();
  for (const store::JobKind kind : {store::JobKind::kImport, store::JobKind::kExport}) {
    crew_.Hire(options_.threads, [this, kind] { return Claim(kind); });
  }
  transactions_.Start();
}

void WorkerPool::Impl::Enqueue(const store::JobId& job) {
  try {
    store::ControlWrite write = file_.Write();
    write->jobs.EnqueueSubmitted(clock_.Now());
    write.Commit();
  } catch (const core::Error& error) {
    // The worker that claims does it again.
    core::Log(core::LogLevel::kWarning, "a job cannot be queued",
              {{"job", job.text()}, {"error", error.what()}});
  }
  crew_.Wake();
}

std::optional<Task> WorkerPool::Impl::Claim(store::JobKind kind) {
  store::ControlWrite write = file_.Write();
  const core::Timestamp now = clock_.Now();
  write->jobs.EnqueueSubmitted(now);
  std::optional<store::JobRow> job = write->jobs.ClaimNext(kind, process_, now);
  write.Commit();
  if (!job) return std::nullopt;
  return Task{job->id.text(), job->datastore, [this, job = *job](const core::Cancel& cancel) {
                Carry(job, cancel);
                if (crew_.IsClosed(job.datastore)) Forget(job, nullptr);
              }};
}

void WorkerPool::Impl::Carry(const store::JobRow& job, const core::Cancel& cancel) {
  core::Log(core::LogLevel::kInfo, "job started",
            {{"job", job.id.text()}, {"kind", store::NameOf(job.kind)}});
  paces_.Begin(job.id);
  std::shared_ptr<datastore::Datastore> store;
  std::optional<Verdict> verdict;
  try {
    store = registry_.Load(job.datastore);
  } catch (const core::Error& error) {
    verdict = Verdict{.message = JobMessage(error.what()), .progress = job.progress};
  } catch (const std::exception&) {
    verdict =
        Verdict{.message = JobMessage("The data store cannot be opened"), .progress = job.progress};
  }
  if (store) verdict = Execute(job, store.get(), cancel);
  if (verdict && Finish(job, *verdict, cancel)) {
    if (options_.at_stage && verdict->status != store::JobStatus::kFailed) {
      try {
        options_.at_stage(job.id, Stage::kEnded);
      } catch (const std::exception&) {
        paces_.End(job.id);
        return;
      }
    }
    Forget(job, store.get());
  }
  paces_.End(job.id);
  if (options_.after_job) options_.after_job();
}

// No verdict: the job is parked.
std::optional<Verdict> WorkerPool::Impl::Execute(const store::JobRow& job,
                                                 datastore::Datastore* store,
                                                 const core::Cancel& cancel) {
  Run run{.job = job,
          .store = *store,
          .objects = objects_,
          .options = options_,
          .clock = clock_,
          .spool = SpoolOf(job.id),
          .cancel = cancel,
          .report = {},
          .pace = {},
          .large_line = &large_line_};
  store::JobProgress progress = job.progress;
  run.report = [&](const store::JobProgress& now) {
    progress = now;
    Report(job, now);
  };
  run.pace = [&](std::uint64_t done, std::uint64_t total) { paces_.Note(job.id, done, total); };
  const auto failed = [&](std::string_view message) -> std::optional<Verdict> {
    // Whatever went wrong after the stop was asked for may be the stop itself.
    if (cancel.Requested()) return std::nullopt;
    return Verdict{.message = JobMessage(message), .progress = progress};
  };
  try {
    const RunResult result = job.kind == store::JobKind::kImport ? RunImport(run) : RunExport(run);
    if (result.ending == Ending::kParked) return std::nullopt;
    return Verdict{
        .status = StatusOf(result.ending), .message = result.message, .progress = result.progress};
  } catch (const core::Error& error) {
    return failed(error.what());
  } catch (const std::exception& error) {
    core::Log(core::LogLevel::kError, "job fault",
              {{"job", job.id.text()}, {"error", error.what()}});
    return failed("An internal error occurred");
  }
}

// False when the row could not be written before the stop: the job is then as good as parked.
bool WorkerPool::Impl::Finish(const store::JobRow& job, const Verdict& verdict,
                              const core::Cancel& cancel) {
  const auto end_row = [&] {
    store::ControlWrite write = file_.Write();
    write->jobs.Finish(job.id, verdict.status, verdict.message, verdict.progress, clock_.Now());
    write.Commit();
  };
  const auto failed = [&](const char* error) {
    core::Log(core::LogLevel::kError, "a job's end cannot be written",
              {{"job", job.id.text()}, {"error", error}});
    // A full disk: a failed job needs its spool no more, and its row needs the room.
    std::error_code ignored;
    if (verdict.status == store::JobStatus::kFailed) {
      std::filesystem::remove_all(SpoolOf(job.id), ignored);
    }
  };
  if (!crew_.Insist(cancel, end_row, failed)) return false;
  core::Log(core::LogLevel::kInfo, "job finished",
            {{"job", job.id.text()},
             {"kind", store::NameOf(job.kind)},
             {"status", store::NameOf(verdict.status)},
             {"message", verdict.message},
             {"resources", static_cast<long>(verdict.progress.resources_scanned)}});
  signals_.Notify(EndTopic(job.id));
  return true;
}

void WorkerPool::Impl::Report(const store::JobRow& job, const store::JobProgress& progress) {
  try {
    store::ControlWrite write = file_.Write();
    write->jobs.UpdateProgress(job.id, progress);
    write.Commit();
  } catch (const core::Error& error) {
    // The batch is committed; the next report makes up for it.
    core::Log(core::LogLevel::kWarning, "a job's progress cannot be written",
              {{"job", job.id.text()}, {"error", error.what()}});
  }
}

void WorkerPool::Impl::Forget(const store::JobRow& job, datastore::Datastore* store) {
  try {
    if (store != nullptr) store->DropCheckpoint(job.id.text());
    RemoveTree(SpoolOf(job.id));
  } catch (const std::exception& error) {
    // The next Start sweeps.
    core::Log(core::LogLevel::kWarning, "a job's spool stays behind",
              {{"job", job.id.text()}, {"error", error.what()}});
  }
}

void WorkerPool::Impl::SweepSpool() {
  for (const auto& entry : std::filesystem::directory_iterator(options_.spool)) {
    const store::JobId id(entry.path().filename().string());
    const std::optional<store::JobRow> job = file_.Read()->jobs.Find(id);
    if (job && !store::HasEnded(job->status)) continue;
    std::shared_ptr<datastore::Datastore> store;
    try {
      if (job) store = registry_.Load(job->datastore);
    } catch (const core::Error&) {
      store.reset();  // gone, and its checkpoint with it
    }
    store::JobRow named;
    named.id = id;
    Forget(named, store.get());
  }
}

std::optional<nanoseconds> WorkerPool::Impl::RemainingEstimate(const store::JobId& job) {
  const store::ControlRead read = file_.Read();
  const std::optional<store::JobRow> row = read->jobs.Find(job);
  if (!row || store::HasEnded(row->status)) return nanoseconds::zero();
  if (row->status == store::JobStatus::kInProgress) return paces_.Remaining(job);

  nanoseconds sum = nanoseconds::zero();
  for (const store::JobRow& ahead : read->jobs.ListUnended(row->datastore, row->kind)) {
    if (ahead.sequence >= row->sequence) break;
    sum += paces_.Remaining(ahead.id).value_or(kGuess);
  }
  if (sum == nanoseconds::zero()) return std::nullopt;  // next in line: it will soon be known
  return sum + kGuess;
}

WorkerPool::WorkerPool(WorkerOptions options, store::ControlFile& file,
                       datastore::Registry& registry, objects::ObjectStorage& objects,
                       const core::Clock& clock, core::IdGenerator& ids, core::Signals& signals)
    : impl_(std::make_unique<Impl>(std::move(options), file, registry, objects, clock, ids,
                                   signals)) {}

WorkerPool::~WorkerPool() = default;

void WorkerPool::Start() {
  impl_->Start();
}

void WorkerPool::Stop() {
  impl_->Stop();
}

void WorkerPool::Notify(const store::JobId& job) {
  impl_->Enqueue(job);
}

std::optional<nanoseconds> WorkerPool::RemainingEstimate(const store::JobId& job) {
  return impl_->RemainingEstimate(job);
}

void WorkerPool::StopJobsOf(const store::DatastoreId& datastore) {
  impl_->StopJobsOf(datastore);
}

TransactionQueue& WorkerPool::transactions() noexcept {
  return impl_->transactions();
}

}  // namespace healthlake::jobs
