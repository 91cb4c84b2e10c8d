#include "index/rid_set.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace healthlake::index {

class RidSet::BitmapCursor final : public Cursor {
 public:
  explicit BitmapCursor(Chunks chunks) : chunks_(std::move(chunks)) {
    for (const auto& chunk : chunks_) {
      if (!chunk) continue;
      for (const std::uint64_t word : *chunk) {
        members_ += static_cast<std::uint64_t>(std::popcount(word));
      }
    }
  }

  Rid Seek(Rid rid) override {
    if (rid <= current_ && positioned_) return current_;
    positioned_ = true;
    current_ = Find(rid);
    return current_;
  }

  std::uint64_t Bound() const override { return members_; }

 private:
  Rid Find(Rid rid) const {
    std::size_t word = (rid & ((1U << kChunkBits) - 1)) / 64;
    std::uint64_t mask = ~std::uint64_t{0} << (rid % 64);
    for (std::size_t chunk = rid >> kChunkBits; chunk < chunks_.size(); ++chunk) {
      if (chunks_[chunk]) {
        for (; word < chunks_[chunk]->size(); ++word, mask = ~std::uint64_t{0}) {
          const std::uint64_t bits = (*chunks_[chunk])[word] & mask;
          if (bits != 0) {
            return static_cast<Rid>((chunk << kChunkBits) + word * 64) +
                   static_cast<Rid>(std::countr_zero(bits));
          }
        }
      }
      word = 0;
      mask = ~std::uint64_t{0};
    }
    return kEnd;
  }

  Chunks chunks_;
  std::uint64_t members_ = 0;
  Rid current_ = 0;
  bool positioned_ = false;
};

void RidSet::Set(Rid rid) {
  const std::size_t chunk = rid >> kChunkBits;
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  if (!chunks_[chunk]) chunks_[chunk] = std::make_unique<Chunk>();
  const std::size_t bit = rid & ((1U << kChunkBits) - 1);
  (*chunks_[chunk])[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

void RidSet::ToBitmap() {
  chunks_.resize(1);
  for (const Rid rid : list_) Set(rid);
  list_ = {};
}

bool RidSet::Has(Rid rid) const {
  const std::size_t chunk = rid >> kChunkBits;
  if (chunk >= chunks_.size() || !chunks_[chunk]) return false;
  const std::size_t bit = rid & ((1U << kChunkBits) - 1);
  return ((*chunks_[chunk])[bit / 64] >> (bit % 64) & 1) != 0;
}

CursorPtr RidSet::Take() {
  if (!chunks_.empty()) return std::make_unique<BitmapCursor>(std::exchange(chunks_, {}));
  std::sort(list_.begin(), list_.end());
  list_.erase(std::unique(list_.begin(), list_.end()), list_.end());
  return Of(std::exchange(list_, {}));
}

}  // namespace healthlake::index
