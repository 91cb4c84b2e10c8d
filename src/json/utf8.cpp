#include "json/utf8.hpp"

namespace healthlake::json {
namespace {

unsigned Byte(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool IsTail(unsigned byte) {
  return (byte & 0xC0) == 0x80;
}

// Bytes of the well-formed sequence at `at` (Unicode, table 3-7); 0 when there is none.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const unsigned first = Byte(text, at);
  const unsigned second = Byte(text, at + 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return IsTail(second) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && IsTail(Byte(text, at + 2)) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high && IsTail(Byte(text, at + 2)) &&
                   IsTail(Byte(text, at + 3))
               ? 4
               : 0;
  }
  return 0;
}

}  // namespace

std::size_t FirstInvalidUtf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = SequenceLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

}  // namespace healthlake::json
