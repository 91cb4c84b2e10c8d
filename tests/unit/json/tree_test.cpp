#include "healthlake/json/tree.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace healthlake::json {
namespace {

TEST(Tree, KeepsTheOrderOfMembers) {
  const auto tree = ParseTree(R"({"z":1,"a":[true,null],"m":"x"})");
  ASSERT_TRUE(tree);
  EXPECT_EQ(Write(*tree), R"({"z":1,"a":[true,null],"m":"x"})");
}

TEST(Tree, RefusesWhatIsNotOneJsonValueInUtf8) {
  for (const char* text :
       {"", " ", "{", "{}x", "nul", "[1,]", "\"\xC3\"", "\xEF\xBB\xBF{}", "{\"a\":1e400}"}) {
    EXPECT_FALSE(ParseTree(text)) << text;
  }
}

TEST(Tree, TakesTheLastOfMembersWithTheSameName) {
  EXPECT_EQ(Write(*ParseTree(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(Tree, RefusesDeepNestingAndCountsNoBracketsInStrings) {
  EXPECT_TRUE(ParseTree("[[1]]", 2));
  EXPECT_FALSE(ParseTree("[[[1]]]", 2));
  EXPECT_TRUE(ParseTree(R"(["[[[\"[[["])", 1));
  EXPECT_FALSE(ParseTree(std::string(1'000'000, '[')));
}

TEST(Tree, WritesInvalidUtf8AsReplacementCharacters) {
  EXPECT_EQ(Write(Tree("a\xFF"
                       "b")),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

TEST(Tree, QuotesText) {
  EXPECT_EQ(Quote("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(Quote(""), R"("")");
}

TEST(Tree, QuotesEveryByteAsItWritesIt) {
  for (int first = 0; first < 256; ++first) {
    for (const char* rest : {"", "\"x", "\xC3\xA9\n"}) {
      const std::string text = "a" + std::string(1, static_cast<char>(first)) + rest;
      EXPECT_EQ(Quote(text), Write(Tree(text))) << first;
    }
  }
}

}  // namespace
}  // namespace healthlake::json
