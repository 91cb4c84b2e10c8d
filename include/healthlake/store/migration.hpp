// Numbered schema versions of a kind of file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace healthlake::store {

class Connection;

// The statements that lead from version n to n + 1, run in order in one transaction.
using Migration = std::span<const std::string_view>;

// A kind of file: PRAGMA application_id tells it from other programs' files, PRAGMA user_version
// counts its migrations. Ids in use: "HLds" a data store, "HLct" the control file.
struct FileFormat {
  std::string_view name;  // for messages: "data store", "control file"
  std::int32_t application_id;
  std::span<const Migration> migrations;
};

enum class FileState { kNew, kCurrent, kOlder };

// Looks only, writes nothing. Throws core::Error{kUnavailable} for a file of another program or of
// a newer version, kInternal for one that is no database.
FileState Inspect(Connection& connection, const FileFormat& format);

// Brings the file to the newest version; nothing happens when it is there. All or nothing. Call
// Inspect before changing anything else of a file (journal_mode is a change).
void Migrate(Connection& connection, const FileFormat& format);

}  // namespace healthlake::store
