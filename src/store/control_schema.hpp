// The tables of the control file, and how rows are read from them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/migration.hpp"

namespace healthlake::store {

extern const FileFormat kControlFormat;

// Times are stored as milliseconds since the epoch.
inline std::int64_t ToStored(core::Timestamp time) {
  return time.time_since_epoch().count();
}
inline std::optional<std::int64_t> ToStoredOrNull(const std::optional<core::Timestamp>& time) {
  return time ? std::optional(ToStored(*time)) : std::nullopt;
}
inline core::Timestamp FromStored(std::int64_t stored) {
  return core::Timestamp(std::chrono::milliseconds(stored));
}

inline std::string TextOf(const Statement& statement, int column) {
  return std::string(statement.Text(column));
}

}  // namespace healthlake::store
