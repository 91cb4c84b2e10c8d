#include "fhir/fhirpath/decimal.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace healthlake::fhir::fhirpath {
namespace {

Decimal Of(std::string_view text) {
  const auto value = Decimal::Parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Decimal());
}
std::string TextOf(const std::optional<Decimal>& value) {
  return value ? value->ToString() : "none";
}

TEST(Decimal, KeepsTheDigitsAsTheyAreWritten) {
  for (const char* text : {"0", "1", "-1", "1.50", "-0.001", "1234567890123456789012345678",
                           "0.0000000000000000000000000001"}) {
    EXPECT_EQ(Of(text).ToString(), text);
  }
  EXPECT_EQ(Of("+7").ToString(), "7");
  EXPECT_EQ(Of("1e3").ToString(), "1000");
  EXPECT_EQ(Of("1.5E-3").ToString(), "0.0015");
}

TEST(Decimal, RoundsWhatHasMoreThan28Digits) {
  EXPECT_EQ(Of("0.12345678901234567890123456789").ToString(), "0.1234567890123456789012345679");
  EXPECT_EQ(Of("99999999999999999999999999.994").ToString(), "99999999999999999999999999.99");
  EXPECT_EQ(Of("1e-90").ToString(), "0.0000000000000000000000000000");
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLarge) {
  for (const char* text : {"", "-", ".", "1.", ".5", "a", "1a", "1e", "1e999", "--1", "1 ", "1.2.3",
                           "10000000000000000000000000000", "1e28",
                           "99999999999999999999999999999999999999999999999999999999999999999"}) {
    EXPECT_FALSE(Decimal::Parse(text)) << text;
  }
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(Of("1.0"), Of("1.000"));
  EXPECT_EQ(Of("-0.0"), Of("0"));
  EXPECT_LT(Of("1.0"), Of("1.000000000000000000000000001"));
  EXPECT_LT(Of("-1.5"), Of("-1.49"));
  EXPECT_GT(Of("9999999999999999999999999999"), Of("0.0000000000000000000000000001"));
}

TEST(Decimal, CalculatesExactly) {
  EXPECT_EQ(TextOf(Add(Of("0.1"), Of("0.2"))), "0.3");
  EXPECT_EQ(TextOf(Subtract(Of("1"), Of("0.99"))), "0.01");
  EXPECT_EQ(TextOf(Multiply(Of("12345678901234"), Of("98765432109876"))),
            "1219326311370155158039986984");
  EXPECT_EQ(TextOf(Multiply(Of("99999999999999"), Of("99999999999999"))),
            "9999999999999800000000000001");
  EXPECT_EQ(TextOf(Multiply(Of("0.00000000000001"), Of("0.00000000000001"))),
            "0.0000000000000000000000000001");
  EXPECT_EQ(TextOf(Divide(Of("1"), Of("8"))), "0.125");
  EXPECT_EQ(TextOf(Divide(Of("-2"), Of("3"))), "-0.6666666666666666666666666667");
  EXPECT_EQ(TextOf(Divide(Of("1000"), Of("0.001"))), "1000000");
  EXPECT_EQ(TextOf(TruncatedQuotient(Of("-7.5"), Of("2"))), "-3");
  EXPECT_EQ(TextOf(Remainder(Of("-7.5"), Of("2"))), "-1.5");
}

TEST(Decimal, HasNoResultWhereItDoesNotFit) {
  const Decimal large = Of("9999999999999999999999999999");
  EXPECT_EQ(TextOf(Add(large, Of("1"))), "none");
  EXPECT_EQ(TextOf(Multiply(large, Of("10"))), "none");
  EXPECT_EQ(TextOf(Divide(Of("1"), Of("0.0"))), "none");
  EXPECT_EQ(TextOf(TruncatedQuotient(Of("1"), Of("0"))), "none");
  EXPECT_EQ(TextOf(Remainder(Of("1"), Of("0"))), "none");
  EXPECT_EQ(TextOf(Divide(large, Of("0.0000000000000000000000000001"))), "none");
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(Of("2.5").Rounded(0).ToString(), "3");
  EXPECT_EQ(Of("-2.5").Rounded(0).ToString(), "-3");
  EXPECT_EQ(Of("2.449").Rounded(1).ToString(), "2.4");
  EXPECT_EQ(Of("-1.1").Floor().ToString(), "-2");
  EXPECT_EQ(Of("-1.1").Ceiling().ToString(), "-1");
  EXPECT_EQ(Of("1.0").Ceiling().ToString(), "1");
}

// Against the arithmetic of 64-bit integers, in thousandths.
TEST(Decimal, AgreesWithIntegers) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> numbers(-1'000'000, 1'000'000);
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t x = numbers(random);
    const std::int64_t y = numbers(random);
    const Decimal a = *Decimal::Make(x, 3);
    const Decimal b = *Decimal::Make(y, 3);
    EXPECT_EQ(*Add(a, b), *Decimal::Make(x + y, 3));
    EXPECT_EQ(*Subtract(a, b), *Decimal::Make(x - y, 3));
    EXPECT_EQ(*Multiply(a, b), *Decimal::Make(Int128{x} * y, 6));
    EXPECT_EQ(a <=> b, x <=> y);
    if (y == 0) continue;
    EXPECT_EQ(*TruncatedQuotient(a, b), Decimal::FromInteger(x / y));
    EXPECT_EQ(*Remainder(a, b), *Decimal::Make(x % y, 3));
    EXPECT_EQ(Multiply(*Divide(a, b), b)->Rounded(9), a);
  }
}

}  // namespace
}  // namespace healthlake::fhir::fhirpath
