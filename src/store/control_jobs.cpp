#include "healthlake/store/control_jobs.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "store/control_rows.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {
namespace {

#define HEALTHLAKE_JOB_COLUMNS                                                                  \
  "sequence, id, kind, datastore, name, status, submit_time, end_time, input_uri, output_uri, " \
  "kms_key_id, role_arn, validation_level, message, parameters, scanned_files, scanned_bytes, " \
  "imported_files, resources_scanned, resources_imported, resources_with_customer_error, "      \
  "files_read_with_customer_error, throughput_mb_per_second "

constexpr Query kInsert{"insert job", R"sql(
INSERT INTO job (id, kind, datastore, name, status, submit_time, input_uri, output_uri, kms_key_id,
                 role_arn, validation_level, parameters)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))sql"};
constexpr Query kInsertTransition{
    "insert job transition", "INSERT INTO job_transition (job, status, time) VALUES (?1, ?2, ?3)"};
constexpr Query kListSubmitted{"list submitted jobs", R"sql(
SELECT id FROM job WHERE end_time IS NULL AND status = 'SUBMITTED' ORDER BY sequence)sql"};
constexpr Query kFindInterrupted{"find interrupted job", "SELECT " HEALTHLAKE_JOB_COLUMNS R"sql(
FROM job
WHERE kind = ?1 AND end_time IS NULL AND process <> ?2
  AND status IN ('IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS')
ORDER BY sequence
LIMIT 1)sql"};
constexpr Query kFindQueued{"find queued job", "SELECT " HEALTHLAKE_JOB_COLUMNS R"sql(
FROM job AS queued
WHERE kind = ?1 AND end_time IS NULL AND status = 'QUEUED'
  AND NOT EXISTS (
    SELECT 1
    FROM job AS running
    WHERE running.kind = ?1 AND running.end_time IS NULL
      AND running.datastore = queued.datastore
      AND running.status IN ('IN_PROGRESS', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS')
      AND running.process <> 0)
ORDER BY sequence
LIMIT 1)sql"};
constexpr Query kClaim{"claim job", "UPDATE job SET process = ?2 WHERE id = ?1"};
constexpr Query kSetProgress{"set job progress", R"sql(
UPDATE job
SET scanned_files = ?2, scanned_bytes = ?3, imported_files = ?4, resources_scanned = ?5,
    resources_imported = ?6, resources_with_customer_error = ?7,
    files_read_with_customer_error = ?8, throughput_mb_per_second = ?9
WHERE id = ?1)sql"};
constexpr Query kSetStatus{"set job status",
                           "UPDATE job SET status = ?2, end_time = ?3 WHERE id = ?1"};
constexpr Query kSetMessage{"set job message", "UPDATE job SET message = ?2 WHERE id = ?1"};
constexpr Query kFind{"find job", "SELECT " HEALTHLAKE_JOB_COLUMNS "FROM job WHERE id = ?1"};
constexpr Query kList{"list jobs", "SELECT " HEALTHLAKE_JOB_COLUMNS R"sql(
FROM job
WHERE datastore = ?1 AND kind = ?2
  AND (?3 IS NULL OR name = ?3)
  AND (?4 IS NULL OR status = ?4)
  AND (?5 IS NULL OR submit_time < ?5)
  AND (?6 IS NULL OR submit_time > ?6)
  AND sequence < ?7
ORDER BY sequence DESC
LIMIT ?8)sql"};
constexpr Query kListUnended{"list unended jobs", "SELECT " HEALTHLAKE_JOB_COLUMNS R"sql(
FROM job
WHERE datastore = ?1 AND (?2 IS NULL OR kind = ?2) AND end_time IS NULL
ORDER BY sequence)sql"};
constexpr Query kCountUnended{"count unended jobs",
                              "SELECT count(*) FROM job WHERE end_time IS NULL"};
constexpr Query kTransitions{"job transitions", R"sql(
SELECT status, time FROM job_transition WHERE job = ?1 ORDER BY sequence)sql"};

#undef HEALTHLAKE_JOB_COLUMNS

JobProgress ReadProgress(const Statement& row, int first) {
  JobProgress progress;
  progress.scanned_files = row.Integer(first);
  progress.scanned_bytes = row.Integer(first + 1);
  progress.imported_files = row.Integer(first + 2);
  progress.resources_scanned = row.Integer(first + 3);
  progress.resources_imported = row.Integer(first + 4);
  progress.resources_with_customer_error = row.Integer(first + 5);
  progress.files_read_with_customer_error = row.Integer(first + 6);
  progress.throughput_mb_per_second = row.Real(first + 7);
  return progress;
}

JobRow ReadRow(const Statement& row) {
  JobRow job;
  job.sequence = row.Integer(0);
  job.id = JobId(TextOf(row, 1));
  job.kind = row.Text(2) == NameOf(JobKind::kImport) ? JobKind::kImport : JobKind::kExport;
  job.datastore = DatastoreId(TextOf(row, 3));
  job.name = TextOf(row, 4);
  job.status = LoadStatus(FindJobStatus(row.Text(5)));
  job.submit_time = FromStored(row.Integer(6));
  if (!row.IsNull(7)) job.end_time = FromStored(row.Integer(7));
  job.input_uri = TextOf(row, 8);
  job.output_uri = TextOf(row, 9);
  job.kms_key_id = TextOf(row, 10);
  job.role_arn = TextOf(row, 11);
  job.validation_level = TextOf(row, 12);
  job.message = TextOf(row, 13);
  job.parameters = TextOf(row, 14);
  job.progress = ReadProgress(row, 15);
  return job;
}

JobTransition ReadTransition(const Statement& row) {
  return {LoadStatus(FindJobStatus(row.Text(0))), FromStored(row.Integer(1))};
}

void Append(Connection& connection, const JobId& id, JobStatus status, core::Timestamp now) {
  connection.Run(kInsertTransition, id.text(), NameOf(status), ToStored(now));
}

void Move(Connection& connection, const JobId& id, JobStatus from, JobStatus to,
          core::Timestamp now) {
  CheckStep("job", id.text(), from, to);
  std::optional<std::int64_t> end;
  if (HasEnded(to)) end = ToStored(now);
  connection.Run(kSetStatus, id.text(), NameOf(to), end);
  Append(connection, id, to, now);
}

}  // namespace

std::int64_t JobRepository::Insert(const JobRow& row) {
  connection_->Run(kInsert, row.id.text(), NameOf(row.kind), row.datastore.text(), row.name,
                   NameOf(JobStatus::kSubmitted), ToStored(row.submit_time), row.input_uri,
                   row.output_uri, row.kms_key_id, row.role_arn, row.validation_level,
                   row.parameters);
  const std::int64_t sequence = connection_->last_insert_rowid();
  Append(*connection_, row.id, JobStatus::kSubmitted, row.submit_time);
  return sequence;
}

void JobRepository::EnqueueSubmitted(core::Timestamp now) {
  std::vector<JobId> submitted;
  {
    Statement row = connection_->Prepare(kListSubmitted);
    while (row.Step()) submitted.emplace_back(TextOf(row, 0));
  }
  for (const JobId& id : submitted) {
    Move(*connection_, id, JobStatus::kSubmitted, JobStatus::kQueued, now);
  }
}

std::optional<JobRow> JobRepository::ClaimNext(JobKind kind, std::int64_t process,
                                               core::Timestamp now) {
  EnqueueSubmitted(now);
  std::optional<JobRow> job;
  {
    Statement row = connection_->Prepare(kFindInterrupted);
    row.BindAll(NameOf(kind), process);
    job = ReadFirst(row, ReadRow);
  }
  if (!job) {
    Statement row = connection_->Prepare(kFindQueued);
    row.BindAll(NameOf(kind));
    job = ReadFirst(row, ReadRow);
  }
  if (!job) return std::nullopt;
  connection_->Run(kClaim, job->id.text(), process);
  if (job->status == JobStatus::kQueued) {
    Move(*connection_, job->id, JobStatus::kQueued, JobStatus::kInProgress, now);
    job->status = JobStatus::kInProgress;
  }
  return job;
}

void JobRepository::UpdateProgress(const JobId& id, const JobProgress& progress) {
  connection_->Run(kSetProgress, id.text(), progress.scanned_files, progress.scanned_bytes,
                   progress.imported_files, progress.resources_scanned, progress.resources_imported,
                   progress.resources_with_customer_error, progress.files_read_with_customer_error,
                   progress.throughput_mb_per_second);
}

void JobRepository::Transition(const JobId& id, JobStatus to, core::Timestamp now) {
  const auto row = Find(id);
  if (!row) throw core::Error(core::ErrorKind::kNotFound, "job " + id.text() + " is unknown");
  Move(*connection_, id, row->status, to, now);
}

bool JobRepository::Finish(const JobId& id, JobStatus to, const std::string& message,
                           const JobProgress& progress, core::Timestamp now) {
  const auto row = Find(id);
  if (!row || HasEnded(row->status)) return false;
  Move(*connection_, id, row->status, to, now);
  connection_->Run(kSetMessage, id.text(), message);
  UpdateProgress(id, progress);
  return true;
}

std::vector<JobId> JobRepository::FailAllOf(const DatastoreId& datastore,
                                            const std::string& message, core::Timestamp now) {
  std::vector<JobRow> unended;
  {
    Statement row = connection_->Prepare(kListUnended);
    row.BindAll(datastore.text(), nullptr);
    unended = ReadAll(row, ReadRow);
  }
  std::vector<JobId> ended;
  for (const JobRow& job : unended) {
    const bool cancelling = job.status == JobStatus::kCancelInProgress;
    Move(*connection_, job.id, job.status,
         cancelling ? JobStatus::kCancelCompleted : JobStatus::kFailed, now);
    connection_->Run(kSetMessage, job.id.text(), message);
    ended.push_back(job.id);
  }
  return ended;
}

std::optional<JobRow> JobRepository::Find(const JobId& id) const {
  Statement row = connection_->Prepare(kFind);
  row.BindAll(id.text());
  return ReadFirst(row, ReadRow);
}

std::optional<JobRow> JobRepository::Find(const DatastoreId& datastore, JobKind kind,
                                          const JobId& id) const {
  auto row = Find(id);
  if (row && (row->datastore != datastore || row->kind != kind)) return std::nullopt;
  return row;
}

std::vector<JobRow> JobRepository::List(const JobQuery& query) const {
  std::optional<std::string_view> status;
  if (query.status) status = NameOf(*query.status);
  Statement row = connection_->Prepare(kList);
  row.BindAll(query.datastore.text(), NameOf(query.kind), query.name, status,
              ToStoredOrNull(query.submitted_before), ToStoredOrNull(query.submitted_after),
              query.before_sequence.value_or(INT64_MAX), query.limit);
  return ReadAll(row, ReadRow);
}

std::vector<JobRow> JobRepository::ListUnended(const DatastoreId& datastore, JobKind kind) const {
  Statement row = connection_->Prepare(kListUnended);
  row.BindAll(datastore.text(), NameOf(kind));
  return ReadAll(row, ReadRow);
}

std::int64_t JobRepository::CountUnended() const {
  return connection_->FindInteger(kCountUnended).value_or(0);
}

std::vector<JobTransition> JobRepository::Transitions(const JobId& id) const {
  Statement row = connection_->Prepare(kTransitions);
  row.BindAll(id.text());
  return ReadAll(row, ReadTransition);
}

}  // namespace healthlake::store
