// How many blocks are read for what: runs in memory that count it.
#include "index/run_view.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "index/group_stream.hpp"
#include "index/group_walk.hpp"
#include "index/run_builder.hpp"
#include "index/run_merger.hpp"
#include "support/expect_error.hpp"

namespace healthlake::index {
namespace {

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr Rid kLarge = 400'000;

// Run number = position.
class MemoryRuns final : public BlockSource {
 public:
  void Add(RunBuilder& builder) {
    builder.Finish();
    runs_.push_back(builder.TakeBlocks());
    directories_.push_back(std::make_shared<Directory>(builder.directory()));
  }
  void Read(std::uint64_t run, BlockNumber block, std::string& bytes) override {
    ++reads;
    bytes = runs_[run][block];
  }
  std::shared_ptr<const Directory> LoadDirectory(std::uint64_t run) override {
    return directories_[run];
  }
  std::uint64_t blocks(std::uint64_t run) const { return runs_[run].size(); }
  std::string& block(std::uint64_t run, BlockNumber block) { return runs_[run][block]; }

  int reads = 0;

 private:
  std::vector<std::vector<std::string>> runs_;
  std::vector<std::shared_ptr<const Directory>> directories_;
};

// A large group between many small ones.
MemoryRuns OneRun() {
  RunBuilder builder(4096);
  for (std::uint64_t order = 0; order < 5000; ++order) {
    builder.BeginGroup(1, {order, 0});
    builder.Add(static_cast<Rid>(order), Sign::kAdd);
  }
  builder.BeginGroup(2, {77, 5});
  for (Rid rid = 0; rid < kLarge; ++rid) builder.Add(rid * 3, Sign::kAdd);
  for (std::uint64_t order = 100; order < 5000; ++order) {
    builder.BeginGroup(2, {order, 0});
    builder.Add(static_cast<Rid>(order), Sign::kAdd);
  }
  MemoryRuns runs;
  runs.Add(builder);
  return runs;
}

TEST(RunView, CountsALargeValueWithOneBlockAtMost) {
  MemoryRuns runs = OneRun();
  const RunView view(0, 0, runs);
  const auto group = view.Find(2, {77, 5});
  ASSERT_TRUE(group);
  EXPECT_EQ(group->count.adds, kLarge);
  EXPECT_GT(group->end - group->block, 20U);
  EXPECT_LE(runs.reads, 1);
}

TEST(RunView, FindsASmallValueWithOneBlock) {
  MemoryRuns runs = OneRun();
  const RunView view(0, 0, runs);
  EXPECT_TRUE(view.Find(1, {1234, 0}));
  EXPECT_LE(runs.reads, 1);
  runs.reads = 0;
  EXPECT_FALSE(view.Find(1, {1234, 1}));
  EXPECT_FALSE(view.Find(3, {0, 0}));
  EXPECT_FALSE(view.Find(0, {0, 0}));
  EXPECT_LE(runs.reads, 2);
}

TEST(GroupStream, PassesOverBlocksThatASeekLeavesOut) {
  MemoryRuns runs = OneRun();
  const RunView view(0, 0, runs);
  GroupStream stream(view, *view.Find(2, {77, 5}));
  runs.reads = 0;
  EXPECT_EQ(stream.Seek(kLarge), kLarge + (3 - kLarge % 3) % 3);
  EXPECT_EQ(stream.Seek(3 * (kLarge - 1)), 3 * (kLarge - 1));
  EXPECT_EQ(stream.Seek(3 * kLarge), Cursor::kEnd);
  EXPECT_LE(runs.reads, 4);
}

TEST(GroupWalk, PassesOverTheBlocksOfALargeValueInBothDirections) {
  MemoryRuns runs = OneRun();
  const RunView view(0, 0, runs);
  for (const Direction direction : {Direction::kAscending, Direction::kDescending}) {
    runs.reads = 0;
    std::uint64_t postings = 0;
    std::size_t groups = 0;
    GroupWalk walk(view, 2, 77, 110, direction);
    for (; walk.valid(); walk.Next()) {
      postings += walk.group().count.adds;
      ++groups;
    }
    EXPECT_EQ(groups, 12U);
    EXPECT_EQ(postings, kLarge + 11);
    EXPECT_LE(runs.reads, 5);
  }
}

TEST(GroupWalk, FindsNothingOutsideOfWhatThereIs) {
  MemoryRuns runs = OneRun();
  const RunView view(0, 0, runs);
  for (const Direction direction : {Direction::kAscending, Direction::kDescending}) {
    EXPECT_FALSE(GroupWalk(view, 0, 0, kMax64, direction).valid());
    EXPECT_FALSE(GroupWalk(view, 3, 0, kMax64, direction).valid());
    EXPECT_FALSE(GroupWalk(view, 2, 78, 99, direction).valid());
    EXPECT_FALSE(GroupWalk(view, 1, 5000, kMax64, direction).valid());
    EXPECT_FALSE(GroupWalk(view, 1, 7, 6, direction).valid());
  }
}

TEST(RunView, ReportsADamagedBlock) {
  MemoryRuns runs = OneRun();
  runs.block(0, 0) = std::string(3, '\xFF');
  const RunView view(0, 0, runs);
  EXPECT_EQ(support::ErrorKindOf([&] { view.Find(1, {1, 0}); }), core::ErrorKind::kInternal);
}

// Resource r gets the value in run 0, loses it in run 1 if even, gets it again in run 2 if it is a
// multiple of four.
MemoryRuns ThreeRuns(Rid count) {
  MemoryRuns runs;
  for (Rid step : {1U, 2U, 4U}) {
    RunBuilder builder(256);
    builder.BeginGroup(1, {1, 0});
    for (Rid rid = 0; rid < count; rid += step) {
      builder.Add(rid, step == 2 ? Sign::kRemove : Sign::kAdd);
    }
    runs.Add(builder);
  }
  return runs;
}

PostingCount Merge(MemoryRuns& runs, const std::vector<std::uint64_t>& numbers, Leftover leftover) {
  std::vector<RunMerger::Input> inputs;
  for (const std::uint64_t run : numbers) inputs.push_back({run, runs.blocks(run)});
  RunBuilder builder(256);
  RunMerger merger(inputs, leftover, builder);
  while (!merger.Advance(runs, 300)) builder.TakeBlocks();
  return builder.count();
}

TEST(RunMerger, KeepsRemovesForOlderRunsAndDropsThemWithTheOldest) {
  MemoryRuns runs = ThreeRuns(10'000);
  const PostingCount newest = Merge(runs, {1, 2}, Leftover::kKeepRemoves);
  EXPECT_EQ(newest.adds, 0U);
  EXPECT_EQ(newest.removes, 2500U);
  const PostingCount oldest = Merge(runs, {0, 1}, Leftover::kDropRemoves);
  EXPECT_EQ(oldest.adds, 5000U);
  EXPECT_EQ(oldest.removes, 0U);
  const PostingCount all = Merge(runs, {0, 1, 2}, Leftover::kDropRemoves);
  EXPECT_EQ(all.adds, 7500U);
  EXPECT_EQ(all.removes, 0U);
}

}  // namespace
}  // namespace healthlake::index
