// The leaves of RFC 8259: numbers and the escapes in strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace healthlake::json {

inline bool IsDigit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Section 6, the whole of `token`; any number of digits.
inline bool IsNumber(std::string_view token) noexcept {
  const char* at = token.data();
  const char* const end = at + token.size();
  if (at != end && *at == '-') ++at;
  if (at == end || !IsDigit(*at)) return false;
  if (*at == '0') {
    ++at;
  } else {
    while (at != end && IsDigit(*at)) ++at;
  }
  if (at != end && *at == '.') {
    ++at;
    if (at == end || !IsDigit(*at)) return false;
    while (at != end && IsDigit(*at)) ++at;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (at == end || !IsDigit(*at)) return false;
    while (at != end && IsDigit(*at)) ++at;
  }
  return at == end;
}

// Appends the characters of a string, given without its quotes. npos, or the place of the first
// escape that section 7 does not have or that is half a surrogate pair.
std::size_t AppendUnescaped(std::string_view inner, std::string& out);

}  // namespace healthlake::json
