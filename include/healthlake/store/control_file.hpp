// The control file: data stores, jobs, transactions, tags and client tokens of all owners, and the
// secrets of the process, in one SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "healthlake/store/control_datastores.hpp"
#include "healthlake/store/control_jobs.hpp"
#include "healthlake/store/control_secrets.hpp"
#include "healthlake/store/control_tags.hpp"
#include "healthlake/store/control_tokens.hpp"
#include "healthlake/store/control_transactions.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::store {

class Connection;

// The repositories over one connection. Confined to the thread that opened the transaction.
struct ControlTables {
  explicit ControlTables(Connection& connection)
      : datastores(connection),
        jobs(connection),
        secrets(connection),
        tags(connection),
        tokens(connection),
        transactions(connection) {}

  DatastoreRepository datastores;
  JobRepository jobs;
  SecretRepository secrets;
  TagRepository tags;
  ClientTokenRepository tokens;
  TransactionRepository transactions;
};

// A snapshot of one moment; only the const members of the repositories can be reached. Keep it
// short: it holds a pooled connection.
class ControlRead {
 public:
  ~ControlRead();
  ControlRead(ControlRead&&) noexcept;
  const ControlTables* operator->() const noexcept;
  const ControlTables& operator*() const noexcept;

 private:
  friend class ControlFile;
  class Impl;
  explicit ControlRead(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The one write transaction (BEGIN IMMEDIATE); rolled back unless committed. Reads its own writes.
class ControlWrite {
 public:
  ~ControlWrite();
  ControlWrite(ControlWrite&&) noexcept;
  ControlTables* operator->() noexcept;
  ControlTables& operator*() noexcept;
  // Throws core::Error{kUnavailable} on a full disk; then nothing of the transaction is kept.
  void Commit();

 private:
  friend class ControlFile;
  class Impl;
  explicit ControlWrite(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Thread-safe. Opening creates the file or migrates it under PRAGMA user_version; a file of a newer
// version is refused (core::Error{kUnavailable}) and left untouched. Readers never wait for the
// writer; writers wait for each other inside the process.
class ControlFile {
 public:
  explicit ControlFile(const std::filesystem::path& path,
                       Durability durability = Durability::kNormal);
  ~ControlFile();  // checkpoints and closes; no transaction may be open

  ControlRead Read();
  ControlWrite Write();

  // Whether the store's row says ACTIVE, as of the last commit. From memory: every request of the
  // data plane asks.
  bool IsActive(const DatastoreId& id) const;

 private:
  friend class ControlRead;
  friend class ControlWrite;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::store
