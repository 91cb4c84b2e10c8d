#include "index/block.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace healthlake::index {
namespace {

constexpr std::uint64_t kNewParam = 1;
constexpr std::uint64_t kSigned = 2;
constexpr unsigned kHeadFlagBits = 2;
constexpr std::uint64_t kRidLimit = 0xFFFFFFFF;  // Cursor::kEnd is no rid

Rid CheckedRid(std::uint64_t rid) {
  if (rid >= kRidLimit) ByteReader::Damaged();
  return static_cast<Rid>(rid);
}

void DecodeGaps(const Segment& segment, Postings& out) {
  ByteReader bytes(segment.payload);
  Rid* rids = out.rids.data();
  std::uint64_t rid = segment.first_rid;
  const std::size_t count = out.rids.size();
  for (std::size_t i = 1; i < count; ++i) {
    rid += bytes.Varint() + 1;
    rids[i] = static_cast<Rid>(rid);
  }
  CheckedRid(rid);
}

void DecodeSignedGaps(const Segment& segment, Postings& out) {
  ByteReader bytes(segment.payload);
  out.removed.resize(out.rids.size());
  out.removed[0] = segment.first_removed ? 1 : 0;
  std::uint64_t rid = segment.first_rid;
  for (std::size_t i = 1; i < out.rids.size(); ++i) {
    const std::uint64_t coded = bytes.Varint();
    rid += (coded >> 1) + 1;
    out.rids[i] = static_cast<Rid>(rid);
    out.removed[i] = static_cast<std::uint8_t>(coded & 1);
  }
  CheckedRid(rid);
}

void DecodeBitmap(const Segment& segment, Postings& out) {
  CheckedRid(segment.first_rid + std::uint64_t{8} * segment.payload.size() - 7);
  const std::size_t count = out.rids.size();
  std::size_t next = 1;
  Rid base = segment.first_rid + 1;
  for (std::size_t at = 0; at < segment.payload.size(); at += 8, base += 64) {
    std::uint64_t word = 0;
    const std::size_t bytes = std::min<std::size_t>(8, segment.payload.size() - at);
    for (std::size_t i = 0; i < bytes; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(segment.payload[at + i])} << (8 * i);
    }
    if (next + static_cast<std::size_t>(std::popcount(word)) > count) ByteReader::Damaged();
    for (; word != 0; word &= word - 1) {
      out.rids[next++] = base + static_cast<Rid>(std::countr_zero(word));
    }
  }
  if (next != count) ByteReader::Damaged();
}

void AppendBitmap(std::string& block, const std::vector<Rid>& rids, std::size_t size) {
  const std::size_t start = block.size();
  block.resize(start + size);
  for (std::size_t i = 1; i < rids.size(); ++i) {
    const Rid bit = rids[i] - rids.front() - 1;
    char& byte = block[start + bit / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | (1U << (bit % 8)));
  }
}

void AppendGaps(std::string& block, const Postings& postings, Coding coding, std::size_t size) {
  const std::size_t start = block.size();
  block.resize(start + size);
  char* out = block.data() + start;
  const std::vector<Rid>& rids = postings.rids;
  for (std::size_t i = 1; i < rids.size(); ++i) {
    const std::uint64_t gap = std::uint64_t{rids[i]} - rids[i - 1] - 1;
    const std::uint64_t sign = postings.IsRemoved(i) ? 1 : 0;
    PutVarint(out, coding == Coding::kGaps ? gap : gap << 1 | sign);
  }
}

}  // namespace

bool SegmentScanner::Next(Segment& segment) {
  if (bytes_.empty()) return false;
  const std::uint64_t head = bytes_.Varint();
  const bool has_signs = (head & kSigned) != 0;
  if ((head & kNewParam) != 0) {
    param_ += bytes_.Varint32();
    key_.order = bytes_.Varint();
    key_.check = bytes_.Varint();
  } else {
    const std::uint64_t step = bytes_.Varint();
    key_.order += step;
    key_.check = bytes_.Varint() + (step == 0 ? key_.check : 0);
  }
  const std::uint64_t count = head >> kHeadFlagBits;
  if (count == 0 || count > kRidLimit) ByteReader::Damaged();
  std::uint64_t removes = has_signs ? 1 : 0;
  if (has_signs && count > 1) removes = bytes_.Varint();
  if (removes > count) ByteReader::Damaged();

  segment.param = param_;
  segment.key = key_;
  segment.removes = static_cast<std::uint32_t>(removes);
  segment.adds = static_cast<std::uint32_t>(count - removes);
  segment.coding = has_signs ? Coding::kSignedGaps : Coding::kGaps;
  const std::uint64_t first = bytes_.Varint();
  if (count == 1) {
    segment.first_rid = CheckedRid(first);
    segment.first_removed = has_signs;
    segment.payload = {};
    return true;
  }
  segment.first_rid = CheckedRid(has_signs ? first >> 1 : first);
  segment.first_removed = has_signs && (first & 1) != 0;
  const std::uint64_t size = bytes_.Varint();
  if ((size & 1) != 0) segment.coding = Coding::kBitmap;
  segment.payload = bytes_.Bytes(size >> 1);
  const std::uint64_t room = segment.payload.size() * (segment.coding == Coding::kBitmap ? 8U : 1U);
  if (count - 1 > room) ByteReader::Damaged();
  return true;
}

void Decode(const Segment& segment, Postings& out) {
  out.rids.resize(segment.count());
  out.removed.clear();
  out.rids[0] = segment.first_rid;
  switch (segment.coding) {
    case Coding::kGaps:
      return DecodeGaps(segment, out);
    case Coding::kSignedGaps:
      return DecodeSignedGaps(segment, out);
    case Coding::kBitmap:
      return DecodeBitmap(segment, out);
  }
}

void AppendSegment(std::string& block, const SegmentBase& base, Param param, const Key& key,
                   const Postings& postings, Coding coding, std::size_t payload_size) {
  const bool new_param = !base.any || base.param != param;
  const bool has_signs = coding == Coding::kSignedGaps;
  const std::uint64_t count = postings.rids.size();
  const std::uint64_t first = postings.rids.front();
  char header[8 * kMaxVarintSize];
  char* out = header;
  PutVarint(out, count << kHeadFlagBits | (has_signs ? kSigned : 0) | (new_param ? kNewParam : 0));
  if (new_param) {
    PutVarint(out, base.any ? param - base.param : param);
    PutVarint(out, key.order);
    PutVarint(out, key.check);
  } else {
    PutVarint(out, key.order - base.key.order);
    PutVarint(out, key.order == base.key.order ? key.check - base.key.check : key.check);
  }
  if (has_signs && count > 1) {
    PutVarint(out, static_cast<std::uint64_t>(
                       std::count(postings.removed.begin(), postings.removed.end(), 1)));
    PutVarint(out, first << 1 | (postings.IsRemoved(0) ? 1U : 0U));
  } else {
    PutVarint(out, first);
  }
  if (count > 1) PutVarint(out, payload_size << 1 | (coding == Coding::kBitmap ? 1U : 0U));
  block.append(header, static_cast<std::size_t>(out - header));
  if (count == 1) return;
  if (coding == Coding::kBitmap) {
    AppendBitmap(block, postings.rids, payload_size);
  } else {
    AppendGaps(block, postings, coding, payload_size);
  }
}

}  // namespace healthlake::index
