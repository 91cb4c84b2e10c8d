#include "healthlake/core/cancel.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace healthlake::core {
namespace {

using namespace std::chrono_literals;

TEST(CancelTest, IsRequestedByItsSourceOnly) {
  CancelSource source;
  const Cancel cancel = source.token();
  EXPECT_FALSE(cancel.Requested());
  EXPECT_FALSE(Cancel().Requested());
  source.Request();
  EXPECT_TRUE(cancel.Requested());
  EXPECT_FALSE(cancel.TimedOut());
}

TEST(CancelTest, IsRequestedWhenItsTimeHasPassed) {
  support::FakeClock clock;
  const Cancel whole;
  const Cancel limited = whole.Until(clock, 5s);
  clock.Advance(4s);
  EXPECT_FALSE(limited.Requested());
  clock.Advance(1s);
  EXPECT_TRUE(limited.Requested());
  EXPECT_TRUE(limited.TimedOut());
  EXPECT_FALSE(whole.Requested());
}

TEST(CancelTest, WithALimitIsStillRequestedByItsSource) {
  support::FakeClock clock;
  CancelSource source;
  const Cancel limited = source.token().Until(clock, 5s);
  EXPECT_FALSE(limited.Requested());
  source.Request();
  EXPECT_TRUE(limited.Requested());
  EXPECT_FALSE(limited.TimedOut());
}

}  // namespace
}  // namespace healthlake::core
