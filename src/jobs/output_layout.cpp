#include "healthlake/jobs/output_layout.hpp"

#include "healthlake/core/hash.hpp"

namespace healthlake::jobs {

std::string ExportFileKey(std::string_view type, const store::JobId& job, std::uint64_t part) {
  // Derived, not drawn: a job that is taken up again must come to the same names.
  const std::uint64_t big_number = core::Hash64(job.text()) >> 1;
  std::string key(type);
  key += '/';
  key += type;
  key += '-';
  key += std::to_string(big_number);
  key += "-1-";
  key += std::to_string(part);
  key += ".ndjson";
  return key;
}

}  // namespace healthlake::jobs
