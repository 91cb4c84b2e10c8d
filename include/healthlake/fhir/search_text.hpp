// Text and dates in the form in which search compares them. Used for stored values and for those
// of a query alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {

// Case folded, accents and other marks removed, white space runs folded into one space, none at the
// ends (search.html, string): "  Ångström\tÉVE " gives "angstrom eve". Invalid UTF-8 is kept as it
// is. Replaces `out`, whose buffer is reused.
void NormalizeString(std::string_view text, std::string& out);
std::string NormalizeString(std::string_view text);

// Milliseconds since 1970 UTC: [from, until).
struct DateInterval {
  std::int64_t from;
  std::int64_t until;
};
// A FHIR date, dateTime or instant of any precision (years, months, days, minutes, seconds,
// fractions), with or without zone; none means UTC. Fractions beyond milliseconds are cut off.
// nullopt: not one, or no day of the calendar.
std::optional<DateInterval> ParseDateInterval(std::string_view text);

// A literal reference taken apart.
struct ReferenceText {
  std::string_view text;  // "Type/id" without version where it is local, else the whole
  ResourceType target;    // none when the text does not tell
  bool local = false;     // in this store
};
// `datastore_id` as in WalkOptions.
ReferenceText ParseReference(std::string_view reference, std::string_view datastore_id);

}  // namespace healthlake::fhir
