#include "fhir/fhirpath/units.hpp"

#include <algorithm>
#include <array>

#include "fhir/ucum.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

struct KeywordRow {
  std::string_view singular;
  std::string_view plural;
  CalendarUnit unit;
  std::string_view ucum;
};
constexpr std::array<KeywordRow, 8> kKeywords = {{
    {"year", "years", CalendarUnit::kYear, "a"},
    {"month", "months", CalendarUnit::kMonth, "mo"},
    {"week", "weeks", CalendarUnit::kWeek, "wk"},
    {"day", "days", CalendarUnit::kDay, "d"},
    {"hour", "hours", CalendarUnit::kHour, "h"},
    {"minute", "minutes", CalendarUnit::kMinute, "min"},
    {"second", "seconds", CalendarUnit::kSecond, "s"},
    {"millisecond", "milliseconds", CalendarUnit::kMillisecond, "ms"},
}};

// In months, or in milliseconds, of the calendar: a year is 12 months, a month 30 days.
std::int64_t OfCalendar(CalendarUnit unit, bool in_months) {
  constexpr std::int64_t kDay = 86'400'000;
  switch (unit) {
    case CalendarUnit::kYear:
      return in_months ? 12 : 365 * kDay;
    case CalendarUnit::kMonth:
      return in_months ? 1 : 30 * kDay;
    case CalendarUnit::kWeek:
      return 7 * kDay;
    case CalendarUnit::kDay:
      return kDay;
    case CalendarUnit::kHour:
      return 3'600'000;
    case CalendarUnit::kMinute:
      return 60'000;
    case CalendarUnit::kSecond:
      return 1'000;
    case CalendarUnit::kMillisecond:
      return 1;
  }
  return 0;
}

using Pair = std::optional<std::pair<Decimal, Decimal>>;

// The value times both factors and a power of ten, exactly.
std::optional<Decimal> Scale(const Decimal& value, std::int64_t a, std::int64_t b, int power) {
  if (power > Decimal::kMaxDigits) return std::nullopt;
  Int128 ten = 1;
  for (int i = 0; i < power; ++i) ten *= 10;
  auto scaled = Multiply(value, Decimal::FromInteger(a));
  if (scaled) scaled = Multiply(*scaled, Decimal::FromInteger(b));
  const auto powers = Decimal::Make(ten, 0);
  return scaled && powers ? Multiply(*scaled, *powers) : std::nullopt;
}

Pair InBaseUnit(const Decimal& a, const UcumUnit& unit_a, const Decimal& b,
                const UcumUnit& unit_b) {
  if (unit_a.dimension != unit_b.dimension) return std::nullopt;
  // Denominators are multiplied crosswise, so that nothing is rounded.
  const bool same = unit_a.denominator == unit_b.denominator;
  const int least = std::min(unit_a.power, unit_b.power);
  const auto left = Scale(a, unit_a.numerator, same ? 1 : unit_b.denominator, unit_a.power - least);
  const auto right =
      Scale(b, unit_b.numerator, same ? 1 : unit_a.denominator, unit_b.power - least);
  if (!left || !right) return std::nullopt;
  return std::pair(*left, *right);
}

Pair InCalendar(const Quantity& a, const Quantity& b) {
  const auto unit_a = FindCalendarUnit(a.unit);
  const auto unit_b = FindCalendarUnit(b.unit);
  if (!unit_a || !unit_b) return std::nullopt;
  const bool months = *unit_a <= CalendarUnit::kMonth && *unit_b <= CalendarUnit::kMonth;
  const auto left = Scale(a.value, OfCalendar(*unit_a, months), 1, 0);
  const auto right = Scale(b.value, OfCalendar(*unit_b, months), 1, 0);
  if (!left || !right) return std::nullopt;
  return std::pair(*left, *right);
}

}  // namespace

std::string_view CalendarKeyword(std::string_view word) {
  for (const KeywordRow& row : kKeywords) {
    if (word == row.singular || word == row.plural) return row.singular;
  }
  return {};
}

std::optional<CalendarUnit> FindCalendarUnit(std::string_view keyword) {
  const auto found = std::ranges::find(kKeywords, keyword, &KeywordRow::singular);
  return found == kKeywords.end() ? std::nullopt : std::optional(found->unit);
}

std::string_view UcumOfCalendarUnit(std::string_view keyword) {
  const auto found = std::ranges::find(kKeywords, keyword, &KeywordRow::singular);
  return found == kKeywords.end() ? std::string_view() : found->ucum;
}

std::optional<UnitPower> PowerOfUnit(std::string_view unit) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto end = std::ranges::find_if_not(unit, letter);
  const auto size = static_cast<std::size_t>(end - unit.begin());
  const std::string_view digits = unit.substr(size);
  if (size == 0 || digits.size() > 1) return std::nullopt;
  if (digits.empty()) return UnitPower{unit, 1};
  if (digits[0] < '2' || digits[0] > '9') return std::nullopt;
  return UnitPower{unit.substr(0, size), digits[0] - '0'};
}

Pair InOneUnit(const Quantity& a, const Quantity& b, UnitRules rules) {
  if (a.calendar == b.calendar) {
    if (a.unit == b.unit) return std::pair(a.value, b.value);
    if (a.calendar) return InCalendar(a, b);
  }
  const auto definite = [&](const Quantity& quantity) -> std::optional<UcumUnit> {
    if (!quantity.calendar) return ParseUcum(quantity.unit);
    const auto unit = FindCalendarUnit(quantity.unit);
    const bool exact = unit && *unit >= CalendarUnit::kSecond;
    if (!exact && rules == UnitRules::kEqual) return std::nullopt;
    return ParseUcum(UcumOfCalendarUnit(quantity.unit));
  };
  const auto unit_a = definite(a);
  const auto unit_b = definite(b);
  if (!unit_a || !unit_b) return std::nullopt;
  return InBaseUnit(a.value, *unit_a, b.value, *unit_b);
}

}  // namespace healthlake::fhir::fhirpath
