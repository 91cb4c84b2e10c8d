// FHIRPath's Date, DateTime and Time: as precise as they were written (FHIRPath 4.1.5-4.1.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::fhir::fhirpath {

struct Moment {
  // Seconds and their fraction are one precision.
  enum class Precision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond };

  std::int16_t year = 0;  // of a Time: 0, and so are month and day
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  Precision precision = Precision::kYear;
  std::uint32_t nanosecond = 0;
  std::int16_t offset_minutes = 0;  // east of UTC, when `zoned`
  std::uint8_t fraction_digits = 0;
  bool zoned = false;
};

// "2015", "2015-02", "2015-02-04"; nullopt when it is none or no day of the calendar.
std::optional<Moment> ParseDate(std::string_view text) noexcept;
// A date, and behind 'T' nothing, or an hour, minutes, seconds, fraction, and then perhaps a zone.
std::optional<Moment> ParseDateTime(std::string_view text) noexcept;
// "14", "14:34", "14:34:28.123"
std::optional<Moment> ParseTime(std::string_view text) noexcept;

enum class MomentType : std::uint8_t { kDate, kDateTime, kTime };
std::string ToString(const Moment& moment, MomentType type);

// The same in UTC, where it has a zone and minutes.
Moment InUtc(const Moment& moment) noexcept;

// -1, 0, 1; nullopt when the precision of one ends before a difference is found, or only one of two
// DateTimes has a zone (FHIRPath 6.1.1, 6.2).
std::optional<int> Compare(const Moment& a, const Moment& b) noexcept;

enum class CalendarUnit : std::uint8_t {
  kYear,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
};
// `amount` × `unit` later (earlier when negative), of the same precision: an amount of a finer unit
// is cut to whole units of that precision (FHIRPath 6.7). nullopt: outside of years 1 to 9999.
// `nanoseconds`: the part of a second that `amount` leaves over.
std::optional<Moment> Shift(const Moment& moment, MomentType type, std::int64_t amount,
                            CalendarUnit unit, std::int64_t nanoseconds) noexcept;

}  // namespace healthlake::fhir::fhirpath
