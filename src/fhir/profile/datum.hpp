// A value that a definition holds: fixed[x], pattern[x], minValue[x], maxValue[x].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Keeps its own text, so that the definition itself need not be kept.
struct Datum {
  json::Type type = json::Type::kNull;
  std::string name;  // of a member
  std::string text;  // a string's characters, another scalar's token
  std::vector<Datum> children;

  static Datum From(const json::Value& value);
  const Datum* Find(std::string_view member) const;
  std::string Json() const;  // for messages
  bool operator==(const Datum&) const = default;
};

// Whether the value is exactly the fixed one; the order of members does not count.
bool EqualsFixed(const Datum& fixed, const json::Value& value);

// Whether the value has at least what the pattern has: each member, and each item of an array
// somewhere in the value's array (profiling.html, elementdefinition-definitions.html#pattern).
bool MatchesPattern(const Datum& pattern, const json::Value& value);

}  // namespace healthlake::fhir
