// One run as a snapshot shows it: finding groups, reading their postings.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "index/block.hpp"
#include "index/directory.hpp"

namespace healthlake::index {

// Where blocks come from: a snapshot of the file, or a test's memory.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  virtual void Read(std::uint64_t run, BlockNumber block, std::string& bytes) = 0;
  virtual std::shared_ptr<const Directory> LoadDirectory(std::uint64_t run) = 0;
};

// One value's postings in one run: from a segment of `block` on, through all first segments of the
// blocks up to `end`.
struct Group {
  Param param = 0;
  Key key;
  PostingCount count;
  BlockNumber block = 0;
  BlockNumber end = 0;
  std::shared_ptr<const std::string> bytes;  // of `block`; null: not read, the group is its first
  Segment segment;                           // in `bytes`
};

inline bool Precedes(Param a_param, const Key& a, Param b_param, const Key& b) {
  if (a_param != b_param) return a_param < b_param;
  if (a.order != b.order) return a.order < b.order;
  return a.check < b.check;
}

// Confined to its reader's thread. The directory is fetched when first needed.
class RunView {
 public:
  RunView(std::uint64_t run, std::uint64_t removes, BlockSource& source)
      : run_(run), removes_(removes), source_(&source) {}

  bool has_removes() const noexcept { return removes_ != 0; }
  const Directory& directory() const {
    if (!directory_) directory_ = source_->LoadDirectory(run_);
    return *directory_;
  }

  std::shared_ptr<const std::string> ReadBlock(BlockNumber block) const;
  std::optional<Group> Find(Param param, const Key& key) const;

  // Replaces `out` by the postings of the group in `block`, one of [group.block, group.end).
  void ReadPostings(const Group& group, BlockNumber block, Postings& out) const;

 private:
  std::uint64_t run_;
  std::uint64_t removes_;
  BlockSource* source_;
  mutable std::shared_ptr<const Directory> directory_;
};

}  // namespace healthlake::index
