#include "healthlake/core/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace healthlake::core {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::milliseconds;
using std::chrono::year_month_day;

// Reads exactly `count` digits at `at` and moves past them.
std::optional<int> Digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += count;
  return value;
}

bool Skip(std::string_view text, std::size_t& at, char expected) {
  if (at >= text.size() || text[at] != expected) return false;
  ++at;
  return true;
}

std::optional<milliseconds> Fraction(std::string_view text, std::size_t& at) {
  if (!Skip(text, at, '.')) return milliseconds{0};
  int value = 0;
  std::size_t digits = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
    if (digits < 3) value = value * 10 + (text[at] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (std::size_t missing = digits; missing < 3; ++missing) value *= 10;
  return milliseconds{value};
}

std::optional<std::chrono::minutes> Zone(std::string_view text, std::size_t& at) {
  if (Skip(text, at, 'Z')) return std::chrono::minutes{0};
  const int sign = Skip(text, at, '+') ? 1 : Skip(text, at, '-') ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hours = Digits(text, at, 2);
  if (!hours || !Skip(text, at, ':')) return std::nullopt;
  const auto minutes = Digits(text, at, 2);
  if (!minutes || *minutes > 59 || *hours > 14 || (*hours == 14 && *minutes > 0)) {
    return std::nullopt;
  }
  return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

constexpr auto kDays = std::to_array<std::string_view>(
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});
constexpr auto kMonths = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
constexpr std::size_t kShortName = 3;

// The forms of an HTTP-date: a day's name, then literally what is here, where '1' stands for a
// digit of the day, '_' for one that may be a space, 'b' for the month, 'y' for a digit of the
// year, 't' for the time.
struct HttpDateForm {
  bool long_name;
  std::string_view pattern;
};
constexpr auto kHttpDateForms = std::to_array<HttpDateForm>({
    {false, ", 11 b yyyy t GMT"},
    {true, ", 11-b-yy t GMT"},
    {false, " b _1 t yyyy"},
});

struct HttpDateParts {
  int year = 0;
  int year_digits = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::chrono::seconds time{0};
};

bool SkipDay(std::string_view text, std::size_t& at, bool long_name) {
  for (const std::string_view day : kDays) {
    const std::string_view name = long_name ? day : day.substr(0, kShortName);
    if (!text.starts_with(name)) continue;
    at = name.size();
    return true;
  }
  return false;
}

bool ReadMonth(std::string_view text, std::size_t& at, unsigned& month) {
  const auto found = std::find(kMonths.begin(), kMonths.end(), text.substr(at, kShortName));
  if (found == kMonths.end()) return false;
  month = static_cast<unsigned>(found - kMonths.begin()) + 1;
  at += kShortName;
  return true;
}

bool ReadTime(std::string_view text, std::size_t& at, std::chrono::seconds& time) {
  const auto hour = Digits(text, at, 2);
  if (!hour || *hour > 23 || !Skip(text, at, ':')) return false;
  const auto minute = Digits(text, at, 2);
  if (!minute || *minute > 59 || !Skip(text, at, ':')) return false;
  const auto second = Digits(text, at, 2);
  if (!second || *second > 60) return false;
  time = std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{std::min(*second, 59)};
  return true;
}

bool ReadHttpDatePart(char part, std::string_view text, std::size_t& at, HttpDateParts& parts) {
  if (part == 'b') return ReadMonth(text, at, parts.month);
  if (part == 't') return ReadTime(text, at, parts.time);
  if (part == '_' && Skip(text, at, ' ')) return true;
  if (part != '1' && part != '_' && part != 'y') return Skip(text, at, part);
  const auto digit = Digits(text, at, 1);
  if (!digit) return false;
  if (part == 'y') {
    parts.year = parts.year * 10 + *digit;
    ++parts.year_digits;
  } else {
    parts.day = parts.day * 10 + static_cast<unsigned>(*digit);
  }
  return true;
}

std::optional<HttpDateParts> ReadHttpDate(std::string_view text, const HttpDateForm& form) {
  HttpDateParts parts;
  std::size_t at = 0;
  if (!SkipDay(text, at, form.long_name)) return std::nullopt;
  for (const char part : form.pattern) {
    if (!ReadHttpDatePart(part, text, at, parts)) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  if (parts.year_digits == 2) parts.year += parts.year < 70 ? 2000 : 1900;
  return parts;
}

}  // namespace

std::string FormatInstant(Timestamp time) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  // Once or more for every resource written: printf would show in a profile.
  const auto put = [&](std::size_t last, int digits, long value) {
    for (int i = 0; i < digits; ++i, value /= 10) {
      text[last - static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    }
  };
  put(3, 4, static_cast<int>(date.year()));
  put(6, 2, static_cast<long>(static_cast<unsigned>(date.month())));
  put(9, 2, static_cast<long>(static_cast<unsigned>(date.day())));
  put(12, 2, clock.hours().count());
  put(15, 2, clock.minutes().count());
  put(18, 2, clock.seconds().count());
  put(22, 3, clock.subseconds().count());
  return text;
}

std::optional<Timestamp> ParseInstant(std::string_view text) {
  std::size_t at = 0;
  const auto year = Digits(text, at, 4);
  if (!year || !Skip(text, at, '-')) return std::nullopt;
  const auto month = Digits(text, at, 2);
  if (!month || !Skip(text, at, '-')) return std::nullopt;
  const auto day = Digits(text, at, 2);
  if (!day || !Skip(text, at, 'T')) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const auto hour = Digits(text, at, 2);
  if (!hour || *hour > 23 || !Skip(text, at, ':')) return std::nullopt;
  const auto minute = Digits(text, at, 2);
  if (!minute || *minute > 59 || !Skip(text, at, ':')) return std::nullopt;
  const auto second = Digits(text, at, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = Fraction(text, at);
  if (!fraction) return std::nullopt;
  const auto zone = Zone(text, at);
  if (!zone || at != text.size()) return std::nullopt;
  return Timestamp{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second == 60 ? 59 : *second} +
         *fraction - *zone;
}

std::string FormatHttpDate(Timestamp time) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%.3s, %02u %.3s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday{day}.c_encoding()].data(), static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  for (const HttpDateForm& form : kHttpDateForms) {
    const std::optional<HttpDateParts> parts = ReadHttpDate(text, form);
    if (!parts) continue;
    const year_month_day date{std::chrono::year{parts->year}, std::chrono::month{parts->month},
                              std::chrono::day{parts->day}};
    if (!date.ok()) return std::nullopt;
    return Timestamp{std::chrono::sys_days{date}} + parts->time;
  }
  return std::nullopt;
}

}  // namespace healthlake::core
