#include "fhir/ucum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "fhir/ucum_units.hpp"

namespace healthlake::fhir {
namespace {

NumberTerm One() {
  NumberTerm number;
  number.value = 1;
  return number;
}

// How many of each common unit are one of `code`.
std::map<std::string, double> FactorsOf(std::string_view code) {
  std::map<std::string, double> out;
  for (const auto& unit : CommensurableUnits(code, One())) {
    EXPECT_TRUE(out.emplace(unit.code, unit.number.value).second) << unit.code;
  }
  return out;
}

// What a value in `from` is multiplied by to be one in `to`; zero when they do not compare.
double Factor(std::string_view from, std::string_view to) {
  const auto factors = FactorsOf(from);
  const auto found = factors.find(std::string(to));
  return found == factors.end() ? 0 : found->second;
}

TEST(UcumTest, PrefixesAreFactorsBothWays) {
  EXPECT_EQ(Factor("mg", "g"), 0.001);
  EXPECT_EQ(Factor("g", "mg"), 1000);
  EXPECT_EQ(Factor("ng", "kg"), 1e-12);
  EXPECT_EQ(Factor("kg", "ng"), 1e12);
  EXPECT_EQ(Factor("um", "cm"), 1e-4);
  EXPECT_EQ(Factor("MBq", "Bq"), 1e6);
}

TEST(UcumTest, UnitsOfClinicsAreConverted) {
  EXPECT_EQ(Factor("mg/dL", "g/L"), 0.01);
  EXPECT_EQ(Factor("g/L", "mg/dL"), 100);
  EXPECT_EQ(Factor("mmol/L", "umol/dL"), 100);
  EXPECT_EQ(Factor("10*3/uL", "10*9/L"), 1);
  EXPECT_EQ(Factor("/uL", "10*3/uL"), 0.001);
  EXPECT_EQ(Factor("mm[Hg]", "kPa"), 0.133322);
  EXPECT_EQ(Factor("cm[H2O]", "Pa"), 98.0665);
  EXPECT_EQ(Factor("kcal", "kJ"), 4.184);
  EXPECT_EQ(Factor("U/L", "nkat/L"), 1000.0 / 60);
  EXPECT_EQ(Factor("[IU]/L", "m[iU]/mL"), 1);
  EXPECT_EQ(Factor("g/dL", "%"), 0);
  EXPECT_EQ(Factor("[ppm]", "%"), 1e-4);
  EXPECT_EQ(Factor("mg/g", "ug/mg"), 1);
}

TEST(UcumTest, UnitsOfTimeHaveADefiniteLength) {
  EXPECT_EQ(Factor("h", "min"), 60);
  EXPECT_EQ(Factor("wk", "d"), 7);
  EXPECT_EQ(Factor("a", "d"), 365.25);
  EXPECT_EQ(Factor("mo", "d"), 30.4375);
  EXPECT_EQ(Factor("/min", "Hz"), 1.0 / 60);
  EXPECT_EQ(Factor("{beats}/min", "/min"), 1);
}

TEST(UcumTest, CustomaryUnitsAreExact) {
  EXPECT_EQ(Factor("[in_i]", "cm"), 2.54);
  EXPECT_EQ(Factor("[ft_i]", "[in_i]"), 12);
  EXPECT_EQ(Factor("[lb_av]", "kg"), 0.45359237);
  EXPECT_EQ(Factor("[lb_av]", "[oz_av]"), 16);
  EXPECT_EQ(Factor("[gal_us]", "[tsp_us]"), 768);
  EXPECT_NEAR(Factor("[psi]", "kPa"), 6.894757293168361, 1e-15);
}

TEST(UcumTest, SpellingsOfOneUnitCompareByOne) {
  EXPECT_EQ(Factor("mg/dl", "mg/dL"), 1);
  EXPECT_EQ(Factor("cm3", "mL"), 1);
  EXPECT_EQ(Factor("10^9/L", "10*9/L"), 1);
}

TEST(UcumTest, WhatMeasuresSomethingElseDoesNotCompare) {
  EXPECT_EQ(Factor("m", "g"), 0);
  EXPECT_EQ(Factor("mmol/L", "/L"), 0);
  EXPECT_EQ(Factor("meq/L", "mmol/L"), 0);
  EXPECT_EQ(Factor("U/L", "[IU]/L"), 0);
  EXPECT_EQ(Factor("Bq", "Hz"), 0);
}

TEST(UcumTest, ACodeItselfIsNotListed) {
  EXPECT_FALSE(FactorsOf("mg").contains("mg"));
  EXPECT_FALSE(FactorsOf("mg/dL").contains("mg/dL"));
}

TEST(UcumTest, UncommonCodesCompareWithCommonOnes) {
  EXPECT_EQ(Factor("ng/(100.mL)", "mg/dL"), 1e-6);
  EXPECT_EQ(Factor("kg.m-1.s-2", "hPa"), 0.01);
  EXPECT_EQ(Factor("g.cm-2{BMI}", "kg/m2"), 10);
}

TEST(UcumTest, WhatIsNoMultipleOfAnotherUnitHasNone) {
  for (const std::string_view code :
       {"Cel",    "[degF]", "[pH]", "B[SPL]", "",      "nonsense", "mg/",
        "mg//dL", "(mg",    "mg)",  "{open",  "mgg",   "min3000",  "m9999999999999999999999",
        "mmm",    "kmin",   "m.",   "0",      "[in_i", "10*300",   "g20.g20.g20.g20.g20.g20.g20"}) {
    EXPECT_FALSE(ParseUcum(code)) << code;
    EXPECT_TRUE(CommensurableUnits(code, One()).empty()) << code;
  }
  EXPECT_FALSE(ParseUcum(std::string(1'000'000, '(')));
}

TEST(UcumTest, SlashIsForTheNextUnitAlone) {
  EXPECT_EQ(ParseUcum("mg/kg/d")->dimension, ParseUcum("mg/(kg.d)")->dimension);
  EXPECT_EQ(ParseUcum("m/s.s")->dimension, ParseUcum("m")->dimension);
  EXPECT_EQ(ParseUcum("/m2")->dimension, ParseUcum("m-2")->dimension);
}

TEST(UcumTest, EveryUnitAndCommonCodeIsRead) {
  for (const ucum::UnitRow& row : ucum::Units()) EXPECT_TRUE(ParseUcum(row.symbol)) << row.symbol;
  EXPECT_EQ(FactorsOf("mg/L").count("g/L"), 1U);
}

TEST(UcumTest, FactorsBackAndForthAreInverse) {
  for (const std::string_view code : {"g", "m", "mL", "min", "mm[Hg]", "mg/dL", "U/L", "%"}) {
    for (const auto& [other, factor] : FactorsOf(code)) {
      EXPECT_NEAR(factor * Factor(other, code), 1, 1e-15) << code << " " << other;
    }
  }
}

TEST(UcumTest, NumbersAreConvertedAsTheDecimalsTheyAre) {
  NumberTerm number;
  number.value = 0.07;  // 0.07 * 10 is not 0.7 in doubles
  number.low = 0.065;
  number.high = 0.3;
  bool met = false;
  for (const auto& unit : CommensurableUnits("cm", number)) {
    if (unit.code != "mm") continue;
    met = true;
    EXPECT_EQ(unit.number.value, 0.7);
    EXPECT_EQ(unit.number.low, 0.65);
    EXPECT_EQ(unit.number.high, 3);
  }
  EXPECT_TRUE(met);
  number.value = -1.1e300;
  for (const auto& unit : CommensurableUnits("kg", number)) {
    if (unit.code == "g") {
      EXPECT_EQ(unit.number.value, -1.1e303);
    }
    if (unit.code == "ng") {
      EXPECT_TRUE(std::isinf(unit.number.value));
    }
  }
}

}  // namespace
}  // namespace healthlake::fhir
