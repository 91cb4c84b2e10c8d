#include "fhir/fhirpath/text.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace healthlake::fhir::fhirpath {
namespace {

char AsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
char AsciiUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}
bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string Mapped(std::string_view text, utf8proc_int32_t (*map)(utf8proc_int32_t)) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (used <= 0) {  // not UTF-8: kept as it is
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(map(point), bytes);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    text.remove_prefix(static_cast<std::size_t>(used));
  }
  return out;
}

}  // namespace

std::size_t CharacterCount(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t CharacterSize(std::string_view text) noexcept {
  std::size_t size = text.empty() ? 0 : 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

std::size_t PlaceOf(std::string_view text, std::size_t character) noexcept {
  std::size_t place = 0;
  for (; character > 0 && place < text.size(); --character) {
    place += CharacterSize(text.substr(place));
  }
  return place;
}

bool IsAscii(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string Upper(std::string_view text) {
  if (!IsAscii(text)) return Mapped(text, utf8proc_toupper);
  std::string out(text);
  std::ranges::transform(out, out.begin(), AsciiUpper);
  return out;
}

std::string Lower(std::string_view text) {
  if (!IsAscii(text)) return Mapped(text, utf8proc_tolower);
  std::string out(text);
  std::ranges::transform(out, out.begin(), AsciiLower);
  return out;
}

bool EquivalentText(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return AsciiLower(x) == AsciiLower(y) || (IsSpace(x) && IsSpace(y));
  };
  if (IsAscii(a) && IsAscii(b)) return std::ranges::equal(a, b, same);
  return std::ranges::equal(Lower(a), Lower(b), same);
}

}  // namespace healthlake::fhir::fhirpath
