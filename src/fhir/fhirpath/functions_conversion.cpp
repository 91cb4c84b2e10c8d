// Conversion and the current time (FHIRPath 5.5, 5.9.2).
#include <chrono>

#include "fhir/fhirpath/function_families.hpp"
#include "fhir/fhirpath/text.hpp"
#include "fhir/fhirpath/units.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath::conversion {
namespace {

using Converted = std::optional<Item>;
using Convert = Converted (*)(const Item& value);

constexpr std::string_view kTrueWords[] = {"true", "t", "yes", "y", "1", "1.0"};
constexpr std::string_view kFalseWords[] = {"false", "f", "no", "n", "0", "0.0"};

std::size_t Digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}
// The length of (\+|-)?\d+(\.\d+)? at the start; 0: it does not stand there.
std::size_t NumberLength(std::string_view text, bool fraction) {
  std::size_t at = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  const std::size_t whole = Digits(text, at);
  if (whole == 0) return 0;
  at += whole;
  if (fraction && at < text.size() && text[at] == '.') {
    const std::size_t behind = Digits(text, at + 1);
    if (behind > 0) at += 1 + behind;
  }
  return at;
}

Converted Boolean(const Item& value) {
  const auto of_number = [](const Decimal& number) -> Converted {
    if (number == Decimal::FromInteger(1)) return Item(true);
    if (number.IsZero()) return Item(false);
    return std::nullopt;
  };
  switch (value.type()) {
    case ItemType::kBoolean:
      return value;
    case ItemType::kInteger:
      return of_number(Decimal::FromInteger(value.integer()));
    case ItemType::kDecimal:
      return of_number(value.decimal());
    case ItemType::kString: {
      const std::string lower = fhirpath::Lower(value.string());
      for (const std::string_view word : kTrueWords) {
        if (lower == word) return Item(true);
      }
      for (const std::string_view word : kFalseWords) {
        if (lower == word) return Item(false);
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

Converted Integer(const Item& value) {
  constexpr std::int64_t kMost = 2'147'483'647;
  if (value.type() == ItemType::kInteger) return value;
  if (value.type() == ItemType::kBoolean) return Item(std::int64_t{value.boolean()});
  if (value.type() != ItemType::kString) return std::nullopt;
  const std::string_view text = value.string();
  if (text.empty() || NumberLength(text, false) != text.size()) return std::nullopt;
  const auto number = Decimal::Parse(text);
  const auto integer = number ? number->ToInteger() : std::nullopt;
  if (!integer || *integer > kMost || *integer < -kMost - 1) return std::nullopt;
  return Item(*integer);
}

Converted DecimalNumber(const Item& value) {
  switch (value.type()) {
    case ItemType::kInteger:
      return Item(Decimal::FromInteger(value.integer()));
    case ItemType::kDecimal:
      return value;
    case ItemType::kBoolean:
      return Item(*Decimal::Parse(value.boolean() ? "1.0" : "0.0"));
    case ItemType::kString: {
      const std::string_view text = value.string();
      if (text.empty() || NumberLength(text, true) != text.size()) return std::nullopt;
      const auto number = Decimal::Parse(text);
      return number ? Converted(Item(*number)) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

Converted Date(const Item& value) {
  if (value.type() == ItemType::kDate) return value;
  if (value.type() == ItemType::kDateTime) {
    Moment moment = value.moment();
    Moment date;
    date.year = moment.year;
    date.month = moment.month;
    date.day = moment.day;
    date.precision = std::min(moment.precision, Moment::Precision::kDay);
    return Item(date, ItemType::kDate);
  }
  if (value.type() != ItemType::kString) return std::nullopt;
  const auto date = ParseDate(value.string());
  return date ? Converted(Item(*date, ItemType::kDate)) : std::nullopt;
}

Converted DateTime(const Item& value) {
  if (value.type() == ItemType::kDateTime) return value;
  if (value.type() == ItemType::kDate) return Item(value.moment(), ItemType::kDateTime);
  if (value.type() != ItemType::kString) return std::nullopt;
  const auto time = ParseDateTime(value.string());
  return time ? Converted(Item(*time, ItemType::kDateTime)) : std::nullopt;
}

Converted Time(const Item& value) {
  if (value.type() == ItemType::kTime) return value;
  if (value.type() != ItemType::kString) return std::nullopt;
  std::string_view text = value.string();
  if (text.starts_with('T')) text.remove_prefix(1);
  const auto time = ParseTime(text);
  return time ? Converted(Item(*time, ItemType::kTime)) : std::nullopt;
}

Converted QuantityInText(std::string_view text) {
  const std::size_t length = NumberLength(text, true);
  if (length == 0) return std::nullopt;
  const auto number = Decimal::Parse(text.substr(0, length));
  if (!number) return std::nullopt;
  std::string_view unit = text.substr(length);
  while (!unit.empty() && (unit[0] == ' ' || (unit[0] >= '\t' && unit[0] <= '\r'))) {
    unit.remove_prefix(1);
  }
  if (unit.empty()) return Item(Quantity{*number, "1", false});
  if (unit.size() > 2 && unit.front() == '\'' && unit.find('\'', 1) == unit.size() - 1) {
    return Item(Quantity{*number, unit.substr(1, unit.size() - 2), false});
  }
  const std::string_view keyword = CalendarKeyword(unit);
  if (keyword.empty()) return std::nullopt;
  return Item(Quantity{*number, keyword, true});
}

Converted ToQuantityValue(const Item& value) {
  if (value.type() == ItemType::kQuantity) return value;
  if (value.type() == ItemType::kString) return QuantityInText(value.string());
  const Converted number = DecimalNumber(value);
  return number ? Converted(Item(Quantity{number->decimal(), "1", false})) : std::nullopt;
}

// In the unit that the argument names, if there is one.
Converted InUnit(Call& call, const Converted& quantity) {
  if (call.argument_count() == 0 || !quantity) return quantity;
  const auto unit = call.Text(call.Argument(0));
  if (!unit) return std::nullopt;
  const std::string_view keyword = CalendarKeyword(*unit);
  const Quantity one{Decimal::FromInteger(1), keyword.empty() ? *unit : keyword, !keyword.empty()};
  const Quantity& given = quantity->quantity();
  if (given.unit == one.unit && given.calendar == one.calendar) return quantity;
  const auto both = InOneUnit(given, one, UnitRules::kEqual);
  const auto value = both ? Divide(both->first, both->second) : std::nullopt;
  return value ? Converted(Item(Quantity{*value, one.unit, one.calendar})) : std::nullopt;
}

void Run(Call& call, Convert convert) {
  const auto value = call.Value(call.Input());
  call.BeginResult();
  const Converted converted = value ? convert(*value) : std::nullopt;
  if (converted) call.Push(*converted);
}

// An element without a value converts to nothing, which is no error here.
Truth Test(Call& call, Convert convert) {
  const auto value = call.Value(call.Input());
  return value ? TruthOf(convert(*value).has_value()) : Truth::kUnknown;
}

std::optional<Moment> CurrentTime(const Call& call) {
  const auto& now = call.evaluation().environment().now;
  if (!now) return std::nullopt;
  const auto day = std::chrono::floor<std::chrono::days>(*now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(*now - day);
  Moment out;
  out.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  out.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
  out.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<std::uint8_t>(time.hours().count());
  out.minute = static_cast<std::uint8_t>(time.minutes().count());
  out.second = static_cast<std::uint8_t>(time.seconds().count());
  out.nanosecond = static_cast<std::uint32_t>(time.subseconds().count() * 1'000'000);
  out.fraction_digits = 3;
  out.precision = Moment::Precision::kSecond;
  return out;
}

}  // namespace

void ToBoolean(Call& call) {
  Run(call, Boolean);
}
void ToDate(Call& call) {
  Run(call, Date);
}
void ToDateTime(Call& call) {
  Run(call, DateTime);
}
void ToDecimal(Call& call) {
  Run(call, DecimalNumber);
}
void ToInteger(Call& call) {
  Run(call, Integer);
}
void ToTime(Call& call) {
  Run(call, Time);
}

void ToQuantity(Call& call) {
  const auto value = call.Value(call.Input());
  const Converted converted = InUnit(call, value ? ToQuantityValue(*value) : std::nullopt);
  call.BeginResult();
  if (converted) call.Push(*converted);
}

void ToString(Call& call) {
  const Range input = call.Input();
  const auto value = call.Value(input);
  // The text of an element stands in the resource: dates need not be written again.
  json::Value written;
  if (value && call.evaluation()[input.first].IsElement()) {
    written = call.evaluation()[input.first].node().value;
  }
  call.BeginResult();
  if (!value) return;
  if (value->type() == ItemType::kString) return call.Push(*value);
  if (written.exists() && written.is_string()) return call.Push(Item(written.string()));
  call.Push(Item(call.evaluation().Keep(ToText(*value))));
}

Truth ConvertsToBoolean(Call& call) {
  return Test(call, Boolean);
}
Truth ConvertsToDate(Call& call) {
  return Test(call, Date);
}
Truth ConvertsToDateTime(Call& call) {
  return Test(call, DateTime);
}
Truth ConvertsToDecimal(Call& call) {
  return Test(call, DecimalNumber);
}
Truth ConvertsToInteger(Call& call) {
  return Test(call, Integer);
}
Truth ConvertsToTime(Call& call) {
  return Test(call, Time);
}

Truth ConvertsToQuantity(Call& call) {
  const auto value = call.Value(call.Input());
  if (!value) return Truth::kUnknown;
  return TruthOf(InUnit(call, ToQuantityValue(*value)).has_value());
}

Truth ConvertsToString(Call& call) {
  return call.Value(call.Input()) ? Truth::kTrue : Truth::kUnknown;
}

void Now(Call& call) {
  auto now = CurrentTime(call);
  call.BeginResult();
  if (!now) return;
  now->zoned = true;
  call.Push(Item(*now, ItemType::kDateTime));
}

void TimeOfDay(Call& call) {
  auto now = CurrentTime(call);
  call.BeginResult();
  if (!now) return;
  now->year = 0;
  now->month = 1;
  now->day = 1;
  call.Push(Item(*now, ItemType::kTime));
}

void Today(Call& call) {
  const auto now = CurrentTime(call);
  call.BeginResult();
  if (!now) return;
  const auto date = Date(Item(*now, ItemType::kDateTime));
  if (date) call.Push(*date);
}

}  // namespace healthlake::fhir::fhirpath::conversion
