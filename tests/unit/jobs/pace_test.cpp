#include "jobs/pace.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace healthlake::jobs {
namespace {

using std::chrono::seconds;

TEST(PaceBookTest, ExtrapolatesTheRateSinceTheFirstNote) {
  support::FakeClock clock;
  PaceBook book(clock);
  const store::JobId job("a");
  EXPECT_FALSE(book.Remaining(job));
  book.Begin(job);
  EXPECT_FALSE(book.Remaining(job));
  clock.Advance(seconds(50));  // finding the inputs
  book.Note(job, 1'000, 11'000);
  EXPECT_FALSE(book.Remaining(job));
  clock.Advance(seconds(2));
  book.Note(job, 3'000, 11'000);
  EXPECT_EQ(book.Remaining(job), seconds(8));
  clock.Advance(seconds(3));
  EXPECT_EQ(book.Remaining(job), seconds(5));
  clock.Advance(seconds(30));
  EXPECT_EQ(book.Remaining(job), seconds(0));
  book.End(job);
  EXPECT_FALSE(book.Remaining(job));
  book.Note(job, 1, 2);
  EXPECT_FALSE(book.Remaining(job));
}

}  // namespace
}  // namespace healthlake::jobs
