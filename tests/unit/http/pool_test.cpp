#include "http/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <vector>

namespace healthlake::http {
namespace {

TEST(PoolTest, RunsJobsOnItsThreads) {
  std::atomic<int> ran{0};
  std::latch all(500);
  Pool pool(3, 1000);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(pool.TrySubmit([&] {
      ++ran;
      all.count_down();
    }));
  }
  all.wait();
  EXPECT_EQ(ran, 500);
}

TEST(PoolTest, RefusesNewWorkWhenFullButNotWorkThatWasAdmitted) {
  std::latch rest(3);
  std::promise<void> started;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  Pool pool(1, 2);
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.set_value();
    released.wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.TrySubmit([&] { rest.count_down(); }));
  EXPECT_TRUE(pool.TrySubmit([&] { rest.count_down(); }));
  EXPECT_FALSE(pool.TrySubmit([] {}));
  EXPECT_TRUE(pool.SubmitAdmitted([&] { rest.count_down(); }));
  release.set_value();
  rest.wait();
}

TEST(PoolTest, AdmitsOneJobForEachThreadFromTheStart) {
  for (int i = 0; i < 50; ++i) {
    std::latch both(2);
    Pool pool(2, 0);
    const auto meet = [&] { both.arrive_and_wait(); };
    EXPECT_TRUE(pool.TrySubmit(meet));
    EXPECT_TRUE(pool.TrySubmit(meet));
    both.wait();
  }
}

TEST(PoolTest, DropsWhatWaitsWhenItStops) {
  Pool pool(1, 10);
  std::promise<void> started;
  std::atomic<bool> stop_seen{false};
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.set_value();
    while (!stop_seen) std::this_thread::yield();
  }));
  started.get_future().wait();
  std::atomic<bool> ran{false};
  ASSERT_TRUE(pool.TrySubmit([&] { ran = true; }));
  std::thread stopper([&] { pool.Stop(); });
  while (pool.SubmitAdmitted([] {})) std::this_thread::yield();
  stop_seen = true;
  stopper.join();
  EXPECT_FALSE(ran);
  EXPECT_FALSE(pool.SubmitAdmitted([] {}));
}

}  // namespace
}  // namespace healthlake::http
