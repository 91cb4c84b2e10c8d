// Unsigned LEB128: seven bits a byte, lowest first, the high bit set on all but the last.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"

namespace healthlake::index {

inline std::size_t VarintSize(std::uint64_t value) noexcept {
  // Seven bits a byte: 9/64 is close enough to 1/7 for widths up to 64.
  return (static_cast<std::size_t>(std::bit_width(value | 1)) * 9 + 64) / 64;
}

inline constexpr std::size_t kMaxVarintSize = 10;

// Writes at `out`, which has room for the longest, and moves it on.
inline void PutVarint(char*& out, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>((value & 0x7F) | 0x80);
  *out++ = static_cast<char>(value);
}

inline void AppendVarint(std::string& out, std::uint64_t value) {
  char bytes[kMaxVarintSize];
  char* end = bytes;
  PutVarint(end, value);
  out.append(bytes, static_cast<std::size_t>(end - bytes));
}

// Reads a piece of a stored row from its start. Throws core::Error{kInternal} when the bytes end
// too early or cannot have been written by this room: the file is damaged.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool empty() const noexcept { return at_ == end_; }

  std::uint64_t Varint() {
    if (at_ != end_ && (static_cast<unsigned char>(*at_) & 0x80U) == 0) {
      return static_cast<unsigned char>(*at_++);
    }
    return LongVarint();
  }

  std::uint32_t Varint32() {
    const std::uint64_t value = Varint();
    if (value > 0xFFFFFFFFU) Damaged();
    return static_cast<std::uint32_t>(value);
  }

  std::string_view Bytes(std::uint64_t size) {
    if (size > static_cast<std::uint64_t>(end_ - at_)) Damaged();
    const std::string_view bytes(at_, static_cast<std::size_t>(size));
    at_ += size;
    return bytes;
  }

  [[noreturn]] static void Damaged() {
    throw core::Error(core::ErrorKind::kInternal, "The search index is damaged");
  }

 private:
  std::uint64_t LongVarint() {
    if (end_ - at_ < static_cast<std::ptrdiff_t>(kMaxVarintSize)) return LastVarint();
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    Damaged();
  }

  // Near the end every byte may be one too many.
  std::uint64_t LastVarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) Damaged();
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    Damaged();
  }

  const char* at_;
  const char* end_;
};

}  // namespace healthlake::index
