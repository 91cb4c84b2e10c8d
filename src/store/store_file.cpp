#include "healthlake/store/store_file.hpp"

#include <sqlite3.h>

#include <atomic>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "store/connection_pool.hpp"
#include "store/read_gate.hpp"
#include "store/store_schema.hpp"
#include "store/writer_queue.hpp"

namespace healthlake::store {
namespace {

constexpr std::uint64_t kPageBytes = 4096;

constexpr Query kBeginRead{"begin read", "BEGIN"};
constexpr Query kBeginWrite{"begin write", "BEGIN IMMEDIATE"};
constexpr Query kCommit{"commit", "COMMIT"};
constexpr Query kRollback{"rollback", "ROLLBACK"};
constexpr Query kReadChange{"read change", "SELECT change FROM store_state WHERE id = 1"};
constexpr Query kWriteChange{"write change", "UPDATE store_state SET change = ?1 WHERE id = 1"};

std::uint64_t ReadChange(Connection& connection) {
  const auto change = connection.FindInteger(kReadChange);
  if (!change) throw core::Error(core::ErrorKind::kInternal, "the data store has lost its state");
  return static_cast<std::uint64_t>(*change);
}

}  // namespace

class StoreFile::Impl {
 public:
  class Lease;

  Impl(std::filesystem::path path, const StoreFileOptions& options, ConnectionPool& pool)
      : path_(std::move(path)), options_(options), pool_(pool) {
    ResetThresholds();
    Connection writer = Take(ConnectionRole::kWriter);
    Give(ConnectionRole::kWriter, std::move(writer));
  }

  ~Impl() {
    std::vector<Connection> connections = pool_.TakeAll(this);
    std::error_code none;
    const auto wal_bytes = std::filesystem::file_size(path_.native() + "-wal", none);
    try {
      // The budget may have closed the writer.
      if (connections.empty() && (none || wal_bytes == 0)) return;
      Connection last = connections.empty() ? Connection(path_, OpenMode::kExisting)
                                            : std::move(connections.front());
      connections.clear();  // readers first, to be out of the checkpoint's way
      last.Execute("PRAGMA query_only = 0");
      Checkpoint(last, SQLITE_CHECKPOINT_TRUNCATE);
    } catch (const core::Error&) {
      // The WAL stays and is replayed at the next opening.
    }
  }

  Connection Take(ConnectionRole role) {
    if (auto idle = pool_.Take(this, role)) return std::move(*idle);
    try {
      return Open(role);
    } catch (...) {
      pool_.Drop(role);
      throw;
    }
  }

  // A connection that is still inside a transaction is of no more use.
  void Give(ConnectionRole role, Connection connection) {
    if (connection.in_transaction()) {
      pool_.Drop(role);
      return;
    }
    pool_.Give(this, role, std::move(connection));
  }

  // After a commit, in the writer's turn.
  void CheckpointIfLong(Connection& writer) {
    const std::uint64_t wal_bytes = wal_pages_ * kPageBytes;
    if (wal_bytes < options_.wal_checkpoint_bytes) ResetThresholds();  // it was restarted
    if (wal_bytes >= next_pause_) {
      const bool done = gate_.WithoutReaders(
          options_.pause, [&] { Checkpoint(writer, SQLITE_CHECKPOINT_TRUNCATE); });
      if (done) {
        wal_pages_ = 0;
        return ResetThresholds();
      }
      next_pause_ = wal_bytes + options_.wal_pause_bytes / 4;
    }
    if (wal_bytes < next_checkpoint_) return;
    Checkpoint(writer, SQLITE_CHECKPOINT_PASSIVE);
    // While readers hold it the WAL goes on growing; not every commit shall pay for trying.
    next_checkpoint_ = wal_bytes + options_.wal_checkpoint_bytes / 4;
  }

  const std::filesystem::path path_;
  const StoreFileOptions options_;
  ConnectionPool& pool_;
  WriterQueue queue_;
  ReadGate gate_;
  std::atomic<std::uint64_t> last_change_{0};
  std::atomic<bool> committing_{false};

 private:
  // A failure loses nothing: the WAL keeps what was not copied, and the next try goes on.
  static void Checkpoint(Connection& writer, int mode) {
    sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, mode, nullptr, nullptr);
  }

  static int NoteWalPages(void* self, sqlite3*, const char*, int pages) {
    static_cast<Impl*>(self)->wal_pages_ = static_cast<std::uint64_t>(pages);
    return SQLITE_OK;
  }

  void ResetThresholds() {
    next_checkpoint_ = options_.wal_checkpoint_bytes;
    next_pause_ = options_.wal_pause_bytes;
  }

  Connection Open(ConnectionRole role) {
    const bool writer = role == ConnectionRole::kWriter;
    Connection connection(path_, writer && !prepared_ ? OpenMode::kCreate : OpenMode::kExisting);
    // The first connection comes from the constructor and brings the file into shape.
    if (!prepared_) Prepare(connection);
    connection.Execute("PRAGMA cache_size = -" + std::to_string(pool_.CacheBytes(role) / 1024));
    connection.Execute("PRAGMA temp_store = MEMORY");
    if (!writer) {
      connection.Execute("PRAGMA query_only = 1");
      // Pages outside of the small cache come from the kernel's without a copy.
      connection.Execute("PRAGMA mmap_size = 67108864");
      sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      return connection;
    }
    connection.Execute(options_.durability == Durability::kFull ? "PRAGMA synchronous = FULL"
                                                                : "PRAGMA synchronous = NORMAL");
    connection.Execute("PRAGMA secure_delete = FAST");
    if (options_.max_pages) {
      connection.Execute("PRAGMA max_page_count = " + std::to_string(*options_.max_pages));
    }
    // A WAL that a reader made long is cut back once it starts anew.
    connection.Execute("PRAGMA journal_size_limit = " +
                       std::to_string(options_.wal_checkpoint_bytes));
    // Takes the place of SQLite's own automatic checkpoint.
    sqlite3_wal_hook(connection.handle(), NoteWalPages, this);
    return connection;
  }

  void Prepare(Connection& connection) {
    const FileState state = Inspect(connection, kStoreFormat);
    if (state == FileState::kNew) {
      connection.Execute("PRAGMA page_size = 4096");
      // A file half-made by a killed process is made anew, as its version is still 0.
      if (options_.durability == Durability::kNormal)
        connection.Execute("PRAGMA synchronous = OFF");
    }
    if (state != FileState::kCurrent) {
      connection.Execute("PRAGMA journal_mode = WAL");
      Migrate(connection, kStoreFormat);
    }
    last_change_.store(ReadChange(connection));
    prepared_ = true;
  }

  bool prepared_ = false;
  // The three belong to the writer whose turn it is.
  std::uint64_t wal_pages_ = 0;
  std::uint64_t next_checkpoint_ = 0;
  std::uint64_t next_pause_ = 0;
};

// A connection for one transaction, which ends with it: by `end`, unless it has ended already.
class StoreFile::Impl::Lease {
 public:
  Lease(Impl& file, ConnectionRole role, const Query& end)
      : file_(file), role_(role), end_(end), connection_(file.Take(role)) {}
  ~Lease() {
    try {
      connection_.SetCancel({});
      // SQLite may have rolled back by itself (full disk).
      if (connection_.in_transaction()) connection_.Run(end_);
    } catch (const core::Error&) {
      // Give closes a connection that is still in its transaction.
    }
    file_.Give(role_, std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& operator*() noexcept { return connection_; }
  Connection* operator->() noexcept { return &connection_; }

 private:
  Impl& file_;
  const ConnectionRole role_;
  const Query& end_;
  Connection connection_;
};

class ReadTransaction::Impl {
 public:
  // Without a transaction: every statement is a snapshot of its own.
  explicit Impl(StoreFile::Impl& file)
      : turn_(file.gate_), connection_(file, ConnectionRole::kReader, kCommit) {}
  Impl(StoreFile::Impl& file, const core::Cancel& cancel) : Impl(file) {
    connection_->Run(kBeginRead);
    // BEGIN alone takes no snapshot, the first read does.
    change_ = ReadChange(*connection_);
    connection_->SetCancel(cancel);
  }

  Connection& connection() noexcept { return *connection_; }
  std::uint64_t change() const noexcept { return change_; }

 private:
  struct Turn {
    explicit Turn(ReadGate& entered) : gate(entered) { gate.Enter(); }
    ~Turn() { gate.Leave(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ReadGate& gate;
  };

  Turn turn_;
  StoreFile::Impl::Lease connection_;
  std::uint64_t change_ = 0;
};

class WriteTransaction::Impl {
 public:
  Impl(StoreFile::Impl& file, const core::Cancel& cancel)
      : file_(file),
        turn_(file.queue_, cancel),
        connection_(file, ConnectionRole::kWriter, kRollback) {
    connection_->Run(kBeginWrite);
    change_ = file_.last_change_.load() + 1;
    changes_before_ = connection_->total_changes();
    connection_->SetCancel(cancel);
  }

  Connection& connection() noexcept { return *connection_; }
  std::uint64_t change() const noexcept { return change_; }
  void OnCommit(std::function<void()> done) { on_commit_.push_back(std::move(done)); }

  void Commit() {
    // From here on it is all or nothing, quickly: no cancelling in between.
    connection_->SetCancel({});
    if (!connection_->in_transaction()) {
      throw core::Error(core::ErrorKind::kUnavailable,
                        "the transaction was rolled back after an error within it");
    }
    const bool changed = connection_->total_changes() != changes_before_;
    if (changed) connection_->Run(kWriteChange, change_);
    {
      const Committing committing(file_.committing_);
      connection_->Run(kCommit);
      if (changed) file_.last_change_.store(change_);
    }
    for (const auto& done : on_commit_) done();
    file_.CheckpointIfLong(*connection_);
  }

 private:
  struct Turn {
    Turn(WriterQueue& entered, const core::Cancel& cancel) : queue(entered) { queue.Enter(cancel); }
    ~Turn() { queue.Leave(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    WriterQueue& queue;
  };

  // True from before the commit can be seen until the change number says so.
  struct Committing {
    explicit Committing(std::atomic<bool>& mark) : flag(mark) { flag.store(true); }
    ~Committing() { flag.store(false); }
    Committing(const Committing&) = delete;
    Committing& operator=(const Committing&) = delete;
    std::atomic<bool>& flag;
  };

  StoreFile::Impl& file_;
  Turn turn_;
  StoreFile::Impl::Lease connection_;
  std::uint64_t change_ = 0;
  std::int64_t changes_before_ = 0;
  std::vector<std::function<void()>> on_commit_;
};

ReadTransaction::ReadTransaction(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReadTransaction::~ReadTransaction() = default;
ReadTransaction::ReadTransaction(ReadTransaction&&) noexcept = default;
ReadTransaction& ReadTransaction::operator=(ReadTransaction&&) noexcept = default;
Connection& ReadTransaction::connection() noexcept {
  return impl_->connection();
}
std::uint64_t ReadTransaction::change() const noexcept {
  return impl_->change();
}

WriteTransaction::WriteTransaction(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WriteTransaction::~WriteTransaction() = default;
WriteTransaction::WriteTransaction(WriteTransaction&&) noexcept = default;
Connection& WriteTransaction::connection() noexcept {
  return impl_->connection();
}
std::uint64_t WriteTransaction::change() const noexcept {
  return impl_->change();
}
void WriteTransaction::Commit() {
  impl_->Commit();
}
void WriteTransaction::OnCommit(std::function<void()> done) {
  impl_->OnCommit(std::move(done));
}

StoreFile::StoreFile(const std::filesystem::path& path, Durability durability,
                     ConnectionBudget& budget)
    : StoreFile(path, StoreFileOptions{.durability = durability}, budget) {}

StoreFile::StoreFile(const std::filesystem::path& path, const StoreFileOptions& options,
                     ConnectionBudget& budget)
    : impl_(std::make_unique<Impl>(path, options, budget.pool())) {}

StoreFile::~StoreFile() = default;

ReadTransaction StoreFile::Read(const core::Cancel& cancel) {
  return ReadTransaction(std::make_unique<ReadTransaction::Impl>(*impl_, cancel));
}

ReadTransaction StoreFile::ReadOnce() {
  return ReadTransaction(std::make_unique<ReadTransaction::Impl>(*impl_));
}

WriteTransaction StoreFile::Write(const core::Cancel& cancel) {
  return WriteTransaction(std::make_unique<WriteTransaction::Impl>(*impl_, cancel));
}

std::uint64_t StoreFile::last_change() const noexcept {
  return impl_->last_change_.load();
}
std::optional<std::uint64_t> StoreFile::settled_change() const noexcept {
  // In this order: a commit that could be seen before this call is under way still, or has set the
  // number. The other way round it could end between the two, and an old number pass for settled.
  if (impl_->committing_.load()) return std::nullopt;
  return impl_->last_change_.load();
}
const std::filesystem::path& StoreFile::path() const noexcept {
  return impl_->path_;
}
std::size_t StoreFile::waiting_writers() const {
  return impl_->queue_.waiting();
}

}  // namespace healthlake::store
