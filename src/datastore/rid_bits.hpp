// A set of resources that can be asked for any of them, in any order.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "healthlake/index/cursor.hpp"

namespace healthlake::datastore {

// A bit for each number up to the largest member: 125 kB for a million.
class RidBits {
 public:
  RidBits() = default;
  // Reads the cursor to its end.
  explicit RidBits(index::Cursor& cursor) {
    for (index::Rid rid = cursor.Seek(0); rid != index::Cursor::kEnd;) {
      const index::Rid base = rid & ~index::Rid{kWindow - 1};
      bits_.resize(base / 64 + kWindow / 64);
      cursor.Fill(base, std::span(bits_).subspan(base / 64));
      rid = cursor.Seek(base + kWindow);
    }
  }

  bool Has(index::Rid rid) const {
    return rid / 64 < bits_.size() && (bits_[rid / 64] >> (rid % 64) & 1) != 0;
  }
  void Remove(index::Rid rid) {
    if (rid / 64 < bits_.size()) bits_[rid / 64] &= ~(std::uint64_t{1} << (rid % 64));
  }
  std::uint64_t Count() const {
    std::uint64_t count = 0;
    for (const std::uint64_t word : bits_) count += static_cast<std::uint64_t>(std::popcount(word));
    return count;
  }

 private:
  static constexpr index::Rid kWindow = 65'536;
  std::vector<std::uint64_t> bits_;
};

}  // namespace healthlake::datastore
