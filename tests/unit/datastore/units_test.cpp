// Quantities in units that are multiples of each other (search.html, quantity: canonical units).
#include <gtest/gtest.h>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

class UnitsTest : public DatastoreTest {
 protected:
  static std::string Quantity(std::string_view number, std::string_view unit) {
    return R"({"value":)" + std::string(number) +
           R"(,"system":"http://unitsofmeasure.org","code":")" + std::string(unit) + R"("})";
  }
  void PutValue(std::string_view id, const std::string& value) {
    Put(R"({"resourceType":"Observation","id":")" + std::string(id) +
        R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-1"}]},)" +
        value + "}");
  }
  void PutQuantity(std::string_view id, std::string_view number, std::string_view unit) {
    PutValue(id, R"("valueQuantity":)" + Quantity(number, unit));
  }
  std::string Find(std::string_view asked) {
    return Ids("Observation", "value-quantity=" + std::string(asked));
  }
};

constexpr std::string_view kUcum = "http://unitsofmeasure.org|";

TEST_F(UnitsTest, QuantitiesOfOtherUnitsAreFound) {
  PutQuantity("a", "90", "mg/dL");
  PutQuantity("b", "0.90", "g/L");
  PutQuantity("c", "0.9", "mg/mL");
  PutQuantity("d", "90", "mmol/L");
  PutQuantity("e", "91", "mg/dL");
  const std::string code = std::string(kUcum) + "mg/dL";
  EXPECT_EQ(Find("90|" + code), "a b c");
  EXPECT_EQ(Find("gt90|" + code), "e");
  EXPECT_EQ(Find("ge90|" + code), "a b c e");
  EXPECT_EQ(Find("lt0.91|" + std::string(kUcum) + "g/L"), "a b c");
  EXPECT_EQ(Find("ne90|" + code), "e");
}

TEST_F(UnitsTest, BoundsAreThoseOfTheDecimals) {
  PutQuantity("a", "0.7", "mm");
  PutQuantity("b", "3", "mm");
  PutQuantity("c", "0.0000007", "km");
  const std::string code = std::string(kUcum) + "cm";
  EXPECT_EQ(Find("ge0.07|" + code), "a b c");
  EXPECT_EQ(Find("gt0.07|" + code), "b");
  EXPECT_EQ(Find("gt0.3|" + code), "");
  EXPECT_EQ(Find("le0.3|" + code), "a b c");
}

TEST_F(UnitsTest, OnlyACodeOfUcumIsConverted) {
  PutQuantity("a", "1", "g");
  PutQuantity("b", "1000", "mg");
  EXPECT_EQ(Find("1|" + std::string(kUcum) + "g"), "a b");
  EXPECT_EQ(Find("1||g"), "a");
  EXPECT_EQ(Find("1"), "a");
  EXPECT_EQ(Find("1|" + std::string(kUcum)), "a");
}

TEST_F(UnitsTest, PartsOfCompositesAreConverted) {
  PutQuantity("a", "90", "mg/dL");
  PutQuantity("b", "0.9", "g/L");
  const std::string code = "http://loinc.org|1-1$";
  EXPECT_EQ(
      Ids("Observation", "code-value-quantity=" + code + "ge90|" + std::string(kUcum) + "mg/dL"),
      "a b");
  EXPECT_EQ(
      Ids("Observation", "code-value-quantity=" + code + "gt90|" + std::string(kUcum) + "mg/dL"),
      "");
}

TEST_F(UnitsTest, RangesAreConverted) {
  const auto dose = [&](std::string_view id, std::string_view low, std::string_view high,
                        std::string_view unit) {
    Put(R"({"resourceType":"Condition","id":")" + std::string(id) +
        R"(","subject":{"reference":"Patient/1"},"onsetRange":{"low":)" + Quantity(low, unit) +
        R"(,"high":)" + Quantity(high, unit) + "}}");
  };
  dose("a", "2", "4", "a");
  dose("b", "24", "48", "mo");
  dose("c", "48", "60", "mo");
  const std::string code = std::string(kUcum) + "a";
  EXPECT_EQ(Ids("Condition", "onset-age=gt4|" + code), "c");
  EXPECT_EQ(Ids("Condition", "onset-age=lt3|" + code), "a b");
}

}  // namespace
}  // namespace healthlake::datastore
