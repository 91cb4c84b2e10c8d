#include "index/run_builder.hpp"

#include <algorithm>
#include <utility>

namespace healthlake::index {
namespace {

// A block of 4096 with its row header must fit into one page of SQLite, or each costs two.
constexpr std::size_t kRowOverhead = 48;
constexpr std::size_t kSmallestCapacity = 16;

// A decoded segment is held in memory whole: bounds what a dense bitmap may unfold to.
constexpr std::size_t kMaxSegmentPostings = 16'384;

}  // namespace

std::size_t RunBuilder::Sizes::Smallest() const noexcept {
  return any_removed ? signed_gaps : std::min(gaps, bitmap);
}

Coding RunBuilder::Sizes::Best() const noexcept {
  if (any_removed) return Coding::kSignedGaps;
  return bitmap < gaps ? Coding::kBitmap : Coding::kGaps;
}

RunBuilder::RunBuilder(std::size_t block_bytes)
    : capacity_(std::max(block_bytes, kSmallestCapacity + kRowOverhead) - kRowOverhead) {}

void RunBuilder::BeginGroup(Param param, const Key& key) {
  CloseSegment();
  param_ = param;
  key_ = key;
  group_continues_ = false;
}

RunBuilder::Sizes RunBuilder::With(Rid rid, Sign sign) const {
  Sizes sizes = sizes_;
  sizes.any_removed |= sign == Sign::kRemove;
  if (postings_.rids.empty()) return sizes;
  const std::uint64_t gap = std::uint64_t{rid} - postings_.rids.back() - 1;
  sizes.gaps += VarintSize(gap);
  sizes.signed_gaps += VarintSize(gap << 1);
  sizes.bitmap = (std::size_t{rid} - postings_.rids.front() + 7) / 8;
  return sizes;
}

void RunBuilder::Add(Rid rid, Sign sign) {
  Sizes sizes = With(rid, sign);
  const bool has_content = !block_.empty() || !postings_.rids.empty();
  if (has_content && (block_.size() + kMaxHeaderBytes + sizes.Smallest() > capacity_ ||
                      postings_.rids.size() == kMaxSegmentPostings)) {
    CloseBlock();
    sizes = With(rid, sign);
  }
  if (sign == Sign::kRemove && postings_.removed.empty()) {
    postings_.removed.assign(postings_.rids.size(), 0);
    postings_.removed.push_back(1);
  } else if (sizes.any_removed) {
    postings_.removed.push_back(sign == Sign::kRemove ? 1 : 0);
  }
  postings_.rids.push_back(rid);
  sizes_ = sizes;
}

void RunBuilder::CloseSegment() {
  if (postings_.rids.empty()) return;
  AppendSegment(block_, base_, param_, key_, postings_, sizes_.Best(), sizes_.Smallest());
  const auto removes =
      static_cast<std::uint32_t>(std::count(postings_.removed.begin(), postings_.removed.end(), 1));
  const auto adds = static_cast<std::uint32_t>(postings_.rids.size()) - removes;
  if (first_in_block_) {
    directory_.Append({.key = key_,
                       .param = param_,
                       .first_rid = postings_.rids.front(),
                       .adds = adds,
                       .removes = removes,
                       .continues = group_continues_});
  }
  count_ += {adds, removes};
  base_ = {.any = true, .param = param_, .key = key_};
  first_in_block_ = false;
  group_continues_ = true;
  postings_.Clear();
  sizes_ = {};
}

void RunBuilder::CloseBlock() {
  CloseSegment();
  if (block_.empty()) return;
  bytes_ += block_.size();
  waiting_bytes_ += block_.size();
  blocks_.push_back(std::exchange(block_, {}));
  block_.reserve(capacity_ + kMaxHeaderBytes);
  base_ = {};
  first_in_block_ = true;
}

void RunBuilder::Finish() {
  CloseBlock();
}

std::vector<std::string> RunBuilder::TakeBlocks() {
  waiting_bytes_ = 0;
  return std::exchange(blocks_, {});
}

}  // namespace healthlake::index
