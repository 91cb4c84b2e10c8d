// Timestamps as text: FHIR instants, HTTP dates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "healthlake/core/clock.hpp"

namespace healthlake::core {

// "2026-11-22T10:20:30.123Z": always UTC, always three digits of fraction.
std::string FormatInstant(Timestamp time);

// Reads a FHIR instant: date, time with seconds, optional fraction (beyond milliseconds dropped),
// zone "Z" or ±hh:mm. Nothing else; days must exist in the calendar. A leap second reads as :59.
std::optional<Timestamp> ParseInstant(std::string_view text);

// IMF-fixdate of RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string FormatHttpDate(Timestamp time);

// Any HTTP-date of RFC 9110 5.6.7, the two obsolete forms included, of which the one with two
// digits for the year means 1970 to 2069. The day's name must be one, whether it fits or not.
std::optional<Timestamp> ParseHttpDate(std::string_view text);

}  // namespace healthlake::core
