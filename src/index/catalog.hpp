// What readers of one index share in memory: lists of live runs and the runs' directories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "healthlake/store/index_tables.hpp"
#include "index/directory.hpp"

namespace healthlake::index {

using RunList = std::vector<store::IndexRunRow>;

// Thread-safe. Only what has been committed may be kept: generations and run numbers of a
// transaction that is rolled back are given again.
class Catalog {
 public:
  explicit Catalog(std::size_t directory_bytes) : directory_bytes_(directory_bytes) {}

  // Null when not kept.
  std::shared_ptr<const RunList> FindRuns(std::uint64_t generation);
  void KeepRuns(std::uint64_t generation, std::shared_ptr<const RunList> runs);
  std::shared_ptr<const Directory> FindDirectory(std::uint64_t run);
  // Drops the least recently used beyond the bound; readers that hold them keep them.
  void KeepDirectory(std::uint64_t run, std::shared_ptr<const Directory> directory);
  void DropDirectory(std::uint64_t run);

 private:
  struct Kept {
    std::uint64_t run;
    std::shared_ptr<const Directory> directory;
  };
  using Order = std::list<Kept>;

  void Erase(Order::iterator kept);

  const std::size_t directory_bytes_;
  std::mutex mutex_;
  std::deque<std::pair<std::uint64_t, std::shared_ptr<const RunList>>> runs_;
  Order order_;  // the most recently used first
  std::unordered_map<std::uint64_t, Order::iterator> directories_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace healthlake::index
