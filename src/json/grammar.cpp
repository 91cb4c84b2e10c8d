#include "json/grammar.hpp"

#include <cstdint>
#include <cstring>
#include <optional>

namespace healthlake::json {
namespace {

constexpr auto kNone = std::string_view::npos;

std::optional<std::uint32_t> HexQuad(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    std::uint32_t digit = 0;
    if (IsDigit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

void AppendUtf8(std::uint32_t point, std::string& out) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6));
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3F));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

// `rest` starts behind "\u". Returns how many of its bytes were read; 0: no such character.
std::size_t AppendUnicodeEscape(std::string_view rest, std::string& out) {
  const auto first = HexQuad(rest);
  if (!first) return 0;
  if (*first < 0xD800 || *first > 0xDFFF) {
    AppendUtf8(*first, out);
    return 4;
  }
  if (*first > 0xDBFF || rest.substr(4, 2) != "\\u") return 0;
  const auto second = HexQuad(rest.substr(6));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return 0;
  AppendUtf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), out);
  return 10;
}

char SimpleEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

}  // namespace

std::size_t AppendUnescaped(std::string_view inner, std::string& out) {
  std::size_t at = 0;
  while (true) {
    const std::size_t escape = inner.find('\\', at);
    if (escape == kNone) break;
    out.append(inner.substr(at, escape - at));
    if (escape + 1 == inner.size()) return escape;
    const char kind = inner[escape + 1];
    at = escape + 2;
    if (kind == 'u') {
      const std::size_t read = AppendUnicodeEscape(inner.substr(at), out);
      if (read == 0) return escape;
      at += read;
    } else {
      const char character = SimpleEscape(kind);
      if (character == '\0') return escape;
      out.push_back(character);
    }
  }
  out.append(inner.substr(at));
  return kNone;
}

}  // namespace healthlake::json
