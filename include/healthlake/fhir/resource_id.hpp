// The form of a resource's id (datatypes.html#id).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace healthlake::fhir {

inline constexpr std::size_t kMaxIdLength = 64;

constexpr bool IsIdCharacter(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '.';
}

constexpr bool IsId(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxIdLength &&
         std::all_of(text.begin(), text.end(), IsIdCharacter);
}

}  // namespace healthlake::fhir
