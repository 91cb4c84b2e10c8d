// Whether one stored value satisfies one term of a query (search.html, prefixes): pure comparisons.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/value_encoder.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/search_query.hpp"

namespace healthlake::datastore {

// A date term on the scale of stored dates. With ap its interval is wider by a tenth of its
// distance from `now` on both sides.
struct DateRange {
  fhir::SearchPrefix prefix = fhir::SearchPrefix::kEq;
  DateSpan span;
};
DateRange ToDateRange(const fhir::DateTerm& term, core::Timestamp now);
bool Matches(const DateRange& term, const DateSpan& value);
// All values that match and are not long have lo in [first, second].
std::pair<std::uint64_t, std::uint64_t> LowBounds(const DateRange& term);
// Whether long values that match may have lo outside of LowBounds.
bool NeedsDateEnds(const DateRange& term);

// A value with two ends is compared as an interval, [low, high], both inclusive.
bool Matches(const fhir::NumberTerm& term, double low, double high);
// All single numbers that match have their OrderedBits in [first, second]; empty when first >
// second.
std::pair<std::uint64_t, std::uint64_t> OrderBounds(const fhir::NumberTerm& term);

bool MatchesUnit(const fhir::QuantityTerm& term, const UnitText& unit);
// The term that one of QuantityTerm::commensurable stands for.
fhir::QuantityTerm InUnit(const fhir::QuantityTerm::Commensurable& unit);

// Parts of loose values; a term of another kind than the part does not match.
bool Matches(const fhir::SimpleTerm& term, const LoosePart& part, core::Timestamp now);

}  // namespace healthlake::datastore
