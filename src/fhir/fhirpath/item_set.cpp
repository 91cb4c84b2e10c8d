#include "fhir/fhirpath/item_set.hpp"

#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {
bool ItemSet::Same(std::size_t at, const Item& item) const {
  return Equal(evaluation_[at], item) == Truth::kTrue;
}

bool ItemSet::Insert(std::size_t at) {
  const Item item = evaluation_[at];
  if (Contains(item)) return false;
  if (few_.size() < kFew && slots_.empty()) {
    few_.push_back(at);
    return true;
  }
  if (slots_.empty()) {
    for (const std::size_t early : few_) Hash(early, HashOf(evaluation_[early]));
  }
  Hash(at, HashOf(item));
  return true;
}

bool ItemSet::Contains(const Item& item) const {
  if (!evaluation_.Step(CostOf(item))) return false;
  if (slots_.empty()) {
    for (const std::size_t at : few_) {
      if (Same(at, item)) return true;
    }
    return false;
  }
  const std::uint64_t hash = HashOf(item);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i].place != 0; i = (i + 1) & mask) {
    if (slots_[i].hash != hash) continue;
    if (!evaluation_.Step()) return false;
    if (Same(slots_[i].place - 1, item)) return true;
  }
  return false;
}

void ItemSet::Hash(std::size_t at, std::uint64_t hash) {
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<Slot> before(slots_.empty() ? 4 * kFew : 2 * slots_.size());
    before.swap(slots_);
    used_ = 0;
    for (const Slot& slot : before) {
      if (slot.place != 0) Hash(slot.place - 1, slot.hash);
    }
  }
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i].place != 0) i = (i + 1) & mask;
  slots_[i] = {hash, at + 1};
  ++used_;
}

}  // namespace healthlake::fhir::fhirpath
