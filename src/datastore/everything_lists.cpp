#include "datastore/everything_lists.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace healthlake::datastore {

EverythingLists::ListPtr EverythingLists::Find(std::uint64_t change, std::string_view conditions) {
  const std::lock_guard lock(mutex_);
  if (change != change_) return nullptr;
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const Kept& kept) { return kept.conditions == conditions; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->list;
}

void EverythingLists::Forget(std::list<Kept>::iterator kept) {
  bytes_ -= kept->list->bytes();
  kept_.erase(kept);
}

void EverythingLists::Keep(std::uint64_t change, std::string conditions, ListPtr list) {
  const std::size_t bytes = list->bytes();
  const std::lock_guard lock(mutex_);
  // A reader of an older snapshot may come late.
  if (change < change_ || bytes > kMaxBytes) return;
  if (change > change_) {
    kept_.clear();
    bytes_ = 0;
    change_ = change;
  }
  const auto same = std::find_if(kept_.begin(), kept_.end(),
                                 [&](const Kept& kept) { return kept.conditions == conditions; });
  if (same != kept_.end()) Forget(same);
  while (kept_.size() >= kMaxLists || bytes_ + bytes > kMaxBytes) Forget(std::prev(kept_.end()));
  kept_.push_front({std::move(conditions), std::move(list)});
  bytes_ += bytes;
}

}  // namespace healthlake::datastore
