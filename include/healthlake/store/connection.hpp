// SQLite behind RAII: connections, cached prepared statements, transactions. The library's errors
// leave here as core::Error and nothing of its header is needed by callers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "healthlake/core/cancel.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace healthlake::store {

// A statement of the program: a constant at namespace scope, as the prepared form is cached under
// its address. `name` appears in errors; values are always bound, never part of `sql`.
struct Query {
  std::string_view name;
  std::string_view sql;
};

// Bytes to be bound as a BLOB (a plain string_view is bound as TEXT).
struct Blob {
  std::string_view bytes;
};

// One use of a prepared statement: bind (parameters count from 1), step, read columns (they count
// from 0). Goes back to its connection's cache, reset and with its bindings cleared, when
// destroyed. Must not outlive the connection. Everything bound is copied.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Unsigned 64-bit values are stored as the signed value with the same bits.
  template <std::integral Integer>
  Statement& Bind(int parameter, Integer value) {
    return BindInteger(parameter, static_cast<std::int64_t>(value));
  }
  Statement& Bind(int parameter, double value);
  Statement& Bind(int parameter, std::string_view text);
  Statement& Bind(int parameter, const char* text) {
    return Bind(parameter, std::string_view(text));
  }
  Statement& Bind(int parameter, const std::string& text) {
    return Bind(parameter, std::string_view(text));
  }
  Statement& Bind(int parameter, Blob blob);
  Statement& Bind(int parameter, std::span<const std::byte> blob);
  Statement& Bind(int parameter, std::nullptr_t);
  template <typename Value>
  Statement& Bind(int parameter, const std::optional<Value>& value) {
    return value ? Bind(parameter, *value) : Bind(parameter, nullptr);
  }
  // Binds parameters 1, 2, 3, … in order.
  template <typename... Values>
  Statement& BindAll(const Values&... values) {
    int parameter = 0;
    (Bind(++parameter, values), ...);
    return *this;
  }

  // True: there is a row to read. False: done. Throws core::Error as the table in
  // src/store/sqlite_error.cpp says: busy, full disk or cancelled kUnavailable, a broken constraint
  // kConflict, a damaged file kInternal.
  bool Step();
  // Steps to the end, skipping rows, and makes the statement ready to be bound again.
  void Run();
  // Ready to be stepped again; bindings stay.
  void Reset();

  bool IsNull(int column) const;
  std::int64_t Integer(int column) const;
  std::uint64_t Unsigned(int column) const { return static_cast<std::uint64_t>(Integer(column)); }
  double Real(int column) const;
  // TEXT or BLOB, as stored; "" for NULL. Valid until the next Step, Reset or destruction.
  std::string_view Text(int column) const;
  std::span<const std::byte> Bytes(int column) const;

 private:
  friend class Connection;
  struct Slot;
  Statement(sqlite3_stmt* handle, const Query* query, Slot* slot) noexcept
      : handle_(handle), query_(query), slot_(slot) {}
  Statement& BindInteger(int parameter, std::int64_t value);
  void Check(int code) const;

  sqlite3_stmt* handle_;
  const Query* query_;
  Slot* slot_;  // null: not of the cache, finalized on destruction
};

enum class OpenMode {
  kCreate,    // read and write; made when absent
  kExisting,  // read and write; must exist
  kReadOnly,  // must exist
};

// Confined to one thread at a time; may be handed over between uses.
class Connection {
 public:
  // Opens with foreign keys on and a busy timeout of some seconds, nothing else; reads nothing yet,
  // so a file that is no database is noticed by the first statement. Throws core::Error.
  Connection(const std::filesystem::path& path, OpenMode mode);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  // One or more statements without values or rows: schema, pragmas.
  void Execute(std::string_view sql);

  // From the cache, or prepared now. The same query may be in use several times at once.
  Statement Prepare(const Query& query);
  Statement Prepare(const Query&& query) = delete;

  // Prepares, binds in order, runs to the end.
  template <typename... Values>
  void Run(const Query& query, const Values&... values) {
    Statement statement = Prepare(query);
    statement.BindAll(values...);
    statement.Run();
  }
  // The first column of the first row of a query for integers; nullopt without a row or when NULL.
  template <typename... Values>
  std::optional<std::int64_t> FindInteger(const Query& query, const Values&... values) {
    Statement statement = Prepare(query);
    statement.BindAll(values...);
    if (!statement.Step() || statement.IsNull(0)) return std::nullopt;
    return statement.Integer(0);
  }

  // Rows changed by the last INSERT, UPDATE or DELETE; and by all of this connection so far.
  std::int64_t changes() const noexcept;
  std::int64_t total_changes() const noexcept;
  std::int64_t last_insert_rowid() const noexcept;
  bool in_transaction() const noexcept;

  // Statements running on this connection stop (kUnavailable) once `cancel` is requested; the
  // default-made Cancel takes it away again.
  void SetCancel(const core::Cancel& cancel);

  // For the sources of this room only.
  sqlite3* handle() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// BEGIN IMMEDIATE … COMMIT on a connection of one's own (the control file); rolled back unless
// committed. A data store's file has WriteTransaction instead.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace healthlake::store
