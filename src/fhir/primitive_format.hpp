// The lexical forms of R4's primitive types (datatypes.html, primitive types). Linear scanners.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/r4/tables.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// datatypes.html, string: 1024 * 1024 characters.
inline constexpr std::size_t kMaxStringLength = 1'048'576;

// What is wrong with the text of a primitive (for boolean and numbers: the JSON token); empty when
// nothing is. `text` is valid UTF-8 and not empty. xhtml is Narrative's affair (NarrativeFault).
std::string_view FormatFault(r4::Kind kind, std::string_view text);

// The same for a value whose JSON type is the right one.
inline std::string_view FormatFault(r4::Kind kind, const json::Value& value) {
  if (!value.is_string()) {
    return kind == r4::Kind::kBoolean ? std::string_view() : FormatFault(kind, value.raw());
  }
  const std::string_view text = value.string();
  // JSON wants escapes for control characters and for all white space but the blank.
  const bool plain = value.raw().size() == text.size() + 2 && text.size() <= kMaxStringLength;
  switch (kind) {
    case r4::Kind::kString:
    case r4::Kind::kMarkdown:
      if (plain && text.front() != ' ') return {};
      break;
    case r4::Kind::kCode:
    case r4::Kind::kUri:
    case r4::Kind::kUrl:
    case r4::Kind::kCanonical:
      if (plain && text.find(' ') == std::string_view::npos) return {};
      break;
    default:
      break;
  }
  return FormatFault(kind, text);
}

// `text` for a diagnostic: cut, at a character's boundary, when it is long.
std::string Shown(std::string_view text);

}  // namespace healthlake::fhir
