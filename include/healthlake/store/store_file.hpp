// One data store's SQLite file: its connections, its single writer, its snapshots.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "healthlake/core/cancel.hpp"
#include "healthlake/store/connection.hpp"

namespace healthlake::store {

class ConnectionBudget;

enum class Durability {
  kNormal,  // survives the death of the process (synchronous=NORMAL)
  kFull,    // survives the loss of power as well (synchronous=FULL)
};

class StoreFile;

// A snapshot: everything read through it is of one moment. Confined to one thread. Holds a pooled
// connection until destroyed; keep it short, as it holds back the WAL's checkpoint.
class ReadTransaction {
 public:
  ~ReadTransaction();
  ReadTransaction(ReadTransaction&&) noexcept;
  Connection& connection() noexcept;

 private:
  friend class StoreFile;
  class Impl;
  explicit ReadTransaction(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The one write transaction of the file (BEGIN IMMEDIATE); rolled back unless committed. Waiting
// writers get their turn in order, inside the process, never by SQLite's busy sleep.
class WriteTransaction {
 public:
  ~WriteTransaction();
  WriteTransaction(WriteTransaction&&) noexcept;
  Connection& connection() noexcept;
  // This commit's change number: one more than the last one's. Every version row carries it.
  std::uint64_t change() const noexcept;
  // Durable as the Durability says when it returns. Throws core::Error{kUnavailable} on a full disk,
  // and then nothing of the transaction is kept.
  void Commit();

 private:
  friend class StoreFile;
  class Impl;
  explicit WriteTransaction(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Thread-safe. Opening creates the file or migrates it (PRAGMA user_version); a file of a newer
// version is refused and left untouched.
class StoreFile {
 public:
  StoreFile(const std::filesystem::path& path, Durability durability, ConnectionBudget& budget);
  ~StoreFile();  // checkpoints the WAL and closes; no transaction may be open

  ReadTransaction Read();
  // Waits for its turn; throws kUnavailable when `cancel` turns first.
  WriteTransaction Write(const core::Cancel& cancel = {});

  // The change number of the last commit: lets a prepared difference notice that it is stale.
  std::uint64_t last_change() const noexcept;
  const std::filesystem::path& path() const noexcept;

 private:
  friend class ReadTransaction;
  friend class WriteTransaction;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::store
