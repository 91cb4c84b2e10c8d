// Units of UCUM, as far as they are multiples of each other (ucum.org, 2.1 and 4).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// What a unit measures: the exponents of the base units. Amounts that UCUM has as plain numbers
// (mol, eq, osm) or as the same (Bq, Hz) have one each: nobody means the one by the other.
using UnitDimension = std::array<std::int8_t, 16>;

// A unit is numerator / denominator × 10^power of the product of base units; neither number is a
// multiple of ten.
struct UcumUnit {
  UnitDimension dimension{};
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  int power = 0;
};

// A term of prefixes, units, exponents, '.', '/', parentheses and annotations. nullopt: not one, a
// unit that is not known here or no multiple of others (Cel, [pH]), or numbers out of range.
std::optional<UcumUnit> ParseUcum(std::string_view code);

// The codes in use, other than `code`, whose quantities compare with those of `code`, and `number`
// in each of them: converted as the decimals of up to 17 digits that its values are, and rounded
// once. Empty when there are none or `code` is not known.
std::vector<QuantityTerm::Commensurable> CommensurableUnits(std::string_view code,
                                                            const NumberTerm& number);

}  // namespace healthlake::fhir
