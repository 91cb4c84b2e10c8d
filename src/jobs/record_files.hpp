// Where the records of an import's lines go: up to three files for each file of input
// (reference 2.5). Each line has its record in one of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/jobs/output_layout.hpp"
#include "jobs/import_checkpoint.hpp"

namespace healthlake::jobs {

enum class RecordFile : std::uint8_t {
  kSuccess,  // written for every file of input, maybe empty; the others where they have a record
  kFlagged,  // stored, and not valid
  kFailure,
};

struct RecordFileRow {
  std::string_view suffix;  // in the spool
  std::string_view folder;  // in the output
  std::uint64_t ImportCheckpoint::*length;
};

inline constexpr std::array<RecordFileRow, 3> kRecordFiles = {{
    {".success", kSuccessFolder, &ImportCheckpoint::success},
    {".flagged", kFlaggedFolder, &ImportCheckpoint::flagged},
    {".failure", kFailureFolder, &ImportCheckpoint::failure},
}};

// The spool's part of the input's `file`th file.
std::filesystem::path SpoolPath(const std::filesystem::path& spool, std::uint64_t file,
                                const RecordFileRow& row);

RecordFile RecordFileOf(const datastore::LineOutcome& outcome);

}  // namespace healthlake::jobs
