#include "datastore/sort_bounds.hpp"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "datastore/clause_ranges.hpp"
#include "datastore/key_codec.hpp"
#include "datastore/key_walk.hpp"
#include "healthlake/fhir/param_cardinality.hpp"

namespace healthlake::datastore {
namespace {

// More values with two ends, or long ones, are not looked at: then nothing is known.
constexpr std::uint64_t kFewPostings = 2000;

bool IsEmpty(index::Reader& reader, const KeyRange& range) {
  if (reader.SizeOf(range.param, range.first, range.last).postings > kFewPostings) return false;
  return reader.Range(range.param, range.first, range.last, range.filter)->Seek(0) ==
         index::Cursor::kEnd;
}

// The places of the values in `ranges`; false when they are not all known.
bool PlacesOf(index::Reader& reader, const fhir::SearchParam& param, const ValueRanges& ranges,
              SortBounds& places) {
  places.first = std::numeric_limits<std::uint64_t>::max();
  places.last = 0;
  for (const ValueRange& range : ranges) {
    const auto* keys = std::get_if<KeyRange>(&range);
    if (keys == nullptr) return false;
    if (keys->param == ParamOf(param.id)) {
      places.first = std::min(places.first, PlaceOfOrder(param, keys->first));
      places.last = std::max(places.last, PlaceOfOrder(param, keys->last));
    } else if (!IsEmpty(reader, *keys)) {
      return false;
    }
  }
  return true;
}

}  // namespace

SortBounds BoundsOf(const SearchSource& source, const fhir::TypeSearch& search,
                    const fhir::SearchParam& param) {
  SortBounds bounds;
  std::size_t clauses = 0;
  for (const fhir::Criterion& criterion : search.all_of) {
    const auto* clause = std::get_if<fhir::SearchClause>(&criterion.is);
    if (clause == nullptr || clause->param == nullptr || clause->param->id != param.id) continue;
    if (clause->modifier != fhir::SearchModifier::kNone) continue;
    ++clauses;
    bounds.present = true;
    SortBounds places;
    if (!fhir::HasOneValue(param.id) ||
        !PlacesOf(source.reader, param, RangesOf(source, *clause), places)) {
      continue;
    }
    bounds.narrowed = true;
    bounds.first = std::max(bounds.first, places.first);
    bounds.last = std::min(bounds.last, places.last);
  }
  bounds.whole = clauses == search.all_of.size();
  return bounds;
}

}  // namespace healthlake::datastore
