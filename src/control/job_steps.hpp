// What import and export jobs have in common.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "control/operations.hpp"
#include "healthlake/aws/operation_id.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::control {

// How one kind of job is read from a request and shown in an answer.
struct JobFamily {
  store::JobKind kind;
  std::string_view properties;     // "ImportJobProperties"; the list's name has "List" after it
  std::string_view output_config;  // the request's member: "JobOutputDataConfig"
  void (*read)(const json::Tree& input, store::JobRow& row);  // what only this kind has
  json::Tree (*show)(const store::JobRow& row);               // its properties
};

// Makes a SUBMITTED job of an ACTIVE store and wakes the queue.
json::Tree StartJob(Rooms& rooms, const JobFamily& family, aws::OperationId operation,
                    const json::Tree& input, const Call& call);
// May answer a Wait while the end is near (DESIGN 3.9).
Output DescribeJob(Rooms& rooms, const JobFamily& family, const json::Tree& input,
                   const Call& call);
json::Tree ListJobs(Rooms& rooms, const JobFamily& family, aws::OperationId operation,
                    const json::Tree& input, const Call& call);

// {"S3Configuration":{"S3Uri":…,"KmsKeyId":…}}: the job's own folder (reference 2.5).
json::Tree ShowOutputConfig(const store::JobRow& row);
// JobId, JobName, JobStatus, SubmitTime, EndTime, DatastoreId.
json::Tree ShowHead(const store::JobRow& row);
// DataAccessRoleArn and, when there is one, Message.
void ShowTail(const store::JobRow& row, json::Tree& properties);

}  // namespace healthlake::control
