// Decompressed body blocks that reads by id share.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "healthlake/store/body_codec.hpp"

namespace healthlake::store {

// For all data stores of the process, up to a number of bytes, least recently used first out.
// Thread-safe. A committed block never changes and its number is never given to another one, so
// nothing is ever invalidated; what a write transaction has not committed yet must not get here.
class BlockCache {
 public:
  using Block = std::shared_ptr<const BodyBlock>;

  explicit BlockCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // A number for one opening of one file.
  std::uint64_t NewFile() { return ++last_file_; }
  // Null when it is not there.
  Block Find(std::uint64_t file, std::uint64_t number);
  void Keep(std::uint64_t file, std::uint64_t number, Block block);

 private:
  struct Key {
    std::uint64_t file = 0;
    std::uint64_t number = 0;
    bool operator==(const Key&) const = default;
  };
  struct HashKey {
    std::size_t operator()(const Key& key) const noexcept {
      return static_cast<std::size_t>((key.number + (key.file << 40)) * 0x9E3779B97F4A7C15U);
    }
  };
  struct Item {
    Key key;
    Block block;
  };

  const std::size_t max_bytes_;
  std::atomic<std::uint64_t> last_file_{0};
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Item> recent_;  // most recent first
  std::unordered_map<Key, std::list<Item>::iterator, HashKey> places_;
};

// One file's share of the cache.
struct SharedBlocks {
  BlockCache& cache;
  std::uint64_t file = 0;
};

}  // namespace healthlake::store
