// One data store's SQLite file: its connections, its single writer, its snapshots.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "healthlake/core/cancel.hpp"
#include "healthlake/store/connection.hpp"

namespace healthlake::store {

class ConnectionBudget;

enum class Durability {
  kNormal,  // survives the death of the process (synchronous=NORMAL)
  kFull,    // survives the loss of power as well (synchronous=FULL)
};

struct StoreFileOptions {
  Durability durability = Durability::kNormal;
  // The writer copies the WAL into the file once it is this long …
  std::uint64_t wal_checkpoint_bytes = std::uint64_t{40} << 20;
  // … and beyond this, when readers pin it, new reads pause for the checkpoint that restarts it …
  std::uint64_t wal_pause_bytes = std::uint64_t{128} << 20;
  // … for at most this long: then the writer gives up until the WAL has grown by another quarter.
  std::chrono::milliseconds pause = std::chrono::milliseconds(1000);
  // The file's largest size in pages of 4096 bytes; more is a full disk. For tests.
  std::optional<std::uint64_t> max_pages = {};
};

class StoreFile;

// A snapshot: everything read through it is of one moment, the one when it was opened. Confined to
// one thread at a time. Holds a pooled connection until destroyed; keep it short, as it holds back
// the WAL's checkpoint, and take one at a time per thread.
class ReadTransaction {
 public:
  ~ReadTransaction();
  ReadTransaction(ReadTransaction&&) noexcept;
  ReadTransaction& operator=(ReadTransaction&&) noexcept;
  Connection& connection() noexcept;
  // The change number of the last commit that the snapshot holds.
  std::uint64_t change() const noexcept;

 private:
  friend class StoreFile;
  class Impl;
  explicit ReadTransaction(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The one write transaction of the file (BEGIN IMMEDIATE); rolled back unless committed. Waiting
// writers get their turn in order, inside the process, never by SQLite's busy sleep. A thread that
// has one must not ask for another of the same file. May be handed to another thread.
class WriteTransaction {
 public:
  ~WriteTransaction();
  WriteTransaction(WriteTransaction&&) noexcept;
  Connection& connection() noexcept;
  // This commit's change number: one more than the last one's. Every version row carries it.
  std::uint64_t change() const noexcept;
  // Durable as the Durability says when it returns. Throws core::Error{kUnavailable} on a full
  // disk, and then nothing of the transaction is kept. A transaction that changed no row keeps the
  // store's change number as it was. No use of the transaction but destroying it after this.
  void Commit();
  // `done` runs right after a successful commit, before the next writer's turn, in the order of
  // registration; never when the transaction ends otherwise. It must not throw nor touch the file.
  void OnCommit(std::function<void()> done);

 private:
  friend class StoreFile;
  class Impl;
  explicit WriteTransaction(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Thread-safe. Opening creates the file or migrates it (PRAGMA user_version); a file of a newer
// version or of another program is refused and left untouched.
class StoreFile {
 public:
  StoreFile(const std::filesystem::path& path, Durability durability, ConnectionBudget& budget);
  StoreFile(const std::filesystem::path& path, const StoreFileOptions& options,
            ConnectionBudget& budget);
  ~StoreFile();  // checkpoints the WAL and closes; no transaction may be open

  // `cancel` stops long statements of the transaction (kUnavailable), and for a write also the
  // waiting for its turn.
  ReadTransaction Read(const core::Cancel& cancel = {});
  // For a single statement, which sees the last commit; a second one may see a later commit. Spares
  // what opening and closing a snapshot cost. Its change() is 0.
  ReadTransaction ReadOnce();
  WriteTransaction Write(const core::Cancel& cancel = {});

  // The change number of the last commit: lets a prepared difference notice that it is stale.
  std::uint64_t last_change() const noexcept;
  // The same, or nullopt while a commit is under way: what was read between two calls that give the
  // same number is the state of that change.
  std::optional<std::uint64_t> settled_change() const noexcept;
  const std::filesystem::path& path() const noexcept;

  // How many writers wait for their turn now.
  std::size_t waiting_writers() const;

 private:
  friend class ReadTransaction;
  friend class WriteTransaction;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::store
