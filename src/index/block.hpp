// Posting blocks: the bytes, their segments and their postings. Format: README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/index/entry.hpp"
#include "index/varint.hpp"

namespace healthlake::index {

enum class Coding : std::uint8_t { kGaps, kSignedGaps, kBitmap };

// The part of one value's group that lies in one block. `payload` points into the block's bytes.
struct Segment {
  Param param = 0;
  Key key;
  std::uint32_t adds = 0;
  std::uint32_t removes = 0;
  Rid first_rid = 0;
  bool first_removed = false;
  Coding coding = Coding::kGaps;
  std::string_view payload;

  std::uint32_t count() const noexcept { return adds + removes; }
};

// A decoded segment. `removed` is empty when nothing is, else it has a flag for each rid.
struct Postings {
  std::vector<Rid> rids;
  std::vector<std::uint8_t> removed;

  void Clear() {
    rids.clear();
    removed.clear();
  }
  bool IsRemoved(std::size_t at) const { return !removed.empty() && removed[at] != 0; }
};

// Reads a block's segment headers in order without touching the postings.
class SegmentScanner {
 public:
  explicit SegmentScanner(std::string_view block) noexcept : bytes_(block) {}
  // False at the end of the block.
  bool Next(Segment& segment);

 private:
  ByteReader bytes_;
  Param param_ = 0;
  Key key_;
};

// Replaces `out` by the segment's postings.
void Decode(const Segment& segment, Postings& out);

// What the previous segment of the block was: headers are written against it.
struct SegmentBase {
  bool any = false;
  Param param = 0;
  Key key;
};

// Appends a segment to `block`. `postings` must not be empty and ascend without repetition;
// `payload_size` is what they take in `coding`.
void AppendSegment(std::string& block, const SegmentBase& base, Param param, const Key& key,
                   const Postings& postings, Coding coding, std::size_t payload_size);

// No header is longer.
inline constexpr std::size_t kMaxHeaderBytes = 48;

}  // namespace healthlake::index
