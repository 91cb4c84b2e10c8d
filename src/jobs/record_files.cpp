#include "jobs/record_files.hpp"

#include <string>

namespace healthlake::jobs {

std::filesystem::path SpoolPath(const std::filesystem::path& spool, std::uint64_t file,
                                const RecordFileRow& row) {
  return spool / std::to_string(file).append(row.suffix);
}

RecordFile RecordFileOf(const datastore::LineOutcome& outcome) {
  if (outcome.status >= 400) return RecordFile::kFailure;
  return outcome.issues.empty() ? RecordFile::kSuccess : RecordFile::kFlagged;
}

}  // namespace healthlake::jobs
