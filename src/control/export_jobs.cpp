// The operations on export jobs (reference 3.1, 3.5).
#include "control/job_steps.hpp"
#include "control/operations.hpp"

namespace healthlake::control {
namespace {

using json::Tree;
using store::JobRow;

void Read(const Tree& /*input*/, JobRow& /*row*/) {}

Tree Show(const JobRow& row) {
  Tree properties = ShowHead(row);
  properties["OutputDataConfig"] = ShowOutputConfig(row);
  ShowTail(row, properties);
  return properties;
}

constexpr JobFamily kExports = {store::JobKind::kExport, "ExportJobProperties", "OutputDataConfig",
                                Read, Show};

}  // namespace

Output StartFHIRExportJob(Rooms& rooms, const Tree& input, const Call& call) {
  return StartJob(rooms, kExports, aws::OperationId::kStartFHIRExportJob, input, call);
}

Output DescribeFHIRExportJob(Rooms& rooms, const Tree& input, const Call& call) {
  return DescribeJob(rooms, kExports, input, call);
}

Output ListFHIRExportJobs(Rooms& rooms, const Tree& input, const Call& call) {
  return ListJobs(rooms, kExports, aws::OperationId::kListFHIRExportJobs, input, call);
}

}  // namespace healthlake::control
