#include "index/directory.hpp"

#include <algorithm>
#include <tuple>

#include "index/varint.hpp"

namespace healthlake::index {

std::string Directory::EncodePart(std::size_t first) const {
  std::string out;
  Param param = 0;
  const std::size_t last = std::min(entries_.size(), first + kEntriesPerPart);
  for (std::size_t i = first; i < last; ++i) {
    const DirectoryEntry& entry = entries_[i];
    AppendVarint(out, std::uint64_t{entry.param - param} << 1 | (entry.continues ? 1U : 0U));
    AppendVarint(out, entry.key.order);
    AppendVarint(out, entry.key.check);
    AppendVarint(out, entry.first_rid);
    AppendVarint(out, entry.adds);
    AppendVarint(out, entry.removes);
    param = entry.param;
  }
  return out;
}

void Directory::AppendPart(std::string_view bytes) {
  ByteReader reader(bytes);
  std::uint64_t param = 0;
  while (!reader.empty()) {
    DirectoryEntry entry;
    const std::uint64_t head = reader.Varint();
    param += head >> 1;
    if (param > 0xFFFFFFFFU) ByteReader::Damaged();
    entry.param = static_cast<Param>(param);
    entry.continues = (head & 1) != 0;
    entry.key.order = reader.Varint();
    entry.key.check = reader.Varint();
    entry.first_rid = reader.Varint32();
    entry.adds = reader.Varint32();
    entry.removes = reader.Varint32();
    entries_.push_back(entry);
  }
}

BlockNumber Directory::LowerBound(Param param, const Key& key) const {
  const auto found =
      std::partition_point(entries_.begin(), entries_.end(), [&](const DirectoryEntry& entry) {
        if (entry.param != param) return entry.param < param;
        if (entry.key.order != key.order) return entry.key.order < key.order;
        return entry.key.check < key.check;
      });
  return static_cast<BlockNumber>(found - entries_.begin());
}

BlockNumber Directory::ContinuationEnd(BlockNumber block, Param param, const Key& key) const {
  const auto start = entries_.begin() + block;
  const auto end = std::find_if(start, entries_.end(), [&](const DirectoryEntry& entry) {
    return !entry.continues || entry.param != param || entry.key != key;
  });
  return static_cast<BlockNumber>(end - entries_.begin());
}

PostingCount Directory::Sum(BlockNumber first, BlockNumber last) const {
  PostingCount sum;
  for (BlockNumber block = first; block < last; ++block) {
    sum += {entries_[block].adds, entries_[block].removes};
  }
  return sum;
}

RangeSize Directory::SizeOf(Param param, std::uint64_t first, std::uint64_t last) const {
  // Segments of one posting take about fourteen bytes.
  constexpr std::uint64_t kUsualPostings = 300;
  const BlockNumber begin = LowerBound(param, {first, 0});
  const BlockNumber end = LowerBound(param, {last, ~std::uint64_t{0}});
  RangeSize size;
  // The range may begin inside of the block before.
  if (begin > 0) size = {kUsualPostings / 4, 1};
  for (BlockNumber block = begin; block < end; ++block) {
    size.postings += std::max<std::uint64_t>(entries_[block].adds, kUsualPostings);
    ++size.blocks;
  }
  return size;
}

}  // namespace healthlake::index
