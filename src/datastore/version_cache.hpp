// Current versions that reads by id have found.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "healthlake/datastore/view.hpp"

namespace healthlake::datastore {

// For all stores of the process, up to a number of bytes, least recently used first out. An entry
// holds for one change number of its store, so nothing need be told of writes: with the next commit
// it is not found any more. Thread-safe.
class VersionCache {
 public:
  explicit VersionCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // A number for one opening of one store.
  std::uint64_t NewStore() { return ++last_store_; }

  struct Key {
    std::uint64_t store = 0;
    fhir::ResourceType type;
    std::string_view id;
    bool operator==(const Key&) const = default;
  };
  std::optional<StoredVersion> Find(const Key& key, std::uint64_t change);
  void Keep(const Key& key, std::uint64_t change, const StoredVersion& version);

 private:
  struct Item {
    std::uint64_t store = 0;
    fhir::ResourceType type;
    std::string id;
    std::uint64_t change = 0;
    StoredVersion version;

    Key key() const { return {store, type, id}; }
    std::size_t bytes() const { return version.json.size() + kItemBytes; }
  };
  struct HashKey {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<std::string_view>()(key.id) ^
             (key.store << 8 | key.type.number()) * 0x9E3779B97F4A7C15U;
    }
  };
  // What an item takes beside its body: itself, two nodes, the id.
  static constexpr std::size_t kItemBytes = 320;

  void Drop(std::list<Item>::iterator item, std::list<Item>& dropped);

  const std::size_t max_bytes_;
  std::atomic<std::uint64_t> last_store_{0};
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Item> recent_;                                              // most recent first
  std::unordered_map<Key, std::list<Item>::iterator, HashKey> places_;  // keys point into the items
};

}  // namespace healthlake::datastore
