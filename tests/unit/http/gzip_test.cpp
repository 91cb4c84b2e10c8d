#include "http/gzip.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace healthlake::http {
namespace {

std::string Text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(text.size()) + "\n";
  text.resize(size);
  return text;
}

Gunzip::Status Inflate(std::string_view coded, std::size_t limit, std::size_t step,
                       std::string& out, bool* complete = nullptr) {
  Gunzip gunzip(limit);
  Gunzip::Status status = Gunzip::Status::kOk;
  while (!coded.empty() && status == Gunzip::Status::kOk) {
    status = gunzip.Add(coded.substr(0, step), out);
    coded.remove_prefix(std::min(step, coded.size()));
  }
  if (complete != nullptr) *complete = gunzip.Complete();
  return status;
}

TEST(GzipTest, RoundTripsInPiecesOfAnySize) {
  for (const std::size_t size : {100U, 16'384U, 16'385U, 500'000U}) {
    const std::string text = Text(size);
    const std::string coded = Gzip(text);
    ASSERT_FALSE(coded.empty());
    EXPECT_LT(coded.size(), text.size());
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, coded.size()}) {
      std::string out;
      bool complete = false;
      EXPECT_EQ(Inflate(coded, text.size(), step, out, &complete), Gunzip::Status::kOk);
      EXPECT_TRUE(complete);
      EXPECT_EQ(out, text);
    }
  }
}

TEST(GzipTest, SendsNothingCodedThatWouldGrow) {
  EXPECT_EQ(Gzip(""), "");
  EXPECT_EQ(Gzip("abc"), "");
}

TEST(GzipTest, JoinsMembers) {
  const std::string text = Text(1000);
  const std::string coded = Gzip(text);
  for (const std::size_t step : {std::size_t{1}, std::size_t{100'000}}) {
    std::string out;
    bool complete = false;
    EXPECT_EQ(Inflate(coded + coded, 2000, step, out, &complete), Gunzip::Status::kOk);
    EXPECT_TRUE(complete);
    EXPECT_EQ(out, text + text);
  }
}

TEST(GzipTest, StopsABombAtTheLimit) {
  const std::string bomb = Gzip(std::string(10'000'000, 'a'));
  ASSERT_LT(bomb.size(), 100'000U);
  std::string out;
  EXPECT_EQ(Inflate(bomb, 1000, bomb.size(), out), Gunzip::Status::kTooLarge);
  EXPECT_LE(out.size(), 1000U);
  out.clear();
  EXPECT_EQ(Inflate(bomb, 9'999'999, 7, out), Gunzip::Status::kTooLarge);
  out.clear();
  EXPECT_EQ(Inflate(bomb, 10'000'000, 7, out), Gunzip::Status::kOk);
  out.clear();
  EXPECT_EQ(Inflate(Gzip(Text(100)), 0, 7, out), Gunzip::Status::kTooLarge);
}

TEST(GzipTest, NoticesWhatIsBrokenOrCutOff) {
  const std::string coded = Gzip(Text(1000));
  std::string wrong_sum = coded;
  wrong_sum[coded.size() - 6] = static_cast<char>(wrong_sum[coded.size() - 6] ^ 1);
  for (const std::string& broken : {std::string("plain text"), coded + "garbage", wrong_sum}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100'000}}) {
      std::string out;
      EXPECT_EQ(Inflate(broken, 5000, step, out), Gunzip::Status::kMalformed);
    }
  }
  std::string out;
  bool complete = true;
  EXPECT_EQ(Inflate(coded.substr(0, coded.size() - 1), 5000, 9, out, &complete),
            Gunzip::Status::kOk);
  EXPECT_FALSE(complete);
}

}  // namespace
}  // namespace healthlake::http
