#include "fhir/fhirpath/moment.hpp"

#include <algorithm>
#include <array>

#include "fhir/fhirpath/decimal.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

using Precision = Moment::Precision;
// In nanoseconds.
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back.
std::int64_t DaysOf(std::int64_t year, int month, int day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}
struct Calendar {
  std::int64_t year;
  int month;
  int day;
};
Calendar CalendarOf(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + era * 400 + (month <= 2), month,
          static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1)};
}
int DaysInMonth(std::int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool AtEnd() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // Exactly that many digits, for a number within the limits; -1: there is none.
  int Number(std::size_t digits, int least, int most) {
    if (text_.size() - at_ < digits) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    at_ += digits;
    return value >= least && value <= most ? value : -1;
  }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  void Skip() { ++at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool ReadDate(Reader& in, Moment& out) {
  const int year = in.Number(4, 1, 9999);
  if (year < 0) return false;
  out.year = static_cast<std::int16_t>(year);
  if (!in.Take('-')) return true;
  const int month = in.Number(2, 1, 12);
  if (month < 0) return false;
  out.month = static_cast<std::uint8_t>(month);
  out.precision = Precision::kMonth;
  if (!in.Take('-')) return true;
  const int day = in.Number(2, 1, DaysInMonth(year, month));
  if (day < 0) return false;
  out.day = static_cast<std::uint8_t>(day);
  out.precision = Precision::kDay;
  return true;
}

bool ReadFraction(Reader& in, Moment& out) {
  std::uint32_t weight = 100'000'000;
  int digits = 0;
  for (; in.Peek() >= '0' && in.Peek() <= '9'; in.Skip(), ++digits) {
    out.nanosecond += static_cast<std::uint32_t>(in.Peek() - '0') * weight;
    weight /= 10;
  }
  out.fraction_digits = static_cast<std::uint8_t>(std::min(digits, 9));
  return digits > 0;
}

bool ReadTime(Reader& in, Moment& out) {
  const int hour = in.Number(2, 0, 23);
  if (hour < 0) return false;
  out.hour = static_cast<std::uint8_t>(hour);
  out.precision = Precision::kHour;
  if (!in.Take(':')) return true;
  const int minute = in.Number(2, 0, 59);
  if (minute < 0) return false;
  out.minute = static_cast<std::uint8_t>(minute);
  out.precision = Precision::kMinute;
  if (!in.Take(':')) return true;
  const int second = in.Number(2, 0, 60);  // FHIR's formats let a leap second pass
  if (second < 0) return false;
  out.second = static_cast<std::uint8_t>(second);
  out.precision = Precision::kSecond;
  return !in.Take('.') || ReadFraction(in, out);
}

bool ReadZone(Reader& in, Moment& out) {
  out.zoned = true;
  if (in.Take('Z')) return true;
  const bool west = in.Take('-');
  if (!west && !in.Take('+')) return false;
  const int hours = in.Number(2, 0, 14);
  const int minutes = hours >= 0 && in.Take(':') ? in.Number(2, 0, 59) : -1;
  if (minutes < 0) return false;
  const int offset = hours * 60 + minutes;
  out.offset_minutes = static_cast<std::int16_t>(west ? -offset : offset);
  return true;
}

void AppendNumber(std::uint32_t value, std::size_t digits, std::string& out) {
  std::array<char, 10> text{};
  for (std::size_t i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text.data(), digits);
}

void AppendTime(const Moment& moment, std::string& out) {
  AppendNumber(moment.hour, 2, out);
  if (moment.precision == Precision::kHour) return;
  out.push_back(':');
  AppendNumber(moment.minute, 2, out);
  if (moment.precision == Precision::kMinute) return;
  out.push_back(':');
  AppendNumber(moment.second, 2, out);
  if (moment.fraction_digits == 0) return;
  std::string fraction;
  AppendNumber(moment.nanosecond, 9, fraction);
  out.push_back('.');
  out.append(fraction, 0, moment.fraction_digits);
}

std::int64_t Field(const Moment& moment, Precision field) {
  switch (field) {
    case Precision::kYear:
      return moment.year;
    case Precision::kMonth:
      return moment.month;
    case Precision::kDay:
      return moment.day;
    case Precision::kHour:
      return moment.hour;
    case Precision::kMinute:
      return moment.minute;
    case Precision::kSecond:
      return moment.second * kSecond + moment.nanosecond;
  }
  return 0;
}

std::int64_t NanosecondsOf(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kWeek:
      return 7 * kDay;
    case CalendarUnit::kDay:
      return kDay;
    case CalendarUnit::kHour:
      return kHour;
    case CalendarUnit::kMinute:
      return kMinute;
    case CalendarUnit::kSecond:
      return kSecond;
    default:
      return kMillisecond;
  }
}

// By months and years the day stays, or is the last of the month.
std::optional<Moment> ShiftMonths(Moment moment, std::int64_t months) {
  const std::int64_t all = moment.year * std::int64_t{12} + moment.month - 1 + months;
  const std::int64_t year = all / 12;
  if (all < 12 || year > 9999) return std::nullopt;
  moment.year = static_cast<std::int16_t>(year);
  moment.month = static_cast<std::uint8_t>(all % 12 + 1);
  moment.day =
      static_cast<std::uint8_t>(std::min<int>(moment.day, DaysInMonth(moment.year, moment.month)));
  return moment;
}

std::optional<Moment> ShiftExact(Moment moment, MomentType type, Precision precision, Int128 by) {
  by += moment.hour * kHour + moment.minute * kMinute + moment.second * kSecond + moment.nanosecond;
  Int128 days = by / kDay;
  if (by % kDay < 0) --days;
  const auto of_day = static_cast<std::int64_t>(by - days * kDay);
  const std::int64_t seconds = of_day / kSecond;
  moment.hour = static_cast<std::uint8_t>(seconds / 3600);
  moment.minute = static_cast<std::uint8_t>(seconds / 60 % 60);
  moment.second = static_cast<std::uint8_t>(seconds % 60);
  moment.nanosecond = static_cast<std::uint32_t>(of_day % kSecond);
  moment.precision = precision;
  if (moment.nanosecond != 0 && moment.fraction_digits < 3) moment.fraction_digits = 3;
  if (type == MomentType::kTime) return moment;  // around the clock
  if (days > 4'000'000 || days < -4'000'000) return std::nullopt;
  const Calendar date =
      CalendarOf(DaysOf(moment.year, moment.month, moment.day) + static_cast<std::int64_t>(days));
  if (date.year < 1 || date.year > 9999) return std::nullopt;
  moment.year = static_cast<std::int16_t>(date.year);
  moment.month = static_cast<std::uint8_t>(date.month);
  moment.day = static_cast<std::uint8_t>(date.day);
  return moment;
}

}  // namespace

std::optional<Moment> ParseDate(std::string_view text) noexcept {
  Reader in(text);
  Moment out;
  if (!ReadDate(in, out) || !in.AtEnd()) return std::nullopt;
  return out;
}

std::optional<Moment> ParseDateTime(std::string_view text) noexcept {
  Reader in(text);
  Moment out;
  if (!ReadDate(in, out)) return std::nullopt;
  if (in.AtEnd() || (in.Take('T') && in.AtEnd())) return out;
  if (out.precision != Precision::kDay || !ReadTime(in, out)) return std::nullopt;
  if (!in.AtEnd() && (!ReadZone(in, out) || !in.AtEnd())) return std::nullopt;
  return out;
}

std::optional<Moment> ParseTime(std::string_view text) noexcept {
  Reader in(text);
  Moment out;
  if (!ReadTime(in, out) || !in.AtEnd()) return std::nullopt;
  return out;
}

std::string ToString(const Moment& moment, MomentType type) {
  std::string out;
  if (type == MomentType::kTime) {
    AppendTime(moment, out);
    return out;
  }
  AppendNumber(static_cast<std::uint32_t>(moment.year), 4, out);
  if (moment.precision >= Precision::kMonth) {
    out.push_back('-');
    AppendNumber(moment.month, 2, out);
  }
  if (moment.precision >= Precision::kDay) {
    out.push_back('-');
    AppendNumber(moment.day, 2, out);
  }
  if (moment.precision >= Precision::kHour) {
    out.push_back('T');
    AppendTime(moment, out);
    if (moment.zoned && moment.offset_minutes == 0) {
      out.push_back('Z');
    } else if (moment.zoned) {
      const auto offset = static_cast<std::uint32_t>(
          moment.offset_minutes < 0 ? -moment.offset_minutes : moment.offset_minutes);
      out.push_back(moment.offset_minutes < 0 ? '-' : '+');
      AppendNumber(offset / 60, 2, out);
      out.push_back(':');
      AppendNumber(offset % 60, 2, out);
    }
  }
  return out;
}

Moment InUtc(const Moment& moment) noexcept {
  if (!moment.zoned || moment.offset_minutes == 0 || moment.precision < Precision::kMinute) {
    return moment;
  }
  const std::int64_t minutes = DaysOf(moment.year, moment.month, moment.day) * 1440 +
                               moment.hour * std::int64_t{60} + moment.minute -
                               moment.offset_minutes;
  std::int64_t days = minutes / 1440;
  if (minutes % 1440 < 0) --days;
  const std::int64_t of_day = minutes - days * 1440;
  const Calendar date = CalendarOf(days);
  Moment out = moment;
  out.year = static_cast<std::int16_t>(date.year);
  out.month = static_cast<std::uint8_t>(date.month);
  out.day = static_cast<std::uint8_t>(date.day);
  out.hour = static_cast<std::uint8_t>(of_day / 60);
  out.minute = static_cast<std::uint8_t>(of_day % 60);
  return out;
}

std::optional<int> Compare(const Moment& a, const Moment& b) noexcept {
  const bool both_timed =
      a.precision >= Precision::kHour && b.precision >= Precision::kHour && a.year != 0;
  if (both_timed && a.zoned != b.zoned) return std::nullopt;
  const Moment left = InUtc(a);
  const Moment right = InUtc(b);
  const Precision first = left.year == 0 ? Precision::kHour : Precision::kYear;
  const Precision common = std::min(left.precision, right.precision);
  for (int i = static_cast<int>(first); i <= static_cast<int>(common); ++i) {
    const std::int64_t x = Field(left, static_cast<Precision>(i));
    const std::int64_t y = Field(right, static_cast<Precision>(i));
    if (x != y) return x < y ? -1 : 1;
  }
  if (left.precision != right.precision) return std::nullopt;
  return 0;
}

std::optional<Moment> Shift(const Moment& moment, MomentType type, std::int64_t amount,
                            CalendarUnit unit, std::int64_t nanoseconds) noexcept {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  if (amount > kMost || amount < -kMost) return std::nullopt;
  const Precision precision = moment.precision;
  if (unit == CalendarUnit::kYear || unit == CalendarUnit::kMonth) {
    if (type == MomentType::kTime) return std::nullopt;
    if (unit == CalendarUnit::kYear) return ShiftMonths(moment, amount * 12);
    // Of a year only whole years count.
    return ShiftMonths(moment, precision == Precision::kYear ? amount / 12 * 12 : amount);
  }
  Int128 by = amount;
  by = by * NanosecondsOf(unit) + nanoseconds;
  switch (precision) {
    case Precision::kYear:
      return ShiftMonths(moment, static_cast<std::int64_t>(by / kDay / 365) * 12);
    case Precision::kMonth:
      return ShiftMonths(moment, static_cast<std::int64_t>(by / kDay / 30));
    case Precision::kDay:
      by = by / kDay * kDay;
      break;
    case Precision::kHour:
      by = by / kHour * kHour;
      break;
    case Precision::kMinute:
      by = by / kMinute * kMinute;
      break;
    case Precision::kSecond:
      break;
  }
  return ShiftExact(moment, type, precision, by);
}

}  // namespace healthlake::fhir::fhirpath
