// What is known of a run's blocks without reading them. Format: README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/index/index.hpp"

namespace healthlake::index {

using BlockNumber = std::uint32_t;

// One block's first segment.
struct DirectoryEntry {
  Key key;
  Param param = 0;
  Rid first_rid = 0;
  std::uint32_t adds = 0;
  std::uint32_t removes = 0;
  bool continues = false;  // the segment's group began in an earlier block
};

// Adds and removes of a group or of a part of it.
struct PostingCount {
  std::uint64_t adds = 0;
  std::uint64_t removes = 0;

  PostingCount& operator+=(const PostingCount& other) {
    adds += other.adds;
    removes += other.removes;
    return *this;
  }
};

// Immutable once filled; shared by threads.
class Directory {
 public:
  static constexpr std::size_t kEntriesPerPart = 1024;

  void Append(const DirectoryEntry& entry) { entries_.push_back(entry); }
  // Appends the entries of a stored part. Throws core::Error{kInternal} when it is damaged.
  void AppendPart(std::string_view bytes);
  // The stored form of the entries from `first` on, at most kEntriesPerPart.
  std::string EncodePart(std::size_t first) const;

  BlockNumber size() const noexcept { return static_cast<BlockNumber>(entries_.size()); }
  const DirectoryEntry& operator[](BlockNumber block) const { return entries_[block]; }
  std::size_t bytes() const noexcept { return entries_.capacity() * sizeof(DirectoryEntry); }

  // The first block whose first segment is at or after (param, key).
  BlockNumber LowerBound(Param param, const Key& key) const;
  // One past the last block from `block` on whose first segment goes on with (param, key).
  BlockNumber ContinuationEnd(BlockNumber block, Param param, const Key& key) const;
  // The counts of the first segments of [first, last).
  PostingCount Sum(BlockNumber first, BlockNumber last) const;
  // Of the values of `param` with first <= order <= last.
  RangeSize SizeOf(Param param, std::uint64_t first, std::uint64_t last) const;

 private:
  std::vector<DirectoryEntry> entries_;
};

}  // namespace healthlake::index
