// The rules alone; what becomes of them in a request is in request_parser_test.cpp.
#include "http/head_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace healthlake::http {
namespace {

TEST(HeadRulesTest, WalksOverLinesWhileTheyArrive) {
  const std::string_view text = "a\r\n\r\nbc\r\nd";
  LineWalk walk;
  std::vector<std::string> lines;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view input = text.substr(0, size);
    while (walk.Next(input, 100) == LineWalk::Result::kLine) {
      lines.emplace_back(walk.line(input));
      EXPECT_EQ(walk.end(), size);
    }
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "", "bc"}));
}

TEST(HeadRulesTest, StopsAtABareLineFeedAFoldAndTheLimit) {
  const std::pair<std::string_view, LineWalk::Result> kCases[] = {
      {"a\n", LineWalk::Result::kMalformed},    {"\n", LineWalk::Result::kMalformed},
      {" a", LineWalk::Result::kMalformed},     {"\ta\r\n", LineWalk::Result::kMalformed},
      {"1234567", LineWalk::Result::kNeedMore}, {"123456\r\n", LineWalk::Result::kLine},
      {"12345678", LineWalk::Result::kTooLong}, {"1234567\r\n", LineWalk::Result::kTooLong},
  };
  for (const auto& [input, result] : kCases) EXPECT_EQ(LineWalk().Next(input, 8), result) << input;
}

TEST(HeadRulesTest, KnowsTheLastChunk) {
  for (const char* line : {"0", "000", "0;a", "0 ;a", "0\t"})
    EXPECT_TRUE(IsLastChunk(line)) << line;
  for (const char* line : {"", "1", "01", "00a;0", "0x0", ";0"}) {
    EXPECT_FALSE(IsLastChunk(line)) << line;
  }
}

TEST(HeadRulesTest, AllowsOneFieldOfAKindThatFramesOrRoutes) {
  struct Case {
    std::vector<Header> fields;
    int minor_version;
    bool allowed;
  };
  const Header host{"hOST", "h:1"};
  const Header length{"Content-Length", "12"};
  const Header chunked{"transfer-encoding", "CHUNKED"};
  const Case kCases[] = {
      {{host}, 1, true},
      {{}, 1, false},
      {{}, 0, true},
      {{host, host}, 1, false},
      {{host, host}, 0, false},
      {{{"Host", "a/b"}}, 1, false},
      {{host, length, {"X", "y"}, {"X", "y"}}, 1, true},
      {{host, length, length}, 1, false},
      {{host, {"Content-Length", "1,1"}}, 1, false},
      {{host, chunked}, 1, true},
      {{host, chunked}, 0, false},
      {{host, chunked, chunked}, 1, false},
      {{host, {"Transfer-Encoding", "gzip, chunked"}}, 1, false},
  };
  for (const Case& test : kCases) {
    Headers headers;
    std::string shown = "HTTP/1." + std::to_string(test.minor_version);
    for (const Header& field : test.fields) {
      headers.Add(field.name, field.value);
      shown += " | " + field.name + ": " + field.value;
    }
    EXPECT_EQ(!CheckFields(headers, test.minor_version).has_value(), test.allowed) << shown;
  }
}

TEST(HeadRulesTest, CountsFields) {
  Headers headers;
  headers.Add("Host", "h");
  for (int i = 0; i < 255; ++i) headers.Add("A", "");
  EXPECT_FALSE(CheckFields(headers, 1));
  headers.Add("A", "");
  EXPECT_EQ(CheckFields(headers, 1), Refusal::kHeaderTooLarge);
}

}  // namespace
}  // namespace healthlake::http
