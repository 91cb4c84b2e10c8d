// Units of quantities: calendar keywords, and those of UCUM that are multiples of each other.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "fhir/fhirpath/item.hpp"

namespace healthlake::fhir::fhirpath {

// "day" for "day" and "days"; empty when it is no keyword.
std::string_view CalendarKeyword(std::string_view word);
// Of a keyword in the singular.
std::optional<CalendarUnit> FindCalendarUnit(std::string_view keyword);
// UCUM's code of the same meaning for units of definite length ("week" to seconds): "wk".
std::string_view UcumOfCalendarUnit(std::string_view keyword);

// "cm2" is "cm" to the power of 2; nullopt when it is not so simple.
struct UnitPower {
  std::string_view unit;
  int exponent = 1;
};
std::optional<UnitPower> PowerOfUnit(std::string_view unit);

// The values of both in one unit, so that they can be compared; nullopt when none is known. A year
// or month of the calendar is none of UCUM's, but under `equivalent` (FHIRPath 6.1.2).
enum class UnitRules : std::uint8_t { kEqual, kEquivalent };
std::optional<std::pair<Decimal, Decimal>> InOneUnit(const Quantity& a, const Quantity& b,
                                                     UnitRules rules);

}  // namespace healthlake::fhir::fhirpath
