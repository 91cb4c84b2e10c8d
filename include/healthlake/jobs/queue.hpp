// What the planes may ask of the job queue; the truth about a job is its row in the control file.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "healthlake/store/ids.hpp"

namespace healthlake::jobs {

// Thread-safe; no call waits for a job's work but StopJobsOf.
class Queue {
 public:
  virtual ~Queue() = default;

  // A row was inserted as SUBMITTED and is committed: it becomes QUEUED and a worker is woken.
  virtual void Notify(const store::JobId& job) = 0;

  // How long until the job has ended, the jobs ahead of it included: remaining bytes at the
  // measured rate (DESIGN 3.9). nullopt: not known yet, ask again in a moment. duration::max(): not
  // soon, as its clock is held or its size is out of all proportion. Zero when it has ended.
  virtual std::optional<std::chrono::nanoseconds> RemainingEstimate(const store::JobId& job) = 0;

  // The store goes away: no job of it is claimed any more, and on return no worker touches the
  // store. Rows are the caller's affair (JobRepository::FailAllOf).
  virtual void StopJobsOf(const store::DatastoreId& datastore) = 0;
};

// The topic on core::Signals that is notified once the row of `job` has reached a final state.
inline std::string EndTopic(const store::JobId& job) {
  return "job-ended/" + job.text();
}

}  // namespace healthlake::jobs
