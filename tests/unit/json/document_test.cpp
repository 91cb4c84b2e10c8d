#include "healthlake/json/document.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace healthlake::json {
namespace {

std::string Minified(std::string_view text) {
  Document document;
  const auto error = document.Parse(text);
  return error ? "error: " + error->message : std::string(document.text());
}

bool Accepts(std::string_view text) {
  Document document;
  return !document.Parse(text);
}

TEST(Document, KeepsOrderEscapesAndDigitsAndDropsSpaceBetweenTokens) {
  EXPECT_EQ(Minified(" { \"b\" : 1.00 ,\r\n\t\"a\\u0041\" : [ 1e5 , -0 , \"x y\\n\" ] } \n"),
            R"({"b":1.00,"a\u0041":[1e5,-0,"x y\n"]})");
  EXPECT_EQ(Minified(R"({"b":1.00})"), R"({"b":1.00})");
  EXPECT_EQ(Minified("{}\n"), "{}");
  EXPECT_EQ(Minified(" 7"), "7");
}

TEST(Document, GivesValuesInTheOrderOfTheText) {
  Document document;
  ASSERT_FALSE(document.Parse(R"({"s":"tex\u0074","n":-1.50,"t":true,"f":false,"z":null,
                                  "a":[1,[2,3],{}],"o":{"k":"v"},"es\u0063":1})"));
  const Value root = document.root();
  ASSERT_TRUE(root.is_object());
  EXPECT_EQ(root.size(), 8U);
  std::vector<std::string> seen;
  for (const Value child : root) {
    seen.push_back(std::string(child.key()) + "=" + std::string(child.raw()));
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{R"(s="tex\u0074")", "n=-1.50", "t=true", "f=false", "z=null",
                                      "a=[1,[2,3],{}]", R"(o={"k":"v"})", "esc=1"}));
  EXPECT_EQ(root.Find("s")->string(), "text");
  EXPECT_TRUE(root.Find("t")->boolean());
  EXPECT_FALSE(root.Find("f")->boolean());
  EXPECT_EQ(root.Find("z")->type(), Type::kNull);
  EXPECT_EQ(root.Find("esc")->raw(), "1");
  EXPECT_FALSE(root.Find("es\\u0063"));
  EXPECT_FALSE(root.Find("n")->Find("s"));
  const Value array = *root.Find("a");
  EXPECT_TRUE(array.is_array());
  EXPECT_EQ(array.size(), 3U);
  EXPECT_EQ((*array.begin()).key(), "");
  EXPECT_EQ((*array.begin()).size(), 0U);
  EXPECT_EQ(std::distance((*array.begin()).begin(), (*array.begin()).end()), 0);
  EXPECT_EQ(std::distance(array.begin(), array.end()), 3);
}

TEST(Document, TakesScalarsAsWholeTexts) {
  for (const char* text : {"1", "-0", "0.5", "1E+2", "\"\"", "\"x\"", "true", "false", "null"}) {
    EXPECT_EQ(Minified(text), text);
    EXPECT_EQ(Minified(std::string(" ") + text + "\n "), text);
  }
}

TEST(Document, TakesNumbersOfAnySize) {
  EXPECT_EQ(Minified("[123456789012345678901234567890,1e400,-1e-999,0.10]"),
            "[123456789012345678901234567890,1e400,-1e-999,0.10]");
}

TEST(Document, RefusesWhatTheGrammarLacks) {
  for (const char* text : {"",
                           " ",
                           "\n\t",
                           "{",
                           "}",
                           "[",
                           "]",
                           "[1",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1",
                           "[1,]",
                           "{\"a\":1,}",
                           "{,}",
                           "[,]",
                           "[1 2]",
                           "[1,,2]",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "1e+",
                           "0x10",
                           "NaN",
                           "Infinity",
                           "tru",
                           "truee",
                           "tru e",
                           "nul",
                           "True",
                           "1 2",
                           "{} {}",
                           "{}]",
                           "[}",
                           "{]",
                           "{\"a\" 1}",
                           "{a:1}",
                           "{'a':1}",
                           "{1:2}",
                           "\"a",
                           "a\"",
                           "\"a\"b",
                           "1\"a\"",
                           "\"a\"\"b\"",
                           "[\"a\" \"b\"]",
                           "[1 \"a\"]",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\",
                           "\"\t\"",
                           "\"\n\"",
                           "// c\n1",
                           "[1]/**/",
                           "1,",
                           ":",
                           ",",
                           "[:]",
                           "{\"a\":{}",
                           "[[]",
                           "{\"a\":[}",
                           "[\f1]",
                           "\x1a",
                           "[1\x1a]",
                           "{\"a\"::1}",
                           "{\"a\",1}",
                           "{\"a\":1 \"b\":2}",
                           "[\"\"1]",
                           "[{}{}]",
                           "[[] []]",
                           "[[]",
                           "[\"a]",
                           "{\"a\":}",
                           "{\"a\":,}",
                           "{:1}",
                           "{\"\"}",
                           "[1,2",
                           "-\n1"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
  EXPECT_FALSE(Accepts(std::string_view("\0", 1)));
  EXPECT_FALSE(Accepts(std::string_view("1\0", 2)));
  EXPECT_FALSE(Accepts(std::string_view("\"\0\"", 3)));
}

TEST(Document, RefusesByteOrderMarksAndWhatIsNotUtf8) {
  for (const char* text :
       {"\xEF\xBB\xBF{}", "\"\xC3\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"",
        "\"\xFF\"", "\xC3\xA9", "\"\xE2\x82\"", "\"\x80\"", "{\"\xC3\":1}"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
  EXPECT_EQ(Minified("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST(Document, UnescapesAndRefusesHalfSurrogatePairs) {
  Document document;
  ASSERT_FALSE(document.Parse(R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0000.")"));
  EXPECT_EQ(document.root().string(),
            std::string("\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80\0.", 16));
  for (const char* text : {R"("\ud83d")", R"("\ude00")", R"("\ud83d\u0041")", R"("\ud83dx")",
                           R"("\ud83d\ud83d")", R"({"\ud83d":1})"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(Document, RefusesNamesThatOccurTwiceHoweverTheyAreWritten) {
  EXPECT_FALSE(Accepts(R"({"a":1,"b":2,"a":3})"));
  EXPECT_FALSE(Accepts(R"({"a":1,"\u0061":3})"));
  EXPECT_FALSE(Accepts(R"({"":1,"":3})"));
  EXPECT_FALSE(Accepts(R"([{"x":{"a":{"c":1},"a":3}}])"));
  EXPECT_TRUE(Accepts(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
  for (const int members : {10, 63, 64, 65, 66, 67, 500}) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += "\"m" + std::to_string(i) + "\":{\"x\":1},";
    EXPECT_TRUE(Accepts(text + "\"last\":0}")) << members;
    EXPECT_FALSE(Accepts(text + "\"m7\":0}")) << members;
    EXPECT_FALSE(Accepts(text + "\"m" + std::to_string(members - 1) + "\":0}")) << members;
  }
}

TEST(Document, LimitsTheDepth) {
  Document document;
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_FALSE(document.Parse(nested(256)));
  const auto error = document.Parse(nested(257));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "nested deeper than 256");
  EXPECT_EQ(error->column, 257U);
  EXPECT_FALSE(document.Parse("1", {.max_depth = 0}));
  EXPECT_TRUE(document.Parse("[]", {.max_depth = 0}));
  EXPECT_FALSE(document.Parse(R"({"a":[{"b":1}]})", {.max_depth = 3}));
  EXPECT_TRUE(document.Parse(R"({"a":[{"b":[]}]})", {.max_depth = 3}));
  EXPECT_TRUE(document.Parse(std::string(1'000'000, '['), {.max_depth = 1'000'000'000}));
  EXPECT_TRUE(document.Parse(nested(1'000'000), {.max_depth = 1'000'000'000}));
}

struct Fault {
  const char* text;
  std::size_t line;
  std::size_t column;
  const char* message;
};

TEST(Document, SaysWhereAndWhyATextIsNotJson) {
  const std::vector<Fault> faults = {
      {"", 1, 1, "the text is empty"},
      {"\xEF\xBB\xBF{}", 1, 1, "the text starts with a byte order mark"},
      {"{\n  \"a\": 1,\n  \"b\" 2\n}", 3, 7, "expected ':' after the name"},
      {"{\n \"a\": tru\n}", 2, 7, "expected a value"},
      {"{\"a\":1,}", 1, 8, "expected a name in quotes"},
      {"[1", 1, 3, "expected ',' or ']', but the text ends"},
      {"{\"a\":1} x", 1, 9, "more text after the value"},
      {"{\"a\":\n\"\xFF\"}", 2, 2, "not UTF-8"},
      {"[\"a\tb\"]", 1, 4, "a control character in a string must be escaped"},
      {"[\"a\\q\"]", 1, 4, "no such escape in JSON"},
      {"[\"a]", 1, 2, "the string is not closed"},
      {"{\"a\":1,\n\"a\":2}", 2, 1, "the name \"a\" occurs twice in one object"},
  };
  for (const Fault& fault : faults) {
    Document document;
    const auto error = document.Parse(fault.text);
    ASSERT_TRUE(error) << fault.text;
    EXPECT_EQ(error->message, fault.message) << fault.text;
    EXPECT_EQ(error->line, fault.line) << fault.text;
    EXPECT_EQ(error->column, fault.column) << fault.text;
    EXPECT_EQ(document.text(), "");
  }
}

TEST(Document, IsReusedAndMoved) {
  Document document;
  ASSERT_FALSE(document.Parse(R"({"a":"\u0041"})"));
  ASSERT_TRUE(document.Parse("{"));
  ASSERT_FALSE(document.Parse(R"(["\u0042"])"));
  Document moved = std::move(document);
  EXPECT_EQ((*moved.root().begin()).string(), "B");
  ASSERT_FALSE(moved.Parse("[1]"));
  document = std::move(moved);
  ASSERT_FALSE(document.Parse("[2]"));
  EXPECT_EQ(document.text(), "[2]");
}

TEST(Document, ReadsALargeTextAndASmallOneAfterIt) {
  const std::string large = "{\"data\":\"" + std::string(40'000'000, 'x') + "\"}";
  Document document;
  ASSERT_FALSE(document.Parse(large));
  EXPECT_EQ(document.root().Find("data")->string().size(), 40'000'000U);
  ASSERT_FALSE(document.Parse("[1]"));
  EXPECT_EQ(document.text(), "[1]");
}

}  // namespace
}  // namespace healthlake::json
