// What one run of one job is given, and how it may end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/jobs/worker_pool.hpp"
#include "healthlake/store/control_jobs.hpp"

namespace healthlake::objects {
class ObjectStorage;
}

namespace healthlake::jobs {

// Everything outlives the run.
struct Run {
  const store::JobRow& job;
  datastore::Datastore& store;
  objects::ObjectStorage& objects;
  const WorkerOptions& options;
  const core::Clock& clock;
  std::filesystem::path spool;  // this job's own folder; need not exist
  core::Cancel cancel;
  // Called after each batch, on any thread of the job, one call at a time.
  std::function<void(const store::JobProgress&)> report;
  // How many bytes are done, and how many there are in all.
  std::function<void(std::uint64_t done, std::uint64_t total)> pace;
  // Held by the import that has a large line in memory, of all imports of the process.
  std::timed_mutex* large_line = nullptr;

  void At(Stage stage) const {
    if (options.at_stage) options.at_stage(job.id, stage);
  }
};

enum class Ending {
  kCompleted,
  kCompletedWithErrors,
  kParked,  // cancelled; a later run goes on from the checkpoint
};

struct RunResult {
  Ending ending = Ending::kParked;
  store::JobProgress progress;
  std::string message;  // what the caller should know of a job that did not fail; mostly empty
};

// Both take up what an earlier run left. Throw core::Error when the job has failed; its checkpoint
// and spool are then the caller's to remove, as after any other ending but kParked.
RunResult RunImport(const Run& run);
RunResult RunExport(const Run& run);

}  // namespace healthlake::jobs
