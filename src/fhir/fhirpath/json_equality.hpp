// Equality of whole elements: of their children, recursively, whatever the order of the names.
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/fhirpath/decimal.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::fhirpath {

// Numbers are compared by value. Recursion is as deep as the document.
bool EqualJson(const json::Value& a, const json::Value& b);
// Strings as in EquivalentText, arrays in any order.
bool EquivalentJson(const json::Value& a, const json::Value& b);
// Equal values have the same.
std::uint64_t HashJson(const json::Value& value);
std::uint64_t HashText(std::string_view text);
std::uint64_t HashDecimal(const Decimal& value);

}  // namespace healthlake::fhir::fhirpath
