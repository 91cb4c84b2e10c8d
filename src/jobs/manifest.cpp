#include "jobs/manifest.hpp"

#include <cstdlib>

#include "healthlake/jobs/output_layout.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::jobs {

std::string Megabytes(std::int64_t bytes) {
  std::string fraction = std::to_string(bytes % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return std::to_string(bytes / 1'000'000) + '.' + fraction;
}

std::string ManifestJson(const store::JobRow& job, const store::JobProgress& progress,
                         std::int64_t imported_bytes) {
  const auto quoted = [&](std::string_view below) {
    return json::Quote(job.output_uri + std::string(below));
  };
  const auto number = [](std::int64_t value) { return std::to_string(value); };

  std::string out = "{\n";
  out += "  \"inputDataConfig\": {\n    \"s3Uri\": " + json::Quote(job.input_uri) + "\n  },\n";
  out += "  \"outputDataConfig\": {\n    \"s3Uri\": " + quoted("") + ",\n";
  out += "    \"encryptionKeyID\": " + json::Quote(job.kms_key_id) + "\n  },\n";
  out +=
      "  \"successOutput\": {\n    \"successOutputS3Uri\": " + quoted(kSuccessFolder) + "\n  },\n";
  out +=
      "  \"failureOutput\": {\n    \"failureOutputS3Uri\": " + quoted(kFailureFolder) + "\n  },\n";
  out += "  \"numberOfScannedFiles\": " + number(progress.scanned_files) + ",\n";
  out += "  \"numberOfFilesImported\": " + number(progress.imported_files) + ",\n";
  out += "  \"sizeOfScannedFilesInMB\": " + Megabytes(progress.scanned_bytes) + ",\n";
  out += "  \"sizeOfDataImportedSuccessfullyInMB\": " + Megabytes(imported_bytes) + ",\n";
  out += "  \"numberOfResourcesScanned\": " + number(progress.resources_scanned) + ",\n";
  out +=
      "  \"numberOfResourcesImportedSuccessfully\": " + number(progress.resources_imported) + ",\n";
  out += "  \"numberOfResourcesWithCustomerError\": " +
         number(progress.resources_with_customer_error) + ",\n";
  out += "  \"numberOfResourcesWithServerError\": 0\n}\n";
  return out;
}

}  // namespace healthlake::jobs
