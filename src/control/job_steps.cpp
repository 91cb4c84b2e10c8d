#include "control/job_steps.hpp"

#include <algorithm>

#include "control/idempotency.hpp"
#include "control/input.hpp"
#include "control/known_datastore.hpp"
#include "control/page.hpp"
#include "healthlake/aws/protocol.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/jobs/output_layout.hpp"
#include "healthlake/jobs/queue.hpp"

namespace healthlake::control {
namespace {

using json::Tree;
using store::DatastoreId;
using store::JobId;
using store::JobRow;
using store::JobStatus;

// A waiting Describe looks again this often within ServiceOptions::describe_wait, as an estimate
// may turn out wrong.
constexpr int kLooks = 10;

Tree Started(const DatastoreId& datastore, const JobId& job) {
  return {{"JobId", job.text()},
          {"JobStatus", NameOf(JobStatus::kSubmitted)},
          {"DatastoreId", datastore.text()}};
}

JobRow RowFrom(const JobFamily& family, const Tree& input, const JobId& id, core::Timestamp now) {
  JobRow row;
  row.id = id;
  row.kind = family.kind;
  row.datastore = DatastoreId(TextOf(input, "DatastoreId"));
  row.name = TextOf(input, "JobName");
  row.submit_time = now;
  row.role_arn = TextOf(input, "DataAccessRoleArn");
  const Tree& output = input.at(std::string(family.output_config)).at("S3Configuration");
  row.kms_key_id = TextOf(output, "KmsKeyId");
  row.output_uri = jobs::OutputFolderUri(TextOf(output, "S3Uri"), row.datastore, family.kind, id);
  family.read(input, row);
  return row;
}

// The first two looks of a request come at the same moment (http::Session looks again after it has
// subscribed), so time passes from the second look on.
std::optional<Wait> WaitForEnd(Rooms& rooms, const JobRow& job, const Call& call) {
  const std::chrono::nanoseconds longest = rooms.options.describe_wait;
  if (longest <= std::chrono::nanoseconds::zero() || HasEnded(job.status)) return std::nullopt;
  const int looks_left = kLooks - std::max(call.attempt - 1, 0);
  if (looks_left <= 0) return std::nullopt;
  const auto estimate = rooms.queue.RemainingEstimate(job.id);
  if (estimate && *estimate > longest / kLooks * looks_left) return std::nullopt;
  return Wait{jobs::EndTopic(job.id), rooms.clock.Elapsed() + longest / kLooks};
}

}  // namespace

Tree StartJob(Rooms& rooms, const JobFamily& family, aws::OperationId operation, const Tree& input,
              const Call& call) {
  const DatastoreId datastore(TextOf(input, "DatastoreId"));
  const JobId id(rooms.ids.HexId());
  {
    auto write = rooms.file.Write();
    if (const auto earlier = FindEarlier(*write, operation, call.owner, input)) {
      return Started(earlier->datastore, earlier->job);
    }
    LoadActiveDatastore(*write, call.owner, datastore);
    const core::Timestamp now = rooms.clock.Now();
    write->jobs.Insert(RowFrom(family, input, id, now));
    Remember(*write, operation, call.owner, input, datastore, id, now);
    write.Commit();
  }
  rooms.queue.Notify(id);
  return Started(datastore, id);
}

Output DescribeJob(Rooms& rooms, const JobFamily& family, const Tree& input, const Call& call) {
  const DatastoreId datastore(TextOf(input, "DatastoreId"));
  const JobId id(TextOf(input, "JobId"));
  std::optional<JobRow> row;
  {
    const auto read = rooms.file.Read();
    LoadDatastore(*read, call.owner, datastore);
    row = read->jobs.Find(datastore, family.kind, id);
  }
  if (!row) {
    throw core::Error(core::ErrorKind::kNotFound,
                      "Job " + id.text() + " of data store " + datastore.text() + " was not found");
  }
  if (auto wait = WaitForEnd(rooms, *row, call)) return *std::move(wait);
  return Tree{{std::string(family.properties), family.show(*row)}};
}

Tree ListJobs(Rooms& rooms, const JobFamily& family, aws::OperationId operation, const Tree& input,
              const Call& call) {
  const Page page(rooms.options.seal, operation, call.owner, input);
  store::JobQuery query;
  query.datastore = DatastoreId(TextOf(input, "DatastoreId"));
  query.kind = family.kind;
  query.name = FindText(input, "JobName");
  if (const auto status = FindText(input, "JobStatus")) {
    query.status = store::FindJobStatus(*status);
  }
  query.submitted_before = FindTime(input, "SubmittedBefore");
  query.submitted_after = FindTime(input, "SubmittedAfter");
  query.before_sequence = page.before_sequence();
  query.limit = page.limit();
  const auto read = rooms.file.Read();
  LoadDatastore(*read, call.owner, query.datastore);
  auto rows = read->jobs.List(query);
  const std::string list = std::string(family.properties) + "List";
  Tree output = {{list, Tree::array()}};
  page.Cut(rows, output);
  for (const JobRow& row : rows) output[list].push_back(family.show(row));
  return output;
}

Tree ShowOutputConfig(const JobRow& row) {
  return {{"S3Configuration", {{"S3Uri", row.output_uri}, {"KmsKeyId", row.kms_key_id}}}};
}

Tree ShowHead(const JobRow& row) {
  Tree properties = {{"JobId", row.id.text()}};
  if (!row.name.empty()) properties["JobName"] = row.name;
  properties["JobStatus"] = NameOf(row.status);
  properties["SubmitTime"] = aws::EncodeTimestamp(row.submit_time);
  if (row.end_time) properties["EndTime"] = aws::EncodeTimestamp(*row.end_time);
  properties["DatastoreId"] = row.datastore.text();
  return properties;
}

void ShowTail(const JobRow& row, Tree& properties) {
  properties["DataAccessRoleArn"] = row.role_arn;
  if (!row.message.empty()) properties["Message"] = row.message;
}

}  // namespace healthlake::control
