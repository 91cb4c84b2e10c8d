#include "datastore/long_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "healthlake/core/hash.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

constexpr char kCutMark = '\x1E';

// At most `bytes` of the text, without a part of a character at the end.
std::string_view HeadOf(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

void AppendBounded(std::string_view text, std::string& out) {
  if (text.size() <= kLongestIndexedText) {
    out.append(text);
    return;
  }
  const core::Hash128Value hash = core::Hash128(text);
  std::array<char, 34> digits;
  std::snprintf(digits.data(), digits.size(), "%c%016llx%016llx", kCutMark,
                static_cast<unsigned long long>(hash.high),
                static_cast<unsigned long long>(hash.low));
  out.append(HeadOf(text, kLongestIndexedText)).append(digits.data(), digits.size() - 1);
}

void NormalizeBounded(std::string_view text, std::string& out) {
  // Spaces and marks may vanish: more of the text is taken until enough is left of it.
  for (std::size_t taken = 2 * kLongestIndexedText;; taken *= 4) {
    fhir::NormalizeString(HeadOf(text, taken), out);
    if (out.size() > kLongestIndexedText || taken >= text.size()) break;
  }
  out.resize(HeadOf(out, kLongestIndexedText).size());
}

}  // namespace healthlake::datastore
