// Units of quantities: calendar keywords, and the UCUM units that need no table to be converted.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/fhirpath/item.hpp"

namespace healthlake::fhir::fhirpath {

// "day" for "day" and "days"; empty when it is no keyword.
std::string_view CalendarKeyword(std::string_view word);
// Of a keyword in the singular.
std::optional<CalendarUnit> FindCalendarUnit(std::string_view keyword);
// UCUM's code of the same meaning for units of definite length ("week" to seconds): "wk".
std::string_view UcumOfCalendarUnit(std::string_view keyword);

// `quantity` in the other's unit, so that the values can be compared; nullopt when that is not
// known. A year or month of the calendar is none of UCUM's, but under `equivalent`
// (FHIRPath 6.1.2).
enum class UnitRules : std::uint8_t { kEqual, kEquivalent };
std::optional<std::pair<Decimal, Decimal>> InOneUnit(const Quantity& a, const Quantity& b,
                                                     UnitRules rules);

}  // namespace healthlake::fhir::fhirpath
