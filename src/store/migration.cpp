#include "healthlake/store/migration.hpp"

#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"

namespace healthlake::store {
namespace {

constexpr Query kApplicationId{"application id", "PRAGMA application_id"};
constexpr Query kUserVersion{"user version", "PRAGMA user_version"};
constexpr Query kAnyTable{"any table", "SELECT 1 FROM sqlite_schema LIMIT 1"};

struct Stamp {
  std::int64_t application_id;
  std::int64_t version;
};

Stamp ReadStamp(Connection& connection) {
  return {connection.FindInteger(kApplicationId).value_or(0),
          connection.FindInteger(kUserVersion).value_or(0)};
}

[[noreturn]] void Refuse(const FileFormat& format, const std::string& why) {
  throw core::Error(core::ErrorKind::kUnavailable,
                    "not a usable " + std::string(format.name) + ": " + why);
}

}  // namespace

FileState Inspect(Connection& connection, const FileFormat& format) {
  const Stamp stamp = ReadStamp(connection);
  const auto newest = static_cast<std::int64_t>(format.migrations.size());
  if (stamp.application_id == 0 && stamp.version == 0) {
    if (!connection.FindInteger(kAnyTable)) return FileState::kNew;
    Refuse(format, "the file belongs to another program");
  }
  if (stamp.application_id != format.application_id) {
    Refuse(format, "the file belongs to another program");
  }
  if (stamp.version > newest) {
    Refuse(format, "the file is of version " + std::to_string(stamp.version) +
                       ", this program knows versions up to " + std::to_string(newest));
  }
  return stamp.version == newest ? FileState::kCurrent : FileState::kOlder;
}

void Migrate(Connection& connection, const FileFormat& format) {
  if (Inspect(connection, format) == FileState::kCurrent) return;
  Transaction transaction(connection);
  // Looked at again under the lock: somebody else may just have done it.
  if (Inspect(connection, format) == FileState::kCurrent) return;
  const auto version = static_cast<std::size_t>(ReadStamp(connection).version);
  for (const Migration& migration : format.migrations.subspan(version)) {
    for (const std::string_view statement : migration) connection.Execute(statement);
  }
  connection.Execute("PRAGMA application_id = " + std::to_string(format.application_id));
  connection.Execute("PRAGMA user_version = " + std::to_string(format.migrations.size()));
  transaction.Commit();
}

}  // namespace healthlake::store
