// Turns ascending postings into the blocks and the directory of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "index/block.hpp"
#include "index/directory.hpp"

namespace healthlake::index {

class RunBuilder {
 public:
  explicit RunBuilder(std::size_t block_bytes);

  // Groups must come in ascending order of (param, key), a group's rids ascending and once each.
  void BeginGroup(Param param, const Key& key);
  void Add(Rid rid, Sign sign);
  // Ends the last group and the last block.
  void Finish();

  // Whole blocks since the last call, in order of their numbers.
  std::vector<std::string> TakeBlocks();
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }

  const Directory& directory() const noexcept { return directory_; }
  const PostingCount& count() const noexcept { return count_; }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  // Sizes of the open segment's payload in each coding.
  struct Sizes {
    std::size_t gaps = 0;
    std::size_t signed_gaps = 0;
    std::size_t bitmap = 0;
    bool any_removed = false;

    std::size_t Smallest() const noexcept;
    Coding Best() const noexcept;
  };

  Sizes With(Rid rid, Sign sign) const;
  void CloseSegment();
  void CloseBlock();

  const std::size_t capacity_;
  std::string block_;
  SegmentBase base_;  // the block's last closed segment
  bool first_in_block_ = true;

  Param param_ = 0;
  Key key_;
  bool group_continues_ = false;
  Postings postings_;  // of the open segment
  Sizes sizes_;

  std::vector<std::string> blocks_;
  std::size_t waiting_bytes_ = 0;
  Directory directory_;
  PostingCount count_;
  std::uint64_t bytes_ = 0;
};

}  // namespace healthlake::index
