#include "datastore/version_cache.hpp"

#include <iterator>

namespace healthlake::datastore {

std::optional<StoredVersion> VersionCache::Find(const Key& key, std::uint64_t change) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end() || found->second->change != change) return std::nullopt;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->version;
}

void VersionCache::Keep(const Key& key, std::uint64_t change, const StoredVersion& version) {
  std::list<Item> fresh;  // made and freed outside of the lock
  fresh.push_back({key.store, key.type, std::string(key.id), change, version});
  const std::size_t size = fresh.front().bytes();
  // One large body would drive all others out.
  if (size > max_bytes_ / 64) return;
  std::list<Item> dropped;
  const std::lock_guard lock(mutex_);
  if (const auto old = places_.find(key); old != places_.end()) Drop(old->second, dropped);
  recent_.splice(recent_.begin(), fresh);
  places_.emplace(recent_.front().key(), recent_.begin());
  bytes_ += size;
  while (bytes_ > max_bytes_) Drop(std::prev(recent_.end()), dropped);
}

void VersionCache::Drop(std::list<Item>::iterator item, std::list<Item>& dropped) {
  bytes_ -= item->bytes();
  places_.erase(item->key());
  dropped.splice(dropped.begin(), recent_, item);
}

}  // namespace healthlake::datastore
