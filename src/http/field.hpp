// Characters, tokens and lists of HTTP fields (RFC 9110 section 5.6).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

Method MethodOf(std::string_view text);  // case-sensitive (RFC 9110 9.1)

constexpr char LowerAscii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool EqualsIgnoringCase(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (LowerAscii(a[i]) != LowerAscii(b[i])) return false;
  }
  return true;
}

// A set of bytes, made at compile time.
class ByteSet {
 public:
  template <typename Predicate>
  static constexpr ByteSet Of(Predicate predicate) {
    ByteSet set;
    for (std::size_t i = 0; i < set.in_.size(); ++i) {
      set.in_[i] = predicate(static_cast<unsigned char>(i));
    }
    return set;
  }
  constexpr bool Has(char c) const noexcept { return in_[static_cast<unsigned char>(c)]; }
  constexpr bool HasAll(std::string_view text) const noexcept {
    for (const char c : text) {
      if (!Has(c)) return false;
    }
    return true;
  }

 private:
  std::array<bool, 256> in_{};
};

constexpr bool IsAlphanumeric(unsigned char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// tchar of RFC 9110 5.6.2.
inline constexpr ByteSet kTokenBytes = ByteSet::Of([](unsigned char c) {
  return IsAlphanumeric(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
});
// What a field value may hold: VCHAR, obs-text, space and tab (RFC 9110 5.5).
inline constexpr ByteSet kFieldValueBytes =
    ByteSet::Of([](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });

constexpr bool IsToken(std::string_view text) noexcept {
  return !text.empty() && kTokenBytes.HasAll(text);
}

constexpr std::string_view TrimWhitespace(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `each` with every non-empty element of a comma-separated list (RFC 9110 5.6.1). Quoted
// strings are not looked into: no field read here has any.
template <typename Each>
void ForEachElement(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = TrimWhitespace(list.substr(0, comma));
    if (!element.empty()) each(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// Whether any field `name` has the element `token`, compared without case.
inline bool HasElement(const Headers& headers, std::string_view name, std::string_view token) {
  bool found = false;
  for (const Header& header : headers) {
    if (!EqualsIgnoringCase(header.name, name)) continue;
    ForEachElement(header.value, [&](std::string_view element) {
      found = found || EqualsIgnoringCase(element, token);
    });
  }
  return found;
}

}  // namespace healthlake::http
