// Manifest.json of an import (reference 2.6).
#pragma once

#include <cstdint>
#include <string>

#include "healthlake/store/control_jobs.hpp"

namespace healthlake::jobs {

// Bytes as MB of 10^6 bytes with six decimals: "0.023627".
std::string Megabytes(std::int64_t bytes);

// The members in the documented order and values, indented by two spaces. `imported_bytes`: of the
// accepted lines with their line breaks.
std::string ManifestJson(const store::JobRow& job, const store::JobProgress& progress,
                         std::int64_t imported_bytes);

}  // namespace healthlake::jobs
