#include "store/sqlite_error.hpp"

#include <sqlite3.h>

#include <array>
#include <string>

#include "healthlake/core/error.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;

struct Row {
  int code;  // extended, or primary: then for every extended code of it
  ErrorKind kind;
  std::string_view text;
};

// The first row that fits counts, so extended codes stand before their primary.
constexpr std::array kRows = {
    Row{SQLITE_BUSY, ErrorKind::kUnavailable, "the database is busy"},
    Row{SQLITE_LOCKED, ErrorKind::kUnavailable, "the database is busy"},
    Row{SQLITE_INTERRUPT, ErrorKind::kUnavailable, "cancelled"},
    Row{SQLITE_FULL, ErrorKind::kUnavailable, "disk full: nothing of this write was kept"},
    Row{SQLITE_IOERR_WRITE, ErrorKind::kUnavailable,
        "disk full or failing: nothing of this write was kept"},
    Row{SQLITE_IOERR_FSYNC, ErrorKind::kUnavailable,
        "disk full or failing: nothing of this write was kept"},
    Row{SQLITE_IOERR_SHMSIZE, ErrorKind::kUnavailable,
        "disk full or failing: nothing of this write was kept"},
    Row{SQLITE_IOERR_TRUNCATE, ErrorKind::kUnavailable,
        "disk full or failing: nothing of this write was kept"},
    Row{SQLITE_IOERR_NOMEM, ErrorKind::kUnavailable, "out of memory"},
    Row{SQLITE_NOMEM, ErrorKind::kUnavailable, "out of memory"},
    Row{SQLITE_READONLY, ErrorKind::kUnavailable, "the database cannot be written"},
    Row{SQLITE_CANTOPEN, ErrorKind::kUnavailable, "the database file cannot be opened"},
    Row{SQLITE_PERM, ErrorKind::kUnavailable, "the database file cannot be opened"},
    Row{SQLITE_CONSTRAINT, ErrorKind::kConflict, "a rule of the database forbids it"},
    Row{SQLITE_CORRUPT, ErrorKind::kInternal, "the database file is damaged"},
    Row{SQLITE_NOTADB, ErrorKind::kInternal, "the file is not a database"},
    Row{SQLITE_IOERR, ErrorKind::kInternal, "the database file cannot be read"},
};

constexpr Row kOther{0, ErrorKind::kInternal, "database error"};

const Row& FindRow(int code) {
  for (const Row& row : kRows) {
    if (row.code == code || row.code == (code & 0xff)) return row;
  }
  return kOther;
}

}  // namespace

void ThrowSqliteError(sqlite3* handle, int code, std::string_view what) {
  const Row& row = FindRow(code);
  std::string message(row.text);
  message += " (";
  message += what;
  message += ": ";
  // SQLite's own text names tables and columns, never values.
  message += handle != nullptr && sqlite3_extended_errcode(handle) == code ? sqlite3_errmsg(handle)
                                                                           : sqlite3_errstr(code);
  message += ")";
  throw core::Error(row.kind, message);
}

}  // namespace healthlake::store
