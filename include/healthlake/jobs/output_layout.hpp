// Where a job writes: the folder below the caller's prefix and what lies in it
// (reference 2.5, 3.5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/store/control_states.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::jobs {

// s3://bucket/prefix/<datastore>-FHIR_IMPORT-<job>/ (or FHIR_EXPORT): what Describe shows as the
// job's output S3Uri. `prefix` may end in '/' or not.
inline std::string OutputFolderUri(std::string_view prefix, const store::DatastoreId& datastore,
                                   store::JobKind kind, const store::JobId& job) {
  std::string uri(prefix);
  if (!uri.ends_with('/')) uri += '/';
  uri.append(datastore.text()).append("-FHIR_").append(store::NameOf(kind));
  uri.append("-").append(job.text()).append("/");
  return uri;
}

// Keys relative to the job's folder.
inline constexpr std::string_view kManifestKey = "Manifest.json";
inline constexpr std::string_view kSuccessFolder = "SUCCESS/";
inline constexpr std::string_view kFailureFolder = "FAILURE/";
// Lines that the level minimal stored although they are not valid; they are not in SUCCESS/.
inline constexpr std::string_view kFlaggedFolder = "SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/";

// Patient/Patient-3231656294628753199-1-0.ndjson: the big number is the same for all files of a
// job, `part` counts the files of one type from 0.
std::string ExportFileKey(std::string_view type, const store::JobId& job, std::uint64_t part);

}  // namespace healthlake::jobs
