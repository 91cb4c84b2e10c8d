#include "healthlake/core/time_text.hpp"

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
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace healthlake::core
