#include "jobs/manifest.hpp"

#include <gtest/gtest.h>

namespace healthlake::jobs {
namespace {

TEST(ManifestTest, ShowsBytesAsMegabytesWithSixDecimals) {
  EXPECT_EQ(Megabytes(0), "0.000000");
  EXPECT_EQ(Megabytes(5), "0.000005");
  EXPECT_EQ(Megabytes(23'627), "0.023627");
  EXPECT_EQ(Megabytes(12'345'678), "12.345678");
}

// The documented example (reference 2.6), its members and their order.
TEST(ManifestTest, HasTheDocumentedMembersInTheirOrder) {
  store::JobRow job;
  job.input_uri = "s3://source/in/";
  job.output_uri = "s3://log/d-FHIR_IMPORT-j/";
  job.kms_key_id = "arn:aws:kms:us-west-2:123456789012:key/k";
  const store::JobProgress progress{.scanned_files = 1,
                                    .scanned_bytes = 23'627,
                                    .imported_files = 1,
                                    .resources_scanned = 9,
                                    .resources_imported = 4,
                                    .resources_with_customer_error = 5};
  EXPECT_EQ(ManifestJson(job, progress, 11'232), R"({
  "inputDataConfig": {
    "s3Uri": "s3://source/in/"
  },
  "outputDataConfig": {
    "s3Uri": "s3://log/d-FHIR_IMPORT-j/",
    "encryptionKeyID": "arn:aws:kms:us-west-2:123456789012:key/k"
  },
  "successOutput": {
    "successOutputS3Uri": "s3://log/d-FHIR_IMPORT-j/SUCCESS/"
  },
  "failureOutput": {
    "failureOutputS3Uri": "s3://log/d-FHIR_IMPORT-j/FAILURE/"
  },
  "numberOfScannedFiles": 1,
  "numberOfFilesImported": 1,
  "sizeOfScannedFilesInMB": 0.023627,
  "sizeOfDataImportedSuccessfullyInMB": 0.011232,
  "numberOfResourcesScanned": 9,
  "numberOfResourcesImportedSuccessfully": 4,
  "numberOfResourcesWithCustomerError": 5,
  "numberOfResourcesWithServerError": 0
}
)");
}

}  // namespace
}  // namespace healthlake::jobs
