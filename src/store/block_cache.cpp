#include "healthlake/store/block_cache.hpp"

#include <utility>

namespace healthlake::store {
namespace {

// What an item takes beside its bytes: list node, map node, the views of its bodies.
constexpr std::size_t kItemBytes = 512;

std::size_t SizeOf(const BodyBlock& block) {
  return block.bytes() + kItemBytes;
}

}  // namespace

BlockCache::Block BlockCache::Find(std::uint64_t file, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find({file, number});
  if (found == places_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->block;
}

void BlockCache::Keep(std::uint64_t file, std::uint64_t number, Block block) {
  const std::size_t size = SizeOf(*block);
  // A single large block would drive all others out.
  if (size > max_bytes_ / 8) return;
  std::list<Item> dropped;  // freed outside of the lock
  const std::lock_guard lock(mutex_);
  const Key key{file, number};
  if (places_.contains(key)) return;
  recent_.push_front({key, std::move(block)});
  places_.emplace(key, recent_.begin());
  bytes_ += size;
  while (bytes_ > max_bytes_) {
    bytes_ -= SizeOf(*recent_.back().block);
    places_.erase(recent_.back().key);
    dropped.splice(dropped.begin(), recent_, std::prev(recent_.end()));
  }
}

}  // namespace healthlake::store
