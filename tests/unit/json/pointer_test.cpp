#include "healthlake/json/pointer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace healthlake::json {
namespace {

std::vector<std::string> PartsOf(std::string_view pointer) {
  std::vector<std::string> parts;
  for (PointerParts rest(pointer); !rest.done();) parts.emplace_back(rest.Next());
  return parts;
}

using Parts = std::vector<std::string>;

TEST(PointerTest, IsEmptyOrBeginsWithASlash) {
  EXPECT_TRUE(IsPointer(""));
  EXPECT_TRUE(IsPointer("/"));
  EXPECT_TRUE(IsPointer("/a//b"));
  EXPECT_FALSE(IsPointer("a"));
  EXPECT_FALSE(IsPointer("#/a"));
}

TEST(PointerTest, HasTwoEscapes) {
  EXPECT_TRUE(IsPointer("/~0~1"));
  EXPECT_FALSE(IsPointer("/~"));
  EXPECT_FALSE(IsPointer("/~/a"));
  EXPECT_FALSE(IsPointer("/~2"));
  EXPECT_FALSE(IsPointer("/a~"));
}

TEST(PointerTest, GivesItsParts) {
  EXPECT_EQ(PartsOf(""), Parts());
  EXPECT_EQ(PartsOf("/"), Parts({""}));
  EXPECT_EQ(PartsOf("/a/b"), Parts({"a", "b"}));
  EXPECT_EQ(PartsOf("//a/"), Parts({"", "a", ""}));
  EXPECT_EQ(PartsOf("/a~1b/m~0n/~01"), Parts({"a/b", "m~n", "~1"}));
}

TEST(PointerTest, IndexesHaveNoSignAndNoLeadingZero) {
  EXPECT_EQ(IndexOf("0"), 0U);
  EXPECT_EQ(IndexOf("10"), 10U);
  for (const char* part :
       {"", "-", "-1", "+1", "00", "01", "1.0", "1e1", " 1", "x", "99999999999999999999999"}) {
    EXPECT_FALSE(IndexOf(part)) << part;
  }
}

}  // namespace
}  // namespace healthlake::json
