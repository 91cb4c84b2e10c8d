// The rows of import and export jobs and of their transitions: the durable queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/control_states.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::store {

class Connection;

// AWS's JobProgressReport (reference 2.4). Bytes here; AWS shows MB of 10^6 bytes, six decimals.
struct JobProgress {
  std::int64_t scanned_files = 0;
  std::int64_t scanned_bytes = 0;
  std::int64_t imported_files = 0;
  std::int64_t resources_scanned = 0;
  std::int64_t resources_imported = 0;
  std::int64_t resources_with_customer_error = 0;
  std::int64_t files_read_with_customer_error = 0;
  double throughput_mb_per_second = 0.0;
};

struct JobRow {
  std::int64_t sequence = 0;  // rising: the order of submission, of the queue and of paging
  JobId id;
  JobKind kind = JobKind::kImport;
  DatastoreId datastore;
  std::string name;  // empty: none was given
  JobStatus status = JobStatus::kSubmitted;
  core::Timestamp submit_time;
  std::optional<core::Timestamp> end_time;  // set in a final state
  std::string input_uri;                    // s3://…, imports only
  std::string output_uri;        // the job's own folder, rewritten (reference 2.5), ends with '/'
  std::string kms_key_id;        // of the output
  std::string role_arn;          // DataAccessRoleArn
  std::string validation_level;  // "strict", "structure-only", "minimal"; empty for exports
  std::string message;           // why it failed; empty otherwise
  // What only the data plane can ask of a job ($export's _type, _since, …), as JSON text; or empty.
  std::string parameters;
  JobProgress progress;
};

struct JobTransition {
  JobStatus status;
  core::Timestamp time;
};

// All conditions hold together; the newest comes first.
struct JobQuery {
  DatastoreId datastore;
  JobKind kind = JobKind::kImport;
  std::optional<std::string> name;
  std::optional<JobStatus> status;
  std::optional<core::Timestamp> submitted_before;  // exclusive
  std::optional<core::Timestamp> submitted_after;   // exclusive
  std::optional<std::int64_t> before_sequence;      // exclusive: the last row of the page before
  std::size_t limit = 100;
};

// Confined to the transaction whose connection it has. Steps that kJobSteps lacks are
// core::Error{kInternal}; unknown jobs are kNotFound.
class JobRepository {
 public:
  explicit JobRepository(Connection& connection) : connection_(&connection) {}

  // Stores the row as SUBMITTED with its first transition at `submit_time`; returns its sequence.
  std::int64_t Insert(const JobRow& row);
  // Moves every SUBMITTED job on to QUEUED, oldest first.
  void EnqueueSubmitted(core::Timestamp now);
  // The next job of that kind to work on, in order of submission, at most one of a kind for each
  // store; nullopt when there is none. A QUEUED job becomes IN_PROGRESS. A job that was in progress
  // (or being cancelled) under another `process`, a number other than 0 drawn once for each start
  // of the server, is interrupted work: it comes first, and its state does not change. Neither does
  // that of a job cancelled before it began, which is claimed like interrupted work.
  std::optional<JobRow> ClaimNext(JobKind kind, std::int64_t process, core::Timestamp now);
  void UpdateProgress(const JobId& id, const JobProgress& progress);
  void Transition(const JobId& id, JobStatus to, core::Timestamp now);
  // Ends the job. False, and nothing changes, when it has already ended or is gone.
  bool Finish(const JobId& id, JobStatus to, const std::string& message,
              const JobProgress& progress, core::Timestamp now);
  // Every job of the store that has not ended becomes FAILED (one in CANCEL_IN_PROGRESS:
  // CANCEL_COMPLETED); returns them, so that their EndTopic can be notified after the commit.
  std::vector<JobId> FailAllOf(const DatastoreId& datastore, const std::string& message,
                               core::Timestamp now);

  std::optional<JobRow> Find(const JobId& id) const;
  // nullopt as well when it belongs to another store or is of the other kind.
  std::optional<JobRow> Find(const DatastoreId& datastore, JobKind kind, const JobId& id) const;
  std::vector<JobRow> List(const JobQuery& query) const;
  // Jobs of the store and kind that have not ended, in the order in which they will run.
  std::vector<JobRow> ListUnended(const DatastoreId& datastore, JobKind kind) const;
  std::int64_t CountUnended() const;
  std::vector<JobTransition> Transitions(const JobId& id) const;

 private:
  Connection* connection_;
};

}  // namespace healthlake::store
