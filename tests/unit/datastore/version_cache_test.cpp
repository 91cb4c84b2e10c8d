#include "datastore/version_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

StoredVersion VersionOf(std::uint64_t number, std::size_t bytes = 10) {
  StoredVersion version;
  version.version = number;
  version.json = std::string(bytes, 'x');
  return version;
}

class VersionCacheTest : public ::testing::Test {
 protected:
  VersionCache::Key Key(std::string_view id, std::string_view type = "Patient") {
    return {store_, TypeNamed(type), id};
  }

  VersionCache cache_{100'000};
  std::uint64_t store_ = cache_.NewStore();
};

TEST_F(VersionCacheTest, FindsAVersionForTheChangeItWasKeptFor) {
  cache_.Keep(Key("a"), 7, VersionOf(3));
  ASSERT_TRUE(cache_.Find(Key("a"), 7).has_value());
  EXPECT_EQ(cache_.Find(Key("a"), 7)->version, 3U);
  EXPECT_EQ(cache_.Find(Key("a"), 8), std::nullopt);
  EXPECT_EQ(cache_.Find(Key("b"), 7), std::nullopt);
  EXPECT_EQ(cache_.Find(Key("a", "Group"), 7), std::nullopt);
  EXPECT_EQ(cache_.Find({cache_.NewStore(), TypeNamed("Patient"), "a"}, 7), std::nullopt);
}

TEST_F(VersionCacheTest, PutsALaterVersionInThePlaceOfAnEarlierOne) {
  cache_.Keep(Key("a"), 7, VersionOf(3));
  cache_.Keep(Key("a"), 9, VersionOf(4));
  EXPECT_EQ(cache_.Find(Key("a"), 7), std::nullopt);
  EXPECT_EQ(cache_.Find(Key("a"), 9)->version, 4U);
}

TEST_F(VersionCacheTest, DropsTheLeastRecentlyUsedWhenItIsFull) {
  for (int i = 0; i < 100; ++i) {
    cache_.Keep(Key(std::to_string(i)), 1, VersionOf(1, 1'000));
    EXPECT_TRUE(cache_.Find(Key("0"), 1).has_value()) << i;
  }
  EXPECT_EQ(cache_.Find(Key("1"), 1), std::nullopt);
  EXPECT_TRUE(cache_.Find(Key("99"), 1).has_value());
}

TEST_F(VersionCacheTest, LeavesABodyThatWouldDriveAllOthersOut) {
  cache_.Keep(Key("a"), 1, VersionOf(1, 50'000));
  EXPECT_EQ(cache_.Find(Key("a"), 1), std::nullopt);
}

// What one reader has seen no reader may miss afterwards.
class CachedReadsTest : public DatastoreTest {};

TEST_F(CachedReadsTest, NeverGoBackWhileVersionsAreWritten) {
  Put(R"({"resourceType":"Patient","id":"a"})");
  std::atomic<std::uint64_t> seen{1};
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        const std::uint64_t least = seen.load();
        const std::uint64_t version = store_->Find(TypeNamed("Patient"), "a")->version;
        ASSERT_GE(version, least);
        std::uint64_t known = least;
        while (known < version && !seen.compare_exchange_weak(known, version)) {
        }
      }
    });
  }
  for (std::uint64_t version = 2; version <= 300; ++version) {
    EXPECT_EQ(Put(R"({"resourceType":"Patient","id":"a"})").stored.version, version);
    EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, version);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(CachedReadsTest, FollowDeletionRevivalAndImport) {
  const auto find = [&] { return store_->Find(TypeNamed("Patient"), "a"); };
  Put(R"({"resourceType":"Patient","id":"a"})");
  EXPECT_EQ(find()->version, 1U);
  EXPECT_EQ(find()->version, 1U);
  Delete("Patient", "a");
  EXPECT_TRUE(find()->deleted);
  EXPECT_TRUE(find()->deleted);
  Import({R"({"resourceType":"Patient","id":"a"})"});
  EXPECT_EQ(find()->version, 3U);
  EXPECT_FALSE(find()->deleted);
}

}  // namespace
}  // namespace healthlake::datastore
