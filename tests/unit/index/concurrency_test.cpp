// Readers on snapshots beside a writer and maintenance.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "healthlake/index/index.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/index/naive_index.hpp"

namespace healthlake::index {
namespace {

constexpr Param kParity = 1;
constexpr Param kNumber = 2;

// Batch n moves every resource from the value n to the value n + 1: each snapshot has all resources
// at one value, whatever has been merged.
class MovingResources {
 public:
  explicit MovingResources(Rid count) : count_(count) {}

  std::vector<Entry> Move(std::uint64_t from, bool first) const {
    std::vector<Entry> entries;
    for (Rid rid = 0; rid < count_; ++rid) {
      if (!first) {
        entries.push_back({kParity, {from % 2, 0}, rid, Sign::kRemove});
        entries.push_back({kNumber, {from, rid % 3}, rid, Sign::kRemove});
      }
      entries.push_back({kParity, {(from + 1) % 2, 0}, rid, Sign::kAdd});
      entries.push_back({kNumber, {from + 1, rid % 3}, rid, Sign::kAdd});
    }
    return entries;
  }

  // The value at which the snapshot has all resources; nullopt when it is torn.
  std::optional<std::uint64_t> ValueIn(Reader& reader) const {
    const auto walk = reader.Walk(kNumber, 0, ~std::uint64_t{0}, Direction::kDescending);
    std::optional<std::uint64_t> value;
    std::size_t members = 0;
    Key key;
    for (std::vector<Rid> rids; walk->Next(key, rids);) {
      if (value && *value != key.order) return std::nullopt;
      value = key.order;
      members += rids.size();
    }
    if (!value || members != count_) return std::nullopt;
    if (reader.CountPoint(kParity, {*value % 2, 0}) != count_) return std::nullopt;
    if (reader.CountPoint(kParity, {(*value + 1) % 2, 0}) != 0) return std::nullopt;
    if (Count(*reader.Any(kNumber)) != count_) return std::nullopt;
    if (Count(*reader.Point(kParity, {*value % 2, 0})) != count_) return std::nullopt;
    return value;
  }

 private:
  Rid count_;
};

struct Opened {
  support::TemporaryFolder folder;
  store::ConnectionBudget budget;
  store::StoreFile file{folder / "store", store::Durability::kNormal, budget};
};

Options TinyOptions() {
  Options options;
  options.block_bytes = 128;
  options.runs_per_level = 2;
  options.delta_rows_to_fold = 50;
  options.maintenance_bytes = 400;
  return options;
}

TEST(IndexConcurrency, SnapshotsStayWholeBesideWritersAndMaintenance) {
  Opened opened;
  Index index(opened.file, TinyOptions());
  const MovingResources resources(60);
  constexpr std::uint64_t kMoves = 60;
  const auto write = [&](std::uint64_t from) {
    store::WriteTransaction transaction = opened.file.Write();
    std::vector<Entry> entries = resources.Move(from, from == 0);
    std::vector<StringEntry> strings;
    if (from % 3 == 1) {
      index.WriteDifference(transaction, entries, strings);
    } else {
      index.WriteBatch(transaction, entries, strings);
    }
    transaction.Commit();
  };
  write(0);

  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::atomic<int> read = 0;
  const auto read_on = [&] {
    std::uint64_t last = 0;
    while (!stop) {
      store::ReadTransaction snapshot = opened.file.Read();
      const auto reader = index.Open(snapshot);
      for (int again = 0; again < 3; ++again) {
        const auto value = resources.ValueIn(*reader);
        if (!value || *value < last || (again > 0 && *value != last)) ++torn;
        last = value.value_or(last);
      }
      ++read;
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(read_on);
  threads.emplace_back(read_on);
  threads.emplace_back([&] {
    while (!stop) {
      if (index.NeedsMaintenance()) index.Maintain({});
      std::this_thread::yield();
    }
  });
  for (std::uint64_t from = 1; from < kMoves; ++from) write(from);
  while (read < 20) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(torn, 0);
  store::ReadTransaction snapshot = opened.file.Read();
  EXPECT_EQ(resources.ValueIn(*index.Open(snapshot)), kMoves);
}

TEST(IndexConcurrency, AnOldSnapshotReadsItsRunsAfterTheyHaveBeenMergedAway) {
  Opened opened;
  Index index(opened.file, TinyOptions());
  const MovingResources resources(200);
  const auto write = [&](std::uint64_t from) {
    store::WriteTransaction transaction = opened.file.Write();
    std::vector<Entry> entries = resources.Move(from, from == 0);
    std::vector<StringEntry> strings;
    index.WriteBatch(transaction, entries, strings);
    transaction.Commit();
  };
  for (std::uint64_t from = 0; from < 5; ++from) write(from);

  store::ReadTransaction early = opened.file.Read();
  const auto reader = index.Open(early);  // has read no directory yet
  for (std::uint64_t from = 5; from < 9; ++from) write(from);
  index.Compact({});
  store::ReadTransaction late = opened.file.Read();
  EXPECT_EQ(resources.ValueIn(*index.Open(late)), 9U);
  EXPECT_EQ(resources.ValueIn(*reader), 5U);
  EXPECT_EQ(resources.ValueIn(*index.Open(early)), 5U);
}

}  // namespace
}  // namespace healthlake::index
