#include "datastore/key_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "datastore/term_match.hpp"
#include "datastore/value_encoder.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::datastore {
namespace {

TEST(KeyCodec, ParametersAndLiveSetsHaveNumbersOfTheirOwn) {
  const fhir::ParamId last = fhir::AllSearchParams().back().id;
  EXPECT_LT(ParamOf(last, Stream::kLoose), LiveParam(fhir::AllResourceTypes().front()));
  EXPECT_LT(LiveParam(fhir::AllResourceTypes().back()), 0x10000U);
  EXPECT_NE(ParamOf(last, Stream::kValues), ParamOf(last, Stream::kDateEnds));
}

TEST(KeyCodec, TokensOfOneCodeAreNeighbours) {
  const CodeHash code = HashCode("8302-2");
  const index::Key none = TokenKey(code, 0, SystemOrigin::kStated);
  const index::Key some = TokenKey(code, 77, SystemOrigin::kImplied);
  EXPECT_EQ(none.order & ~kSystemMask, some.order & ~kSystemMask);
  EXPECT_EQ(SystemOf(none), 0U);
  EXPECT_EQ(SystemOf(some), 77U);
  EXPECT_FALSE(SystemImplied(none));
  EXPECT_TRUE(SystemImplied(some));
  EXPECT_TRUE(SameCode(some, code));
  EXPECT_FALSE(SameCode(some, HashCode("8302-3")));
}

TEST(KeyCodec, SystemsBeyondTheirBitsAreStillTold) {
  const CodeHash code = HashCode("x");
  for (const store::SymbolId system : {0xFFFFFEU, 0xFFFFFFU, 0x1000000U, 0x7FFFFFFFU}) {
    const index::Key key = TokenKey(code, system, SystemOrigin::kStated);
    EXPECT_EQ(SystemOf(key), system);
    EXPECT_TRUE(SameCode(key, code));
    index::Key fixed = TokenKey(code, 0, SystemOrigin::kStated);
    ApplySymbol(SymbolField::kTokenSystem, system, fixed);
    EXPECT_EQ(fixed, key);
  }
}

TEST(KeyCodec, CodesAreFoldedInAsciiOnly) {
  EXPECT_EQ(HashCode("ABC"), HashCode("abc"));
  EXPECT_NE(HashCode("É"), HashCode("é"));
  const std::string longer(500, 'A');
  EXPECT_EQ(HashCode(longer), HashCode(std::string(500, 'a')));
}

TEST(KeyCodec, LocalReferencesHaveTheKeyOfTheirResource) {
  const auto patient = fhir::FindResourceType("Patient").value();
  const index::Key key = ReferenceKey("Patient/1", patient);
  EXPECT_EQ(key.order, core::Hash64("1", patient.number()) & 0x7FFF'FFFF'FFFF'FFFF);
  EXPECT_NE(ReferenceKey("http://x/Patient/1", patient).order >> 63, 0U);
  EXPECT_NE(ReferenceKey("urn:uuid:1", {}).order >> 63, 0U);
  EXPECT_NE(ReferenceKey("Patient/1", patient), ReferenceKey("Patient/2", patient));
}

TEST(KeyCodec, DatesKeepTheirExactInterval) {
  const std::int64_t day = 24LL * 3600 * 1000;
  struct Case {
    std::int64_t from;
    std::int64_t until;
  };
  for (const Case& one :
       {Case{0, 1}, Case{0, day}, Case{-62'135'596'800'000, 0},
        Case{1'700'000'000'123, 1'700'000'000'124}, Case{0, 400 * day}, Case{0, fhir::kEndOfTime},
        Case{fhir::kBeginningOfTime, day}, Case{fhir::kBeginningOfTime, fhir::kEndOfTime}}) {
    const DateSpan span = MakeDateSpan(one.from, one.until);
    const DateSpan read = DateOf(DateKey(span));
    EXPECT_EQ(read.lo, span.lo);
    EXPECT_EQ(read.hi, span.hi);
    const DateSpan from_end = DateOfEnd(DateEndKey(span));
    EXPECT_EQ(from_end.lo, span.lo);
    EXPECT_EQ(from_end.hi, span.hi);
    const DateSpan packed = UnpackDate(PackDate(span));
    EXPECT_EQ(packed.lo, span.lo);
    EXPECT_EQ(packed.hi, span.hi);
    EXPECT_EQ(IsLong(span), one.until == fhir::kEndOfTime || span.hi - span.lo > 366ULL * 86400000);
  }
  EXPECT_LT(DateKey(MakeDateSpan(5, 6)).order, DateKey(MakeDateSpan(6, 7)).order);
  EXPECT_LT(DateKey(MakeDateSpan(-5, 6)).order, DateKey(MakeDateSpan(4, 7)).order);
}

TEST(KeyCodec, NumbersSortByTheirBits) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::array<double, 9> ascending = {-infinity, -1e300, -1,    -1e-300, 0,
                                           1e-300,    1,      1e300, infinity};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    EXPECT_EQ(FromOrderedBits(OrderedBits(ascending[i])), ascending[i]);
    EXPECT_EQ(UnpackNumber(PackNumber(ascending[i], 9)), ascending[i]);
    EXPECT_EQ(UnitOf(PackNumber(ascending[i], 9)), 9U);
    if (i > 0) {
      EXPECT_LT(OrderedBits(ascending[i - 1]), OrderedBits(ascending[i]));
    }
  }
  EXPECT_EQ(OrderedBits(-0.0), OrderedBits(0.0));
}

TEST(KeyCodec, SymbolsKeepTheirFieldsApart) {
  const std::string symbol = UnitSymbol("http://u", "mg", "milli gram");
  const UnitText unit = ParseUnitSymbol(symbol);
  EXPECT_EQ(unit.system, "http://u");
  EXPECT_EQ(unit.code, "mg");
  EXPECT_EQ(unit.unit, "milli gram");
  EXPECT_NE(UnitSymbol("a", "b", ""), UnitSymbol("", "b", "a"));
  EXPECT_NE(UnitSymbol("a\x1F", "b", "c"), UnitSymbol("a", "b", "\x1F"));
  EXPECT_EQ(ParseUnitSymbol("").code, "");
  const std::string first = FirstTokenSymbol("urn:s", "CODE", SystemOrigin::kImplied);
  const std::string prefix = FirstTokenPrefix("code");
  ASSERT_TRUE(first.starts_with(prefix));
  EXPECT_EQ(ParseFirstToken(first, prefix).system, "urn:s");
  EXPECT_EQ(ParseFirstToken(first, prefix).origin, SystemOrigin::kImplied);
  EXPECT_FALSE(FirstTokenSymbol("urn:s", "code2", SystemOrigin::kStated).starts_with(prefix));
}

TEST(KeyCodec, LoosePartsCanBeReadBack) {
  std::array<fhir::IndexValue, 3> values;
  values[0].kind = fhir::ValueKind::kQuantity;
  values[0].low = -1.5;
  values[0].high = std::numeric_limits<double>::infinity();
  values[0].system = "http://u";
  values[0].code = "mg";
  values[0].unit = "x\x1Fy";
  values[1].kind = fhir::ValueKind::kDate;
  values[1].from = 0;
  values[1].until = 86'400'000;
  values[2].kind = fhir::ValueKind::kToken;
  values[2].system_implied = true;
  values[2].text = "c";
  const std::string text = SerializeParts(values);
  const std::vector<LoosePart> parts = ParseParts(text);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].low, -1.5);
  EXPECT_EQ(parts[0].high, values[0].high);
  EXPECT_EQ(parts[0].text, "mg");
  EXPECT_EQ(parts[0].unit, "x y");
  EXPECT_EQ(parts[1].date.hi - parts[1].date.lo, 86'400'000U);
  EXPECT_TRUE(parts[2].system_implied);
  EXPECT_TRUE(ParseParts("").empty());
  EXPECT_TRUE(ParseParts("x").empty());
}

// The bounds that a search reads must hold every value that the comparison accepts.
TEST(KeyCodec, BoundsHoldAllThatMatches) {
  const std::array<double, 11> numbers = {-200, -100, -99.6, -1,    0,  0.4,
                                          0.5,  99.5, 100,   100.5, 1e9};
  const std::array<std::int64_t, 7> places = {-1000, 0, 400, 999, 1000, 1600, 5000};
  for (int p = 0; p <= static_cast<int>(fhir::SearchPrefix::kAp); ++p) {
    const auto prefix = static_cast<fhir::SearchPrefix>(p);
    for (const double asked : numbers) {
      const fhir::NumberTerm term{prefix, asked, asked - 0.5, asked + 0.5};
      const auto [first, last] = OrderBounds(term);
      for (const double value : numbers) {
        if (!Matches(term, value, value)) continue;
        EXPECT_LE(first, OrderedBits(value));
        EXPECT_GE(last, OrderedBits(value));
      }
    }
    for (const std::int64_t from : places) {
      for (const std::int64_t width : {1, 100, 1000}) {
        const DateRange range = ToDateRange({prefix, 0, 1000}, core::Timestamp{});
        const DateSpan span = MakeDateSpan(from, from + width);
        if (!Matches(range, span)) continue;
        const auto [first, last] = LowBounds(range);
        EXPECT_LE(first, span.lo);
        EXPECT_GE(last, span.lo);
      }
    }
  }
}

}  // namespace
}  // namespace healthlake::datastore
