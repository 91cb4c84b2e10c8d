#include "fhir/fhirpath/units.hpp"

#include <algorithm>
#include <array>

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

// What a unit is worth in the first one of its dimension: numerator / denominator.
struct UnitRow {
  std::string_view unit;
  std::string_view dimension;
  std::int64_t numerator;
  std::int64_t denominator = 1;
};
// Without a prefix.
constexpr std::array<UnitRow, 14> kUnits = {{
    {"1", "1", 1},
    {"%", "1", 1, 100},
    {"a", "s", 31'557'600},
    {"mo", "s", 2'629'800},
    {"wk", "s", 604'800},
    {"d", "s", 86'400},
    {"h", "s", 3'600},
    {"min", "s", 60},
    {"[in_i]", "m", 254, 10'000},
    {"[ft_i]", "m", 3'048, 10'000},
    {"[lb_av]", "g", 45'359'237, 100'000},
    {"[oz_av]", "g", 28'349'523'125, 1'000'000'000},
    {"t", "g", 1'000'000},
    {"bar", "Pa", 100'000},
}};
// With one or none.
constexpr std::array<UnitRow, 10> kMetric = {{
    {"g", "g", 1},
    {"m", "m", 1},
    {"s", "s", 1},
    {"L", "L", 1},
    {"l", "L", 1},
    {"mol", "mol", 1},
    {"Pa", "Pa", 1},
    {"J", "J", 1},
    {"V", "V", 1},
    {"Hz", "Hz", 1},
}};
struct PrefixRow {
  std::string_view prefix;
  std::int64_t numerator;
  std::int64_t denominator = 1;
};
constexpr std::array<PrefixRow, 12> kPrefixes = {{
    {"da", 10},
    {"k", 1'000},
    {"h", 100},
    {"d", 1, 10},
    {"c", 1, 100},
    {"m", 1, 1'000},
    {"u", 1, 1'000'000},
    {"n", 1, 1'000'000'000},
    {"p", 1, 1'000'000'000'000},
    {"M", 1'000'000},
    {"G", 1'000'000'000},
    {"", 1},
}};

std::optional<UnitRow> FindUnit(std::string_view unit) {
  const auto plain = std::ranges::find(kUnits, unit, &UnitRow::unit);
  if (plain != kUnits.end()) return *plain;
  for (const UnitRow& base : kMetric) {
    if (!unit.ends_with(base.unit)) continue;
    const std::string_view prefix = unit.substr(0, unit.size() - base.unit.size());
    const auto found = std::ranges::find(kPrefixes, prefix, &PrefixRow::prefix);
    if (found == kPrefixes.end()) continue;
    return UnitRow{unit, base.dimension, found->numerator, found->denominator};
  }
  return std::nullopt;
}

// In months, or in milliseconds, of the calendar: a year is 12 months, a month 30 days.
UnitRow OfCalendar(CalendarUnit unit, bool in_months) {
  switch (unit) {
    case CalendarUnit::kYear:
      return in_months ? UnitRow{{}, "months", 12} : UnitRow{{}, "ms", 365 * 86'400'000LL};
    case CalendarUnit::kMonth:
      return in_months ? UnitRow{{}, "months", 1} : UnitRow{{}, "ms", 30 * 86'400'000LL};
    case CalendarUnit::kWeek:
      return {{}, "ms", 7 * 86'400'000LL};
    case CalendarUnit::kDay:
      return {{}, "ms", 86'400'000LL};
    case CalendarUnit::kHour:
      return {{}, "ms", 3'600'000};
    case CalendarUnit::kMinute:
      return {{}, "ms", 60'000};
    case CalendarUnit::kSecond:
      return {{}, "ms", 1'000};
    case CalendarUnit::kMillisecond:
      return {{}, "ms", 1};
  }
  return {};
}

using Pair = std::optional<std::pair<Decimal, Decimal>>;

// Both values times what their units are worth; the denominators are multiplied crosswise, so that
// nothing is rounded.
Pair Scale(const Decimal& a, const UnitRow& unit_a, const Decimal& b, const UnitRow& unit_b) {
  const auto left = Multiply(a, Decimal::FromInteger(unit_a.numerator));
  const auto right = Multiply(b, Decimal::FromInteger(unit_b.numerator));
  if (!left || !right) return std::nullopt;
  if (unit_a.denominator == unit_b.denominator) return std::pair(*left, *right);
  const auto crossed_left = Multiply(*left, Decimal::FromInteger(unit_b.denominator));
  const auto crossed_right = Multiply(*right, Decimal::FromInteger(unit_a.denominator));
  if (!crossed_left || !crossed_right) return std::nullopt;
  return std::pair(*crossed_left, *crossed_right);
}

Pair InCalendar(const Quantity& a, const Quantity& b) {
  const auto unit_a = FindCalendarUnit(a.unit);
  const auto unit_b = FindCalendarUnit(b.unit);
  if (!unit_a || !unit_b) return std::nullopt;
  const bool months = *unit_a <= CalendarUnit::kMonth && *unit_b <= CalendarUnit::kMonth;
  return Scale(a.value, OfCalendar(*unit_a, months), b.value, OfCalendar(*unit_b, months));
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
  const auto definite = [&](const Quantity& quantity) -> std::optional<UnitRow> {
    if (!quantity.calendar) return FindUnit(quantity.unit);
    const auto unit = FindCalendarUnit(quantity.unit);
    const bool exact = unit && *unit >= CalendarUnit::kSecond;
    if (!exact && rules == UnitRules::kEqual) return std::nullopt;
    return FindUnit(UcumOfCalendarUnit(quantity.unit));
  };
  const auto unit_a = definite(a);
  const auto unit_b = definite(b);
  if (!unit_a || !unit_b || unit_a->dimension != unit_b->dimension) return std::nullopt;
  return Scale(a.value, *unit_a, b.value, *unit_b);
}

}  // namespace healthlake::fhir::fhirpath
