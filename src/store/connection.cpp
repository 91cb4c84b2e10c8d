#include "healthlake/store/connection.hpp"

#include <sqlite3.h>

#include <unordered_map>
#include <utility>

#include "healthlake/core/error.hpp"
#include "store/sqlite_error.hpp"

namespace healthlake::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// SQLite's virtual machine steps between two looks at the Cancel: some 0.1 ms.
constexpr int kStepsPerLook = 5000;

int OpenFlags(OpenMode mode) {
  constexpr int kCommon = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case OpenMode::kCreate:
      return kCommon | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case OpenMode::kExisting:
      return kCommon | SQLITE_OPEN_READWRITE;
    case OpenMode::kReadOnly:
      return kCommon | SQLITE_OPEN_READONLY;
  }
  return kCommon;
}

int LookAtCancel(void* cancel) {
  return static_cast<core::Cancel*>(cancel)->Requested() ? 1 : 0;
}

}  // namespace

struct Statement::Slot {
  sqlite3_stmt* handle = nullptr;
  bool in_use = false;
};

Statement::~Statement() {
  if (handle_ == nullptr) return;
  if (slot_ == nullptr) {
    sqlite3_finalize(handle_);
    return;
  }
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  slot_->in_use = false;
}

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), query_(other.query_), slot_(other.slot_) {}

void Statement::Check(int code) const {
  if (code != SQLITE_OK) ThrowSqliteError(sqlite3_db_handle(handle_), code, query_->name);
}

Statement& Statement::BindInteger(int parameter, std::int64_t value) {
  Check(sqlite3_bind_int64(handle_, parameter, value));
  return *this;
}

Statement& Statement::Bind(int parameter, double value) {
  Check(sqlite3_bind_double(handle_, parameter, value));
  return *this;
}

// A null pointer would bind NULL, and an empty view may hold one: hence the "".
Statement& Statement::Bind(int parameter, std::string_view text) {
  Check(sqlite3_bind_text64(handle_, parameter, text.empty() ? "" : text.data(), text.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Bind(int parameter, Blob blob) {
  Check(sqlite3_bind_blob64(handle_, parameter, blob.bytes.empty() ? "" : blob.bytes.data(),
                            blob.bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::Bind(int parameter, std::span<const std::byte> blob) {
  return Bind(parameter, Blob{{reinterpret_cast<const char*>(blob.data()), blob.size()}});
}

Statement& Statement::Bind(int parameter, std::nullptr_t) {
  Check(sqlite3_bind_null(handle_, parameter));
  return *this;
}

bool Statement::Step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  ThrowSqliteError(sqlite3_db_handle(handle_), code, query_->name);
}

void Statement::Run() {
  while (Step()) {
  }
  Reset();
}

void Statement::Reset() {
  sqlite3_reset(handle_);
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::Real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::Text(int column) const {
  // column_text would convert a BLOB in place; a BLOB's bytes are taken as they are.
  const void* data = sqlite3_column_type(handle_, column) == SQLITE_BLOB
                         ? sqlite3_column_blob(handle_, column)
                         : static_cast<const void*>(sqlite3_column_text(handle_, column));
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> Statement::Bytes(int column) const {
  const std::string_view text = Text(column);
  return std::as_bytes(std::span(text.data(), text.size()));
}

struct Connection::Impl {
  ~Impl() {
    for (auto& [query, slot] : statements) sqlite3_finalize(slot.handle);
    // close_v2: a statement that wrongly outlives its connection delays the closing, no more.
    sqlite3_close_v2(handle);
  }

  sqlite3_stmt* Prepare(const Query& query) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v3(handle, query.sql.data(), static_cast<int>(query.sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) ThrowSqliteError(handle, code, query.name);
    return statement;
  }

  sqlite3* handle = nullptr;
  std::unordered_map<const Query*, Statement::Slot> statements;
  core::Cancel cancel;
};

Connection::Connection(const std::filesystem::path& path, OpenMode mode)
    : impl_(std::make_unique<Impl>()) {
  // Memory statistics cost a process-wide lock at every allocation. Before SQLite's first use only.
  static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(without_statistics);
  const int code = sqlite3_open_v2(path.c_str(), &impl_->handle, OpenFlags(mode), nullptr);
  if (code != SQLITE_OK) ThrowSqliteError(impl_->handle, code, path.filename().native());
  sqlite3_busy_timeout(impl_->handle, kBusyTimeoutMs);
  sqlite3_db_config(impl_->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

void Connection::Execute(std::string_view sql) {
  const char* rest = sql.data();
  const char* const end = rest + sql.size();
  while (rest != end) {
    sqlite3_stmt* statement = nullptr;
    int code =
        sqlite3_prepare_v2(impl_->handle, rest, static_cast<int>(end - rest), &statement, &rest);
    if (code != SQLITE_OK) ThrowSqliteError(impl_->handle, code, "execute");
    if (statement == nullptr) continue;  // blank or a comment
    do {
      code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) ThrowSqliteError(impl_->handle, code, "execute");
  }
}

Statement Connection::Prepare(const Query& query) {
  Statement::Slot& slot = impl_->statements[&query];
  if (slot.in_use) return Statement(impl_->Prepare(query), &query, nullptr);
  if (slot.handle == nullptr) slot.handle = impl_->Prepare(query);
  slot.in_use = true;
  return Statement(slot.handle, &query, &slot);
}

std::int64_t Connection::changes() const noexcept {
  return sqlite3_changes64(impl_->handle);
}

std::int64_t Connection::total_changes() const noexcept {
  return sqlite3_total_changes64(impl_->handle);
}

std::int64_t Connection::last_insert_rowid() const noexcept {
  return sqlite3_last_insert_rowid(impl_->handle);
}

bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(impl_->handle) == 0;
}

void Connection::SetCancel(const core::Cancel& cancel) {
  impl_->cancel = cancel;
  sqlite3_progress_handler(impl_->handle, kStepsPerLook, LookAtCancel, &impl_->cancel);
}

sqlite3* Connection::handle() const noexcept {
  return impl_->handle;
}

namespace {
constexpr Query kBegin{"begin", "BEGIN IMMEDIATE"};
constexpr Query kCommit{"commit", "COMMIT"};
constexpr Query kRollback{"rollback", "ROLLBACK"};
}  // namespace

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.Run(kBegin);
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself (full disk).
  if (!open_ || !connection_.in_transaction()) return;
  try {
    connection_.SetCancel({});
    connection_.Run(kRollback);
  } catch (const core::Error&) {
    // The connection's end rolls back what is left.
  }
}

void Transaction::Commit() {
  connection_.Run(kCommit);
  open_ = false;
}

}  // namespace healthlake::store
