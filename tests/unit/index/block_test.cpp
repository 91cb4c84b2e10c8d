#include "index/block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <tuple>
#include <vector>

#include "index/run_builder.hpp"
#include "support/expect_error.hpp"

namespace healthlake::index {
namespace {

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

struct Group {
  Param param;
  Key key;
  std::vector<std::pair<Rid, Sign>> postings;
};

struct Built {
  std::vector<std::string> blocks;
  Directory directory;
  PostingCount count;
};

Built Build(const std::vector<Group>& groups, std::size_t block_bytes) {
  RunBuilder builder(block_bytes);
  for (const Group& group : groups) {
    builder.BeginGroup(group.param, group.key);
    for (const auto& [rid, sign] : group.postings) builder.Add(rid, sign);
  }
  builder.Finish();
  return {builder.TakeBlocks(), builder.directory(), builder.count()};
}

std::vector<Entry> Flatten(const std::vector<Group>& groups) {
  std::vector<Entry> entries;
  for (const Group& group : groups) {
    for (const auto& [rid, sign] : group.postings) {
      entries.push_back({group.param, group.key, rid, sign});
    }
  }
  return entries;
}

std::vector<Entry> ReadBack(const Built& built) {
  std::vector<Entry> entries;
  for (const std::string& block : built.blocks) {
    SegmentScanner scanner(block);
    Postings postings;
    for (Segment segment; scanner.Next(segment);) {
      Decode(segment, postings);
      EXPECT_EQ(postings.rids.size(), segment.count());
      EXPECT_EQ(std::count(postings.removed.begin(), postings.removed.end(), 1), segment.removes);
      for (std::size_t i = 0; i < postings.rids.size(); ++i) {
        entries.push_back({segment.param, segment.key, postings.rids[i],
                           postings.IsRemoved(i) ? Sign::kRemove : Sign::kAdd});
      }
    }
  }
  return entries;
}

Group Dense(Param param, Key key, Rid first, Rid count) {
  Group group{param, key, {}};
  for (Rid i = 0; i < count; ++i) group.postings.emplace_back(first + 2 * i, Sign::kAdd);
  return group;
}

TEST(Varint, ReadsBackEveryLength) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t value :
         {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1, kMax64 >> bits}) {
      std::string bytes;
      AppendVarint(bytes, value);
      EXPECT_EQ(bytes.size(), VarintSize(value));
      ByteReader reader(bytes);
      EXPECT_EQ(reader.Varint(), value);
      EXPECT_TRUE(reader.empty());
    }
  }
}

TEST(Block, ReadsBackExtremesOfParametersKeysAndRids) {
  const std::vector<Group> groups = {
      {0, {0, 0}, {{0, Sign::kAdd}}},
      {0, {0, 1}, {{0xFFFFFFFE, Sign::kRemove}}},
      {0, {0, kMax64}, {{0, Sign::kAdd}, {0xFFFFFFFE, Sign::kAdd}}},
      {0, {kMax64, 0}, {{0, Sign::kRemove}, {0xFFFFFFFE, Sign::kRemove}}},
      {0, {kMax64, kMax64}, {{7, Sign::kAdd}, {8, Sign::kRemove}, {9, Sign::kAdd}}},
      {0xFFFFFFFF, {5, 5}, {{1, Sign::kAdd}, {2, Sign::kAdd}, {3, Sign::kAdd}}},
  };
  for (const std::size_t block_bytes : {64U, 100U, 4096U}) {
    const Built built = Build(groups, block_bytes);
    EXPECT_EQ(ReadBack(built), Flatten(groups));
    EXPECT_EQ(built.count.adds, 8U);
    EXPECT_EQ(built.count.removes, 4U);
  }
}

TEST(Block, ADenseGroupTakesLittleMoreThanABitForEachRidOfItsSpread) {
  const Built built = Build({Dense(1, {1, 1}, 1000, 100'000)}, 4096);
  std::size_t bytes = 0;
  for (const std::string& block : built.blocks) bytes += block.size();
  EXPECT_LT(bytes, 200'000 / 8 * 11 / 10);
  EXPECT_EQ(ReadBack(built).size(), 100'000U);
}

TEST(Block, FitsIntoOnePageOfTheFile) {
  std::mt19937_64 random(5);
  std::vector<Group> groups;
  for (std::uint64_t order = 0; order < 3000; ++order) {
    Group group{static_cast<Param>(order / 100), {order, random()}, {}};
    Rid rid = 0;
    for (std::uint64_t i = 1 + random() % 20; i > 0; --i) {
      rid += 1 + static_cast<Rid>(random() % 100'000);
      group.postings.emplace_back(rid, random() % 5 == 0 ? Sign::kRemove : Sign::kAdd);
    }
    groups.push_back(group);
  }
  const Built built = Build(groups, 4096);
  EXPECT_EQ(ReadBack(built), Flatten(groups));
  for (std::size_t i = 0; i + 1 < built.blocks.size(); ++i) {
    EXPECT_LE(built.blocks[i].size(), 4057U);
    EXPECT_GE(built.blocks[i].size(), 3900U);
  }
}

TEST(Directory, KnowsTheFirstSegmentOfEachBlock) {
  std::vector<Group> groups = {Dense(1, {1, 0}, 0, 50), Dense(1, {2, 0}, 0, 9000),
                               Dense(1, {2, 1}, 0, 3), Dense(2, {0, 0}, 0, 2000)};
  groups[3].postings[1999].second = Sign::kRemove;
  const Built built = Build(groups, 256);
  ASSERT_EQ(built.directory.size(), built.blocks.size());

  Directory stored;
  for (std::size_t first = 0; first < built.directory.size(); first += Directory::kEntriesPerPart) {
    stored.AppendPart(built.directory.EncodePart(first));
  }
  ASSERT_EQ(stored.size(), built.directory.size());
  std::optional<std::pair<Param, Key>> last;
  for (BlockNumber block = 0; block < stored.size(); ++block) {
    const DirectoryEntry& entry = stored[block];
    SegmentScanner scanner(built.blocks[block]);
    Segment segment;
    ASSERT_TRUE(scanner.Next(segment));
    EXPECT_EQ(
        std::tuple(entry.param, entry.key, entry.first_rid, entry.adds, entry.removes),
        std::tuple(segment.param, segment.key, segment.first_rid, segment.adds, segment.removes));
    EXPECT_EQ(entry.continues, last == std::pair(segment.param, segment.key));
    do {
      last = std::pair(segment.param, segment.key);
    } while (scanner.Next(segment));
  }
}

TEST(Block, RefusesDamagedBytesWithoutReadingPastThem) {
  std::mt19937_64 random(11);
  std::vector<Group> groups = {Dense(1, {1, 0}, 5, 300), {1, {1, 3}, {{70'000, Sign::kAdd}}}};
  groups[0].postings[17].second = Sign::kRemove;
  groups.push_back(Dense(3, {900, 1}, 12, 500));
  const std::string whole = Build(groups, 4096).blocks.front();
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    damaged.resize(damaged.size() - (random() % 3 == 0 ? random() % damaged.size() : 0));
    try {
      SegmentScanner scanner(damaged);
      Postings postings;
      for (Segment segment; scanner.Next(segment);) {
        if (segment.count() < 1'000'000) Decode(segment, postings);
      }
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kInternal);
    }
  }
}

TEST(Block, RefusesATruncatedVarint) {
  EXPECT_EQ(support::ErrorKindOf([] { ByteReader("\x80\x80").Varint(); }),
            core::ErrorKind::kInternal);
  EXPECT_EQ(support::ErrorKindOf([] { ByteReader("").Varint(); }), core::ErrorKind::kInternal);
}

}  // namespace
}  // namespace healthlake::index
