#include "index/catalog.hpp"

namespace healthlake::index {
namespace {

// Older snapshots are rare and short; theirs are read again.
constexpr std::size_t kKeptGenerations = 4;

}  // namespace

std::shared_ptr<const RunList> Catalog::FindRuns(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  for (const auto& [kept, runs] : runs_) {
    if (kept == generation) return runs;
  }
  return nullptr;
}

void Catalog::KeepRuns(std::uint64_t generation, std::shared_ptr<const RunList> runs) {
  const std::lock_guard lock(mutex_);
  for (const auto& [kept, unused] : runs_) {
    if (kept == generation) return;
  }
  runs_.emplace_front(generation, std::move(runs));
  if (runs_.size() > kKeptGenerations) runs_.pop_back();
}

std::shared_ptr<const Directory> Catalog::FindDirectory(std::uint64_t run) {
  const std::lock_guard lock(mutex_);
  const auto found = directories_.find(run);
  if (found == directories_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->directory;
}

void Catalog::KeepDirectory(std::uint64_t run, std::shared_ptr<const Directory> directory) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(run)) return;
  kept_bytes_ += directory->bytes();
  order_.push_front({run, std::move(directory)});
  directories_[run] = order_.begin();
  while (kept_bytes_ > directory_bytes_ && order_.size() > 1) Erase(std::prev(order_.end()));
}

void Catalog::DropDirectory(std::uint64_t run) {
  const std::lock_guard lock(mutex_);
  const auto found = directories_.find(run);
  if (found != directories_.end()) Erase(found->second);
}

void Catalog::Erase(Order::iterator kept) {
  kept_bytes_ -= kept->directory->bytes();
  directories_.erase(kept->run);
  order_.erase(kept);
}

}  // namespace healthlake::index
