#include "healthlake/json/indent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace healthlake::json {
namespace {

TEST(IndentTest, GivesEachMemberALine) {
  EXPECT_EQ(Indent(R"({"a":1,"b":[true,null],"c":{"d":"e"}})"),
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {\n    \"d\": \"e\"\n"
            "  }\n}");
}

TEST(IndentTest, KeepsNumbersAndStrings) {
  EXPECT_EQ(Indent(R"([1.500e+02,-0.0,"\"[,:]{\\","ä b"])"),
            "[\n  1.500e+02,\n  -0.0,\n  \"\\\"[,:]{\\\\\",\n  \"ä b\"\n]");
}

TEST(IndentTest, LeavesEmptyOnesOnTheirLine) {
  EXPECT_EQ(Indent(R"({"a":{},"b":[ ],"c":[{}]})"),
            "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": [\n    {}\n  ]\n}");
}

TEST(IndentTest, DoesNotMindWhiteSpaceThatIsThere) {
  const std::string text = Indent(R"({"a":[1,{"b":2}]})");
  EXPECT_EQ(Indent(text), text);
  EXPECT_EQ(Indent(" 7 "), "7");
  EXPECT_EQ(Indent(""), "");
}

TEST(IndentTest, GrowsNoFasterThanTheText) {
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  EXPECT_LT(Indent(deep).size(), deep.size() * 70);
}

}  // namespace
}  // namespace healthlake::json
