#include "datastore/term_match.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

using fhir::SearchPrefix;
using fhir::ValueKind;

bool Within(const DateSpan& inner, const DateSpan& outer) {
  return inner.lo >= outer.lo && inner.hi <= outer.hi;
}

std::string Folded(std::string_view code) {
  std::string folded;
  AppendFolded(code, folded);
  return folded;
}

bool MatchToken(const fhir::TokenTerm& term, const LoosePart& part) {
  if (term.form == fhir::TokenForm::kSystem) return part.system == term.system;
  if (Folded(part.text) != Folded(term.code)) return false;
  switch (term.form) {
    case fhir::TokenForm::kSystemAndCode:
      return part.system == term.system;
    case fhir::TokenForm::kCodeNoSystem:
      return part.system.empty() || part.system_implied;
    case fhir::TokenForm::kCode:
    case fhir::TokenForm::kSystem:
      break;
  }
  return true;
}

bool MatchReference(const fhir::ReferenceTerm& term, const LoosePart& part) {
  if (!term.text.empty()) return part.text == term.text;
  const std::size_t slash = part.text.find('/');
  return slash != std::string_view::npos && part.text.substr(slash + 1) == term.id &&
         fhir::FindResourceType(part.text.substr(0, slash)).has_value();
}

struct PartMatcher {
  const LoosePart& part;
  core::Timestamp now;

  bool operator()(const fhir::TokenTerm& term) const {
    return part.kind == ValueKind::kToken && MatchToken(term, part);
  }
  bool operator()(const fhir::StringTerm& term) const {
    return part.kind == ValueKind::kString &&
           fhir::NormalizeString(part.text).starts_with(fhir::NormalizeString(term.text));
  }
  bool operator()(const fhir::UriTerm& term) const {
    return part.kind == ValueKind::kUri && part.text == term.text;
  }
  bool operator()(const fhir::ReferenceTerm& term) const {
    return part.kind == ValueKind::kReference && MatchReference(term, part);
  }
  bool operator()(const fhir::DateTerm& term) const {
    return part.kind == ValueKind::kDate && Matches(ToDateRange(term, now), part.date);
  }
  bool operator()(const fhir::NumberTerm& term) const {
    return part.kind == ValueKind::kNumber && Matches(term, part.low, part.high);
  }
  bool operator()(const fhir::QuantityTerm& term) const {
    const auto same = [&](const fhir::QuantityTerm& asked) {
      return Matches(asked.number, part.low, part.high) &&
             MatchesUnit(asked, {part.system, part.text, part.unit});
    };
    return part.kind == ValueKind::kQuantity &&
           (same(term) || std::ranges::any_of(term.commensurable, same, InUnit));
  }
  // Never parts of a composite.
  bool operator()(const fhir::TypedIdentifierTerm&) const { return false; }
  bool operator()(const fhir::PositionTerm&) const { return false; }
};

}  // namespace

DateRange ToDateRange(const fhir::DateTerm& term, core::Timestamp now) {
  DateRange range{term.prefix, {DatePlace(term.from), DatePlace(term.until)}};
  if (term.prefix != SearchPrefix::kAp) return range;
  const std::uint64_t here = DatePlace(now.time_since_epoch().count());
  const std::uint64_t gap =
      here >= range.span.hi ? here - range.span.hi : range.span.lo - std::min(range.span.lo, here);
  const std::uint64_t tenth = gap / 10;
  range.span.lo -= std::min(range.span.lo, tenth);
  range.span.hi = std::min(kDateMax, range.span.hi + tenth);
  return range;
}

bool Matches(const DateRange& term, const DateSpan& value) {
  const DateSpan& asked = term.span;
  switch (term.prefix) {
    case SearchPrefix::kEq:
      return Within(value, asked);
    case SearchPrefix::kNe:
      return !Within(value, asked);
    case SearchPrefix::kGt:
      return value.hi > asked.hi;
    case SearchPrefix::kLt:
      return value.lo < asked.lo;
    case SearchPrefix::kGe:
      return value.hi > asked.hi || Within(value, asked);
    case SearchPrefix::kLe:
      return value.lo < asked.lo || Within(value, asked);
    case SearchPrefix::kSa:
      return value.lo >= asked.hi;
    case SearchPrefix::kEb:
      return value.hi <= asked.lo;
    case SearchPrefix::kAp:
    case SearchPrefix::kPo:
      return value.lo < asked.hi && value.hi > asked.lo;
    case SearchPrefix::kCo:
      return value.lo <= asked.lo && value.hi >= asked.hi;
  }
  return false;
}

std::pair<std::uint64_t, std::uint64_t> LowBounds(const DateRange& term) {
  const auto before = [](std::uint64_t place) { return place - std::min(place, kLongSpan); };
  const DateSpan& asked = term.span;
  switch (term.prefix) {
    case SearchPrefix::kEq:
      return {asked.lo, asked.hi};
    case SearchPrefix::kNe:
      break;
    case SearchPrefix::kGt:
      return {before(asked.hi), kDateMax};
    case SearchPrefix::kGe:
      return {std::min(asked.lo, before(asked.hi)), kDateMax};
    case SearchPrefix::kLt:
    case SearchPrefix::kEb:
    case SearchPrefix::kCo:
      return {0, asked.lo};
    case SearchPrefix::kLe:
      return {0, asked.hi};
    case SearchPrefix::kSa:
      return {asked.hi, kDateMax};
    case SearchPrefix::kAp:
    case SearchPrefix::kPo:
      return {before(asked.lo), asked.hi};
  }
  return {0, kDateMax};
}

bool NeedsDateEnds(const DateRange& term) {
  return term.prefix == SearchPrefix::kGt || term.prefix == SearchPrefix::kGe ||
         term.prefix == SearchPrefix::kAp || term.prefix == SearchPrefix::kPo;
}

bool Matches(const fhir::NumberTerm& term, double low, double high) {
  switch (term.prefix) {
    case SearchPrefix::kEq:
      return low >= term.low && high < term.high;
    case SearchPrefix::kNe:
      return !(low >= term.low && high < term.high);
    case SearchPrefix::kGt:
      return high > term.value;
    case SearchPrefix::kLt:
      return low < term.value;
    case SearchPrefix::kGe:
      return high >= term.value;
    case SearchPrefix::kLe:
      return low <= term.value;
    case SearchPrefix::kSa:
      return low > term.value;
    case SearchPrefix::kEb:
      return high < term.value;
    case SearchPrefix::kAp:
    case SearchPrefix::kPo:
    case SearchPrefix::kCo:
      return low < term.high && high >= term.low;
  }
  return false;
}

std::pair<std::uint64_t, std::uint64_t> OrderBounds(const fhir::NumberTerm& term) {
  const std::uint64_t value = OrderedBits(term.value);
  switch (term.prefix) {
    case SearchPrefix::kEq:
    case SearchPrefix::kAp:
    case SearchPrefix::kPo:
    case SearchPrefix::kCo:
      return {OrderedBits(term.low), OrderedBits(term.high) - 1};
    case SearchPrefix::kNe:
      break;
    case SearchPrefix::kGt:
    case SearchPrefix::kSa:
      return {value + 1, UINT64_MAX};
    case SearchPrefix::kGe:
      return {value, UINT64_MAX};
    case SearchPrefix::kLt:
    case SearchPrefix::kEb:
      return {0, value - 1};
    case SearchPrefix::kLe:
      return {0, value};
  }
  return {0, UINT64_MAX};
}

fhir::QuantityTerm InUnit(const fhir::QuantityTerm::Commensurable& unit) {
  fhir::QuantityTerm term;
  term.number = unit.number;
  term.form = fhir::QuantityTerm::Unit::kSystemAndCode;
  term.system = "http://unitsofmeasure.org";
  term.code = unit.code;
  return term;
}

bool MatchesUnit(const fhir::QuantityTerm& term, const UnitText& unit) {
  switch (term.form) {
    case fhir::QuantityTerm::Unit::kAny:
      return true;
    case fhir::QuantityTerm::Unit::kSystemAndCode:
      return unit.system == term.system && unit.code == term.code;
    case fhir::QuantityTerm::Unit::kCodeOrUnit:
      return unit.code == term.code || unit.unit == term.code;
    case fhir::QuantityTerm::Unit::kSystem:
      return unit.system == term.system;
  }
  return false;
}

bool Matches(const fhir::SimpleTerm& term, const LoosePart& part, core::Timestamp now) {
  return std::visit(PartMatcher{part, now}, term);
}

}  // namespace healthlake::datastore
