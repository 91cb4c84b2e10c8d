#include "index/run_view.hpp"

namespace healthlake::index {

std::shared_ptr<const std::string> RunView::ReadBlock(BlockNumber block) const {
  auto bytes = std::make_shared<std::string>();
  source_->Read(run_, block, *bytes);
  return bytes;
}

std::optional<Group> RunView::Find(Param param, const Key& key) const {
  const Directory& blocks = directory();
  const BlockNumber at = blocks.LowerBound(param, key);
  Group group{
      .param = param, .key = key, .count = {}, .block = at, .end = at, .bytes = {}, .segment = {}};
  if (at < blocks.size() && !blocks[at].continues && blocks[at].param == param &&
      blocks[at].key == key) {
    group.end = blocks.ContinuationEnd(at + 1, param, key);
    group.count = blocks.Sum(at, group.end);
    return group;
  }
  if (at == 0) return std::nullopt;
  group.block = at - 1;
  group.bytes = ReadBlock(group.block);
  SegmentScanner scanner(*group.bytes);
  while (scanner.Next(group.segment)) {
    const Segment& segment = group.segment;
    if (Precedes(segment.param, segment.key, param, key)) continue;
    if (segment.param != param || segment.key != key) return std::nullopt;
    group.end = blocks.ContinuationEnd(at, param, key);
    group.count = blocks.Sum(at, group.end);
    group.count += {segment.adds, segment.removes};
    return group;
  }
  return std::nullopt;
}

void RunView::ReadPostings(const Group& group, BlockNumber block, Postings& out) const {
  if (block == group.block && group.bytes) return Decode(group.segment, out);
  std::string bytes;
  source_->Read(run_, block, bytes);
  Segment segment;
  if (!SegmentScanner(bytes).Next(segment) || segment.param != group.param ||
      segment.key != group.key) {
    ByteReader::Damaged();
  }
  Decode(segment, out);
}

}  // namespace healthlake::index
