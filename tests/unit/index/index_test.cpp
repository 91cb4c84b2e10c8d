#include "healthlake/index/index.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/index_tables.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"
#include "unit/index/naive_index.hpp"

namespace healthlake::index {
namespace {

class IndexTest : public ::testing::Test {
 protected:
  static Options SmallOptions() {
    Options options;
    options.block_bytes = 256;
    options.runs_per_level = 3;
    options.delta_rows_to_fold = 100;
    return options;
  }

  void Batch(std::vector<Entry> entries, std::vector<StringEntry> strings = {}) {
    store::WriteTransaction write = file_.Write();
    index_.WriteBatch(write, entries, strings);
    write.Commit();
  }
  void Difference(const std::vector<Entry>& entries, const std::vector<StringEntry>& strings = {}) {
    store::WriteTransaction write = file_.Write();
    index_.WriteDifference(write, entries, strings);
    write.Commit();
  }
  std::uint64_t CountOf(Param param, const Key& key) {
    store::ReadTransaction read = file_.Read();
    return index_.Open(read)->CountPoint(param, key);
  }
  std::vector<store::IndexRunRow> Runs() {
    store::ReadTransaction read = file_.Read();
    return store::IndexTables(read.connection()).Runs();
  }

  support::TemporaryFolder folder_;
  store::ConnectionBudget budget_;
  store::StoreFile file_{folder_ / "store", store::Durability::kNormal, budget_};
  Index index_{file_, SmallOptions()};
};

TEST_F(IndexTest, AnEmptyIndexAnswersEverythingWithNothing) {
  store::ReadTransaction read = file_.Read();
  const auto reader = index_.Open(read);
  EXPECT_EQ(reader->CountPoint(1, {1, 1}), 0U);
  EXPECT_EQ(ReadAll(*reader->Point(1, {1, 1})), std::vector<Rid>());
  EXPECT_EQ(ReadAll(*reader->Any(1)), std::vector<Rid>());
  EXPECT_EQ(ReadAll(*reader->StringPrefix(1, "")), std::vector<Rid>());
  Key key;
  std::vector<Rid> rids;
  EXPECT_FALSE(reader->Walk(1, 0, ~std::uint64_t{0}, Direction::kDescending)->Next(key, rids));
  EXPECT_FALSE(index_.NeedsMaintenance());
  index_.Maintain({});
  index_.Compact({});
}

TEST_F(IndexTest, GroupsThatDifferInTheCheckAreDifferentValues) {
  Batch({{1, {5, 1}, 10, Sign::kAdd}, {1, {5, 2}, 11, Sign::kAdd}});
  EXPECT_EQ(CountOf(1, {5, 1}), 1U);
  EXPECT_EQ(CountOf(1, {5, 2}), 1U);
  EXPECT_EQ(CountOf(1, {5, 3}), 0U);
}

TEST_F(IndexTest, ABatchFoldsTheDeltaAndCancelsAgainstIt) {
  Difference({{1, {5, 0}, 10, Sign::kAdd}, {1, {6, 0}, 10, Sign::kAdd}});
  Batch({{1, {5, 0}, 10, Sign::kRemove}});
  EXPECT_EQ(CountOf(1, {5, 0}), 0U);
  EXPECT_EQ(CountOf(1, {6, 0}), 1U);
  const auto runs = Runs();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].adds, 1U);
  EXPECT_EQ(runs[0].removes, 0U);
}

TEST_F(IndexTest, NoLevelKeepsMoreRunsThanAllowed) {
  for (Rid rid = 0; rid < 40; ++rid) {
    Batch({{1, {5, 0}, rid, Sign::kAdd}});
    if (index_.NeedsMaintenance()) index_.Maintain({});
  }
  std::map<std::uint32_t, int> levels;
  for (const auto& run : Runs()) {
    EXPECT_EQ(run.state, store::IndexRunState::kLive);
    ++levels[run.level];
  }
  for (const auto& [level, runs] : levels) EXPECT_LE(runs, 3) << level;
  EXPECT_EQ(CountOf(1, {5, 0}), 40U);
}

TEST_F(IndexTest, ALargeDeltaAsksForMaintenanceAndIsFolded) {
  for (Rid rid = 0; rid < 99; ++rid) Difference({{1, {rid, 0}, rid, Sign::kAdd}});
  EXPECT_FALSE(index_.NeedsMaintenance());
  Difference({{1, {99, 0}, 99, Sign::kAdd}});
  EXPECT_TRUE(index_.NeedsMaintenance());
  index_.Maintain({});
  EXPECT_FALSE(index_.NeedsMaintenance());
  store::ReadTransaction read = file_.Read();
  EXPECT_TRUE(store::IndexTables(read.connection()).DeltaIsEmpty());
  EXPECT_EQ(Count(*index_.Open(read)->Any(1)), 100U);
}

TEST_F(IndexTest, CompactingWhatHasBeenDeletedLeavesNothing) {
  std::vector<Entry> entries;
  for (Rid rid = 0; rid < 500; ++rid) entries.push_back({1, {rid % 7, 0}, rid, Sign::kAdd});
  Batch(entries);
  for (Entry& entry : entries) entry.sign = Sign::kRemove;
  Batch(entries);
  index_.Compact({});
  EXPECT_TRUE(Runs().empty());
  EXPECT_EQ(CountOf(1, {3, 0}), 0U);
}

TEST_F(IndexTest, RecoverRemovesWhatAnUnfinishedMergeLeft) {
  for (Rid rid = 0; rid < 3; ++rid) Batch({{1, {5, 0}, rid, Sign::kAdd}});
  struct Killed {};
  Options options = SmallOptions();
  int steps = 0;
  options.after_step = [&] {
    if (++steps == 2) throw Killed();
  };
  EXPECT_THROW(Index(file_, options).Compact({}), Killed);
  EXPECT_EQ(Runs().size(), 4U);  // one of them being built
  EXPECT_EQ(CountOf(1, {5, 0}), 3U);
  index_.Recover();
  EXPECT_EQ(Runs().size(), 3U);
  EXPECT_EQ(CountOf(1, {5, 0}), 3U);
}

TEST_F(IndexTest, AfterOpeningItKnowsWhetherThereIsWork) {
  for (Rid rid = 0; rid < 4; ++rid) Batch({{1, {5, 0}, rid, Sign::kAdd}});
  Index again(file_, SmallOptions());
  again.Recover();
  EXPECT_TRUE(again.NeedsMaintenance());
}

TEST_F(IndexTest, AWriterSeesItsOwnChangesAndOthersDoNot) {
  store::WriteTransaction write = file_.Write();
  std::vector<Entry> entries = {{1, {5, 0}, 1, Sign::kAdd}};
  std::vector<StringEntry> strings = {{2, "smith", "Smith", 1, Sign::kAdd}};
  index_.WriteBatch(write, entries, strings);
  const auto own = index_.Open(write);
  EXPECT_EQ(own->CountPoint(1, {5, 0}), 1U);
  EXPECT_EQ(ReadAll(*own->StringPrefix(2, "sm")), std::vector<Rid>{1});
  EXPECT_EQ(CountOf(1, {5, 0}), 0U);
}

TEST_F(IndexTest, ARolledBackBatchLeavesNothingBehindEvenInMemory) {
  {
    store::WriteTransaction write = file_.Write();
    std::vector<Entry> entries = {{1, {5, 0}, 1, Sign::kAdd}};
    std::vector<StringEntry> strings;
    index_.WriteBatch(write, entries, strings);
    EXPECT_EQ(Count(*index_.Open(write)->Point(1, {5, 0})), 1U);
  }
  Batch({{1, {6, 0}, 2, Sign::kAdd}});  // takes the same run number and generation
  EXPECT_EQ(CountOf(1, {5, 0}), 0U);
  EXPECT_EQ(CountOf(1, {6, 0}), 1U);
}

TEST_F(IndexTest, StringsAreFilteredByBothForms) {
  Batch({}, {{2, "smith", "Smith", 1, Sign::kAdd},
             {2, "smith", "SMITH", 2, Sign::kAdd},
             {2, "smithers", "Smithers", 3, Sign::kAdd},
             {3, "smith", "Smith", 4, Sign::kAdd}});
  store::ReadTransaction read = file_.Read();
  const auto reader = index_.Open(read);
  EXPECT_EQ(ReadAll(*reader->StringPrefix(2, "smith")), (std::vector<Rid>{1, 2, 3}));
  const auto exact = [](std::string_view, std::string_view text) { return text == "Smith"; };
  EXPECT_EQ(ReadAll(*reader->StringPrefix(2, "smith", exact)), std::vector<Rid>{1});
  const auto whole = [](std::string_view normal, std::string_view) { return normal == "smith"; };
  EXPECT_EQ(ReadAll(*reader->StringPrefix(2, "smith", whole)), (std::vector<Rid>{1, 2}));
}

TEST_F(IndexTest, TwoWalksOverStringsMayGoOnAtOnce) {
  Batch({}, {{2, "a", "A", 1, Sign::kAdd}, {2, "b", "B", 2, Sign::kAdd}});
  store::ReadTransaction read = file_.Read();
  const auto reader = index_.Open(read);
  const auto up = reader->WalkStrings(2, Direction::kAscending);
  const auto down = reader->WalkStrings(2, Direction::kDescending);
  const auto up_too = reader->WalkStrings(2, Direction::kAscending);
  std::string text;
  std::vector<Rid> rids;
  ASSERT_TRUE(up->Next(text, rids));
  EXPECT_EQ(text, "a");
  ASSERT_TRUE(down->Next(text, rids));
  EXPECT_EQ(text, "b");
  ASSERT_TRUE(up_too->Next(text, rids));
  EXPECT_EQ(text, "a");
  ASSERT_TRUE(up->Next(text, rids));
  EXPECT_EQ(text, "b");
  EXPECT_FALSE(up->Next(text, rids));
}

}  // namespace
}  // namespace healthlake::index
