#include "healthlake/json/ndjson_cursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace healthlake::json {
namespace {

NdjsonCursor::Read Source(const std::string& text, std::size_t chunk, std::size_t start = 0) {
  return [&text, chunk, at = start](char* buffer, std::size_t capacity) mutable {
    const std::size_t count = std::min({chunk, capacity, text.size() - at});
    std::memcpy(buffer, text.data() + at, count);
    at += count;
    return count;
  };
}

struct Seen {
  std::uint64_t number, offset, next, length;
  bool too_long;
  std::string text;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> ReadAll(const std::string& text, std::size_t chunk, NdjsonLimits limits = {},
                          NdjsonPosition start = {}) {
  NdjsonCursor cursor(Source(text, chunk, start.offset), std::move(limits), start);
  std::vector<Seen> seen;
  NdjsonLine line;
  while (cursor.Next(line)) {
    seen.push_back({line.number, line.offset, line.next_offset, line.length, line.too_long,
                    std::string(line.text)});
  }
  EXPECT_EQ(cursor.position().offset, text.size());
  EXPECT_FALSE(cursor.Next(line));
  return seen;
}

TEST(NdjsonCursor, GivesLinesWithTheirNumbersAndOffsetsWhateverTheChunks) {
  const std::string text("{1}\r\n\n  \t\r\n{\0 2}\n{3}\r", 21);
  const std::vector<Seen> expected = {{1, 0, 5, 3, false, "{1}"},
                                      {4, 11, 17, 5, false, std::string("{\0 2}", 5)},
                                      {5, 17, 21, 3, false, "{3}"}};
  for (const std::size_t chunk : {1U, 2U, 3U, 7U, 100U}) {
    EXPECT_EQ(ReadAll(text, chunk), expected) << chunk;
  }
}

TEST(NdjsonCursor, FindsNothingInEmptyAndBlankSources) {
  EXPECT_TRUE(ReadAll("", 10).empty());
  EXPECT_TRUE(ReadAll("\n", 10).empty());
  EXPECT_TRUE(ReadAll("\r\n \n\t", 1).empty());
}

TEST(NdjsonCursor, PassesLinesThatAreTooLongWithoutKeepingThem) {
  const std::string big(3'000'000, 'x');
  const std::string text = "a\n" + big + "\r\nb\n" + big;
  for (const std::size_t chunk : {4096U, 100'000U, 10'000'000U}) {
    const auto seen = ReadAll(text, chunk, {.max_line_bytes = 1000, .allowed_bytes = {}});
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(seen[1], (Seen{2, 2, 3'000'004, 3'000'000, true, std::string(1024, 'x')}));
    EXPECT_EQ(seen[2], (Seen{3, 3'000'004, 3'000'006, 1, false, "b"}));
    EXPECT_EQ(seen[3].length, 3'000'000U);
    EXPECT_TRUE(seen[3].too_long);
  }
}

TEST(NdjsonCursor, CountsALineOfExactlyTheLimitAsAllowed) {
  for (const char* line_break : {"\n", "\r\n", ""}) {
    for (const std::size_t chunk : {1U, 3U, 100U}) {
      const NdjsonLimits limits{.max_line_bytes = 5, .allowed_bytes = {}};
      EXPECT_FALSE(ReadAll(std::string("12345") + line_break, chunk, limits).at(0).too_long);
      EXPECT_TRUE(ReadAll(std::string("123456") + line_break, chunk, limits).at(0).too_long);
    }
  }
}

TEST(NdjsonCursor, AsksHowLongALineMayBe) {
  const std::string text = "small\nBbbbbbbbbbbb\nOooooooooooo\nBbbbbbbbbbbbbbbbbbbbbbbbbbbb\n";
  for (const std::size_t chunk : {1U, 5U, 1000U}) {
    int asked = 0;
    const auto seen =
        ReadAll(text, chunk, {.max_line_bytes = 8, .allowed_bytes = [&](std::string_view start) {
                                ++asked;
                                EXPECT_EQ(start.size(), 8U);
                                return start[0] == 'B' ? std::size_t{20} : std::size_t{0};
                              }});
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(asked, 3);
    EXPECT_FALSE(seen[1].too_long);
    EXPECT_EQ(seen[1].text, "Bbbbbbbbbbbb");
    EXPECT_TRUE(seen[2].too_long);
    EXPECT_TRUE(seen[3].too_long);
  }
}

TEST(NdjsonCursor, GoesOnFromAPosition) {
  std::string text;
  for (int i = 1; i <= 50; ++i)
    text += i % 7 == 0 ? "\n" : std::string(static_cast<std::size_t>(i), 'l') + "\n";
  const auto all = ReadAll(text, 64);
  NdjsonCursor cursor(Source(text, 64));
  NdjsonLine line;
  for (std::size_t read = 0; cursor.Next(line); ++read) {
    const auto rest = ReadAll(text, 64, {}, cursor.position());
    EXPECT_EQ(rest,
              std::vector<Seen>(all.begin() + static_cast<std::ptrdiff_t>(read) + 1, all.end()));
  }
}

TEST(NdjsonCursor, HoldsALargeLineAndThenSmallOnes) {
  const std::string text = std::string(20'000'000, 'y') + "\n{1}\n{2}\n";
  const auto seen = ReadAll(text, 1'000'000, {.max_line_bytes = 20'000'000, .allowed_bytes = {}});
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].text.size(), 20'000'000U);
  EXPECT_EQ(seen[2].text, "{2}");
}

TEST(NdjsonCursor, LetsFaultsOfTheSourceThrough) {
  int calls = 0;
  NdjsonCursor cursor([&](char* buffer, std::size_t) -> std::size_t {
    if (++calls == 2) throw std::runtime_error("gone");
    std::memcpy(buffer, "a\nb", 3);
    return 3;
  });
  NdjsonLine line;
  EXPECT_TRUE(cursor.Next(line));
  EXPECT_THROW(cursor.Next(line), std::runtime_error);
}

}  // namespace
}  // namespace healthlake::json
