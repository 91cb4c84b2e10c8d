// Where an export stands: committed in the store's file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::jobs {

enum class ExportPhase { kReading, kUploading };

// The file of one type that is being written; those with lower numbers are full.
struct ExportPart {
  std::uint64_t part = 0;
  std::uint64_t length = 0;
};

// JSON text in the store's file: members may be added, never renamed.
struct ExportCheckpoint {
  ExportPhase phase = ExportPhase::kReading;
  std::uint64_t position = 0;  // of the scan
  std::uint64_t resources = 0;
  std::map<std::string, ExportPart, std::less<>> types;

  std::string Write() const;
  // nullopt: not one of ours.
  static std::optional<ExportCheckpoint> Read(std::string_view text);
};

}  // namespace healthlake::jobs
