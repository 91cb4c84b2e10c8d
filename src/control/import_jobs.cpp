// The operations on import jobs (reference 2.1 to 2.5).
#include "control/input.hpp"
#include "control/job_steps.hpp"
#include "control/operations.hpp"

namespace healthlake::control {
namespace {

using json::Tree;
using store::JobProgress;
using store::JobRow;

constexpr double kBytesPerMegabyte = 1e6;

void Read(const Tree& input, JobRow& row) {
  row.input_uri = TextOf(input.at("InputDataConfig"), "S3Uri");
  row.validation_level = FindText(input, "ValidationLevel").value_or("strict");
}

Tree ShowProgress(const JobProgress& progress) {
  return {
      {"TotalNumberOfScannedFiles", progress.scanned_files},
      {"TotalSizeOfScannedFilesInMB",
       static_cast<double>(progress.scanned_bytes) / kBytesPerMegabyte},
      {"TotalNumberOfImportedFiles", progress.imported_files},
      {"TotalNumberOfResourcesScanned", progress.resources_scanned},
      {"TotalNumberOfResourcesImported", progress.resources_imported},
      {"TotalNumberOfResourcesWithCustomerError", progress.resources_with_customer_error},
      {"TotalNumberOfFilesReadWithCustomerError", progress.files_read_with_customer_error},
      {"Throughput", progress.throughput_mb_per_second},
  };
}

Tree Show(const JobRow& row) {
  Tree properties = ShowHead(row);
  properties["InputDataConfig"] = {{"S3Uri", row.input_uri}};
  properties["JobOutputDataConfig"] = ShowOutputConfig(row);
  properties["JobProgressReport"] = ShowProgress(row.progress);
  ShowTail(row, properties);
  properties["ValidationLevel"] = row.validation_level;
  return properties;
}

constexpr JobFamily kImports = {store::JobKind::kImport, "ImportJobProperties",
                                "JobOutputDataConfig", Read, Show};

}  // namespace

Output StartFHIRImportJob(Rooms& rooms, const Tree& input, const Call& call) {
  return StartJob(rooms, kImports, aws::OperationId::kStartFHIRImportJob, input, call);
}

Output DescribeFHIRImportJob(Rooms& rooms, const Tree& input, const Call& call) {
  return DescribeJob(rooms, kImports, input, call);
}

Output ListFHIRImportJobs(Rooms& rooms, const Tree& input, const Call& call) {
  return ListJobs(rooms, kImports, aws::OperationId::kListFHIRImportJobs, input, call);
}

}  // namespace healthlake::control
