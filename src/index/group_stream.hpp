// Cursors over one value: its groups in several runs and its rows of the delta.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "healthlake/index/cursor.hpp"
#include "index/run_view.hpp"

namespace healthlake::index {

// The postings of one group, adds and removes alike, ascending. Blocks are read when a Seek comes
// to them; those in between are passed over by the directory's first rids. The view must outlive
// it.
class GroupStream {
 public:
  GroupStream(const RunView& view, Group group) : view_(&view), group_(std::move(group)) {}

  // As Cursor::Seek.
  Rid Seek(Rid rid);
  const PostingCount& count() const noexcept { return group_.count; }
  // As Cursor::Fill.
  void Fill(Rid base, std::span<std::uint64_t> bits);

 private:
  void Load(BlockNumber block);

  const RunView* view_;
  Group group_;
  bool loaded_ = false;
  BlockNumber block_ = 0;  // the loaded one
  Postings postings_;      // of block_
  std::size_t at_ = 0;
};

// A posting of the delta.
struct DeltaPosting {
  Rid rid = 0;
  int sign = 0;
};

// The resources that have the value: what `streams` and `delta` (ascending by rid) add and do not
// remove.
CursorPtr LiveCursor(std::vector<GroupStream> streams, std::span<const DeltaPosting> delta);

}  // namespace healthlake::index
