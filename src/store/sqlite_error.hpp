// SQLite's result codes as core::Error.
#pragma once

#include <string_view>

struct sqlite3;

namespace healthlake::store {

// `code` is an extended result code other than OK, ROW and DONE; `what` names the statement.
[[noreturn]] void ThrowSqliteError(sqlite3* handle, int code, std::string_view what);

}  // namespace healthlake::store
