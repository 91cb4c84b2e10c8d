#include "index/group_walk.hpp"

#include <limits>

namespace healthlake::index {

GroupWalk::GroupWalk(const RunView& view, Param param, std::uint64_t first, std::uint64_t last,
                     Direction direction)
    : view_(&view), param_(param), first_(first), last_(last), direction_(direction) {
  if (view.directory().size() == 0 || first > last) return;
  if (direction == Direction::kAscending) {
    StartAscending();
  } else {
    StartDescending();
  }
}

Group GroupWalk::group() const {
  const Segment& segment = segments_[at_];
  Group group{.param = param_,
              .key = segment.key,
              .count = {segment.adds, segment.removes},
              .block = block_,
              .end = block_ + 1,
              .bytes = bytes_,
              .segment = segment};
  if (at_ + 1 == segments_.size()) {
    group.end = view_->directory().ContinuationEnd(block_ + 1, param_, segment.key);
    group.count += view_->directory().Sum(block_ + 1, group.end);
  }
  return group;
}

void GroupWalk::Next() {
  if (direction_ == Direction::kAscending) {
    StepUp();
  } else {
    StepDown();
  }
}

void GroupWalk::Load(BlockNumber block) {
  block_ = block;
  bytes_ = view_->ReadBlock(block);
  segments_.clear();
  SegmentScanner scanner(*bytes_);
  for (Segment segment; scanner.Next(segment);) segments_.push_back(segment);
  if (segments_.empty()) ByteReader::Damaged();
}

void GroupWalk::StartAscending() {
  const Key from{first_, 0};
  const BlockNumber block = view_->directory().LowerBound(param_, from);
  // The block before may hold the first value behind smaller ones; it never begins with it.
  Load(block == 0 ? 0 : block - 1);
  for (at_ = 0; at_ < segments_.size(); ++at_) {
    if (!Precedes(segments_[at_].param, segments_[at_].key, param_, from)) return CheckRange();
  }
  at_ = segments_.size() - 1;
  StepUp();
}

void GroupWalk::StartDescending() {
  const Key to{last_, std::numeric_limits<std::uint64_t>::max()};
  const Directory& blocks = view_->directory();
  BlockNumber block = blocks.LowerBound(param_, to);
  while (block < blocks.size() && blocks[block].param == param_ && blocks[block].key == to) ++block;
  if (block == 0) return;
  Load(block - 1);
  at_ = segments_.size() - 1;
  while (Precedes(param_, to, segments_[at_].param, segments_[at_].key)) {
    if (at_ == 0) ByteReader::Damaged();
    --at_;
  }
  ToGroupStart();
  CheckRange();
}

void GroupWalk::StepUp() {
  const Directory& blocks = view_->directory();
  valid_ = false;
  if (at_ + 1 < segments_.size()) {
    ++at_;
    return CheckRange();
  }
  const Segment last = segments_[at_];
  const BlockNumber next = blocks.ContinuationEnd(block_ + 1, last.param, last.key);
  if (next > block_ + 1) {
    Load(next - 1);
    if (segments_.size() > 1) {
      at_ = 1;
      return CheckRange();
    }
  }
  if (next == blocks.size()) return;
  Load(next);
  at_ = 0;
  CheckRange();
}

void GroupWalk::StepDown() {
  valid_ = false;
  if (at_ > 0) {
    --at_;
  } else {
    if (block_ == 0) return;
    Load(block_ - 1);
    at_ = segments_.size() - 1;
  }
  ToGroupStart();
  CheckRange();
}

void GroupWalk::ToGroupStart() {
  const Directory& blocks = view_->directory();
  if (at_ != 0 || !blocks[block_].continues) return;
  const Segment segment = segments_[0];
  BlockNumber block = block_ - 1;
  while (blocks[block].continues && blocks[block].param == segment.param &&
         blocks[block].key == segment.key) {
    --block;
  }
  Load(block);
  at_ = segments_.size() - 1;
}

void GroupWalk::CheckRange() {
  const Segment& segment = segments_[at_];
  valid_ = segment.param == param_ && segment.key.order >= first_ && segment.key.order <= last_;
}

}  // namespace healthlake::index
