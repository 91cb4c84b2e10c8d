#include "healthlake/json/equality.hpp"

#include <gtest/gtest.h>

#include <string>

namespace healthlake::json {
namespace {

bool AreEqual(const std::string& a, const std::string& b) {
  Document x;
  Document y;
  EXPECT_FALSE(x.Parse(a)) << a;
  EXPECT_FALSE(y.Parse(b)) << b;
  EXPECT_EQ(Equal(x.root(), y.root()), Equal(y.root(), x.root())) << a << " " << b;
  return Equal(x.root(), y.root());
}

TEST(EqualityTest, NumbersAreComparedByValue) {
  for (const char* one : {"1", "1.0", "1.00", "10e-1", "0.1E+1", "100E-02", "1e0", "1e-000"}) {
    EXPECT_TRUE(SameNumber(one, "1.000")) << one;
    EXPECT_FALSE(SameNumber(one, "-1")) << one;
    EXPECT_FALSE(SameNumber(one, "10")) << one;
    EXPECT_FALSE(SameNumber(one, "1.01")) << one;
  }
  EXPECT_TRUE(SameNumber("120", "1.2e2"));
  EXPECT_TRUE(SameNumber("0.00120", "1.2e-3"));
  EXPECT_TRUE(SameNumber("-12.5", "-125e-1"));
  EXPECT_TRUE(SameNumber("10.01", "1001e-2"));
  EXPECT_FALSE(SameNumber("10.01", "1.001"));
  EXPECT_FALSE(SameNumber("101", "11"));
}

TEST(EqualityTest, ZeroHasNeitherSignNorSize) {
  for (const char* zero : {"0", "-0", "0.00", "-0.0e7", "0e999999999999999999999"}) {
    EXPECT_TRUE(SameNumber(zero, "0")) << zero;
    EXPECT_FALSE(SameNumber(zero, "1e-999999")) << zero;
  }
}

TEST(EqualityTest, NoDigitIsRoundedOff) {
  EXPECT_FALSE(SameNumber("9007199254740993", "9007199254740992"));
  EXPECT_FALSE(SameNumber("1e400", "1e401"));
  EXPECT_TRUE(SameNumber("1e400", "10e399"));
  const std::string many(5000, '3');
  EXPECT_TRUE(SameNumber("0." + many, many + "e-5000"));
  EXPECT_FALSE(SameNumber("0." + many, many + "e-5001"));
  EXPECT_FALSE(SameNumber("0." + many, "0." + many + "1"));
}

TEST(EqualityTest, ExponentsBeyondAllMeasureAreComparedAsText) {
  EXPECT_TRUE(SameNumber("1e99999999999999999999", "1e99999999999999999999"));
  EXPECT_FALSE(SameNumber("1e99999999999999999999", "1e88888888888888888888"));
  EXPECT_FALSE(SameNumber("1e99999999999999999999", "1"));
}

TEST(EqualityTest, StringsAreComparedByTheirCharacters) {
  EXPECT_TRUE(AreEqual(R"("a\/\u0062")", R"("a/b")"));
  EXPECT_FALSE(AreEqual(R"("a")", R"("A")"));
  EXPECT_FALSE(AreEqual(R"("1")", "1"));
  EXPECT_FALSE(AreEqual("null", "false"));
  EXPECT_FALSE(AreEqual("true", "false"));
}

TEST(EqualityTest, ObjectsAreEqualInAnyOrderAndArraysInTheirs) {
  EXPECT_TRUE(AreEqual(R"({"a":1,"b":{"c":[1,2]}})", R"({"b":{"c":[1.0,2]},"a":1})"));
  EXPECT_FALSE(AreEqual(R"({"a":1,"b":2})", R"({"b":1,"a":2})"));
  EXPECT_FALSE(AreEqual(R"({"a":1})", R"({"a":1,"b":2})"));
  EXPECT_FALSE(AreEqual(R"({"a":1,"c":2})", R"({"b":2,"a":1})"));
  EXPECT_FALSE(AreEqual("[1,2]", "[2,1]"));
  EXPECT_FALSE(AreEqual("[1]", "[1,1]"));
  EXPECT_FALSE(AreEqual("[]", "{}"));
}

}  // namespace
}  // namespace healthlake::json
