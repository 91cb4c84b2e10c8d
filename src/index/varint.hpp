// Unsigned LEB128: seven bits a byte, lowest first, the high bit set on all but the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"

namespace healthlake::index {

inline std::size_t VarintSize(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

inline void AppendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7F) | 0x80));
  out.push_back(static_cast<char>(value));
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
