// The groups of one run within a range of values, in either direction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "healthlake/index/index.hpp"
#include "index/run_view.hpp"

namespace healthlake::index {

// Stands on a group or past the last one. The view must outlive it.
class GroupWalk {
 public:
  GroupWalk(const RunView& view, Param param, std::uint64_t first, std::uint64_t last,
            Direction direction);

  bool valid() const noexcept { return valid_; }
  const Key& key() const { return segments_[at_].key; }
  Group group() const;
  // The only posting of the group, as far as that can be said without another block; else null.
  const Segment* only_posting() const {
    const Segment& segment = segments_[at_];
    return at_ + 1 < segments_.size() && segment.count() == 1 ? &segment : nullptr;
  }
  void Next();

 private:
  void Load(BlockNumber block);
  void StartAscending();
  void StartDescending();
  void StepUp();
  void StepDown();
  // From any segment of a group to its first one.
  void ToGroupStart();
  void CheckRange();

  const RunView* view_;
  const Param param_;
  const std::uint64_t first_;
  const std::uint64_t last_;
  const Direction direction_;
  bool valid_ = false;
  BlockNumber block_ = 0;
  std::shared_ptr<const std::string> bytes_;
  std::vector<Segment> segments_;
  std::size_t at_ = 0;
};

}  // namespace healthlake::index
