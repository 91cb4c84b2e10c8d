// System and code of an element, read for tokens.
#pragma once

#include <string_view>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

inline std::string_view TextOf(const json::Value& value) {
  return value.is_string() ? value.string() : std::string_view();
}

// The two members that make up a token.
struct TokenPair {
  std::string_view system;
  std::string_view code;
};
inline TokenPair ReadPair(const json::Value& value, std::string_view code_name) {
  TokenPair pair;
  if (!value.is_object()) return pair;
  for (const json::Value member : value) {
    const std::string_view key = member.key();
    if (key == "system") {
      pair.system = TextOf(member);
    } else if (key == code_name) {
      pair.code = TextOf(member);
    }
  }
  return pair;
}

}  // namespace healthlake::fhir
