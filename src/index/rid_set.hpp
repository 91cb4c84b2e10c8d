// Collects rids in any order, with repetition, in memory bounded by the rids' spread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "healthlake/index/cursor.hpp"

namespace healthlake::index {

// A few rids are a list, many are a bitmap of chunks that are made when they are first hit: one bit
// for each rid of a chunk.
class RidSet {
 public:
  void Add(Rid rid) {
    if (chunks_.empty()) {
      list_.push_back(rid);
      if (list_.size() == kMaxList) ToBitmap();
    } else {
      Set(rid);
    }
  }
  bool Has(Rid rid) const;  // only of use when a bitmap: call MakeBitmap first
  void MakeBitmap() {
    if (chunks_.empty()) ToBitmap();
  }
  // Empties the set into a cursor.
  CursorPtr Take();

 private:
  static constexpr std::size_t kMaxList = 4096;
  static constexpr unsigned kChunkBits = 16;
  using Chunk = std::array<std::uint64_t, (1U << kChunkBits) / 64>;
  using Chunks = std::vector<std::unique_ptr<Chunk>>;
  class BitmapCursor;

  void Set(Rid rid);
  void ToBitmap();

  std::vector<Rid> list_;
  Chunks chunks_;
};

}  // namespace healthlake::index
