// Equivalence of whole elements: of their children, recursively, whatever the order of the names.
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/fhirpath/decimal.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::fhirpath {

// Strings as in EquivalentText, arrays in any order. Recursion is as deep as the document.
bool EquivalentJson(const json::Value& a, const json::Value& b);
// What is json::Equal has the same.
std::uint64_t HashJson(const json::Value& value);
std::uint64_t HashText(std::string_view text);
std::uint64_t HashDecimal(const Decimal& value);

}  // namespace healthlake::fhir::fhirpath
