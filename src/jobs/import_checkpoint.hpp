// Where an import stands: what is committed in the store's file with each of its batches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/store/control_jobs.hpp"

namespace healthlake::jobs {

enum class ImportPhase { kReading, kUploading };

// Everything before `file` is read through; `file` itself up to `offset`. JSON text in the store's
// file: members may be added, never renamed.
struct ImportCheckpoint {
  ImportPhase phase = ImportPhase::kReading;
  std::uint64_t file = 0;           // place in the list of inputs, from 0
  std::uint64_t offset = 0;         // bytes of it that are done
  std::uint64_t line = 0;           // lines of it that are done
  std::uint64_t success = 0;        // bytes of its SUCCESS spool
  std::uint64_t failure = 0;        // bytes of its FAILURE spool
  std::uint64_t flagged = 0;        // of its SUCCESS_WITH_SEARCH_VALIDATION_FAILURES spool
  std::int64_t imported_bytes = 0;  // of accepted lines
  std::int64_t busy_ns = 0;         // time spent, over all runs
  store::JobProgress progress;

  std::string Write() const;
  // nullopt: not one of ours.
  static std::optional<ImportCheckpoint> Read(std::string_view text);
};

}  // namespace healthlake::jobs
