#include "healthlake/store/block_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace healthlake::store {
namespace {

BlockCache::Block BlockOf(std::string_view json) {
  const std::shared_ptr<const BodyCodec> codec = BodyCodec::BuiltIn();
  const BodyView body{"id", json};
  const auto block = std::make_shared<BodyBlock>();
  codec->Decompress(codec->Compress({&body, 1}), *block);
  return block;
}

TEST(BlockCacheTest, GivesBackWhatWasKeptUnderItsFileAndNumber) {
  BlockCache cache(1'000'000);
  const std::uint64_t one = cache.NewFile();
  const std::uint64_t other = cache.NewFile();
  cache.Keep(one, 7, BlockOf("first"));
  cache.Keep(other, 7, BlockOf("second"));
  EXPECT_EQ((*cache.Find(one, 7))[0].json, "first");
  EXPECT_EQ((*cache.Find(other, 7))[0].json, "second");
  EXPECT_EQ(cache.Find(one, 8), nullptr);
}

TEST(BlockCacheTest, DropsTheLeastRecentlyUsedWhenItIsFull) {
  BlockCache cache(30'000);
  const std::string text(2'000, 'x');
  for (std::uint64_t number = 1; number <= 8; ++number) cache.Keep(1, number, BlockOf(text));
  EXPECT_NE(cache.Find(1, 1), nullptr);
  for (std::uint64_t number = 9; number <= 14; ++number) cache.Keep(1, number, BlockOf(text));
  EXPECT_NE(cache.Find(1, 1), nullptr);
  EXPECT_EQ(cache.Find(1, 2), nullptr);
  EXPECT_NE(cache.Find(1, 14), nullptr);
}

TEST(BlockCacheTest, LeavesABlockThatWouldDriveAllOthersOut) {
  BlockCache cache(30'000);
  cache.Keep(1, 1, BlockOf(std::string(20'000, 'x')));
  EXPECT_EQ(cache.Find(1, 1), nullptr);
}

TEST(BlockCacheTest, KeepsABlockAliveForWhoeverHoldsIt) {
  BlockCache cache(30'000);
  cache.Keep(1, 1, BlockOf("held"));
  const BlockCache::Block held = cache.Find(1, 1);
  for (std::uint64_t number = 2; number < 100; ++number) {
    cache.Keep(1, number, BlockOf(std::string(2'000, 'x')));
  }
  EXPECT_EQ(cache.Find(1, 1), nullptr);
  EXPECT_EQ((*held)[0].json, "held");
}

TEST(BlockCacheTest, ServesManyThreadsAtOnce) {
  BlockCache cache(50'000);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&cache, thread] {
      for (std::uint64_t i = 0; i < 2'000; ++i) {
        const std::uint64_t number = (i * 7 + static_cast<std::uint64_t>(thread)) % 60;
        const std::string text = std::to_string(number) + std::string(1'000, 'x');
        if (const BlockCache::Block found = cache.Find(1, number)) {
          ASSERT_EQ((*found)[0].json, text);
        } else {
          cache.Keep(1, number, BlockOf(text));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace healthlake::store
