// The folder that a server owns, and what lies where in it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "healthlake/store/ids.hpp"

namespace healthlake::store {

// Immutable once made, so thread-safe. Holds the folder's lock as long as it lives.
class DataDirectory {
 public:
  // Makes the folder and its parents when absent, marks it with its version and locks it. Throws
  // core::Error{kUnavailable} with a one-line message, and leaves everything as it is, when another
  // process has it, when it is of another version, or when it cannot be written. Foreign files in
  // it (`s3/`, lost+found) stay as they are.
  static DataDirectory Open(const std::filesystem::path& path);
  // A new folder under `parent`, removed with all its content on destruction.
  static DataDirectory Temporary(const std::filesystem::path& parent);

  ~DataDirectory();
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  bool temporary() const noexcept { return temporary_; }

  std::filesystem::path control_file() const;                     // control.sqlite
  std::filesystem::path store_file(const DatastoreId& id) const;  // stores/<id>.sqlite
  // Jobs write their output here before it goes to the object storage. The folder exists.
  std::filesystem::path spool() const;  // spool/

  // Removes the store's file with its -wal and -shm; absent ones are fine. It must be closed.
  void RemoveStore(const DatastoreId& id) const;
  // The stores that have a file.
  std::vector<DatastoreId> ListStores() const;

 private:
  DataDirectory(std::filesystem::path path, bool temporary, int lock);

  std::filesystem::path path_;
  bool temporary_ = false;
  int lock_ = -1;  // an open file description with an exclusive flock
};

}  // namespace healthlake::store
