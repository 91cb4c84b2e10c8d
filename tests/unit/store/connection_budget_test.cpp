#include "healthlake/store/connection_budget.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

constexpr Query kSet{"set", "INSERT OR REPLACE INTO meta (key, value) VALUES ('n', ?1)"};
constexpr Query kGet{"get", "SELECT value FROM meta WHERE key = 'n'"};

class ConnectionBudgetTest : public testing::Test {
 protected:
  void Open(ConnectionBudget& budget, int files) {
    for (int number = 0; number < files; ++number) {
      files_.push_back(std::make_unique<StoreFile>(folder_ / std::to_string(number),
                                                   Durability::kNormal, budget));
    }
  }

  static void WriteAndRead(StoreFile& file, int value) {
    {
      WriteTransaction transaction = file.Write();
      transaction.connection().Run(kSet, std::to_string(value));
      transaction.Commit();
    }
    EXPECT_EQ(file.Read().connection().FindInteger(kGet), value);
  }

  support::TemporaryFolder folder_;
  std::vector<std::unique_ptr<StoreFile>> files_;
};

TEST_F(ConnectionBudgetTest, ReusesAnIdleConnection) {
  ConnectionBudget budget;
  Open(budget, 1);
  for (int round = 0; round < 5; ++round) WriteAndRead(*files_[0], round);
  EXPECT_EQ(budget.usage().open, 2U) << "a writer and a reader";
  EXPECT_EQ(budget.usage().idle, 2U);
  files_.clear();
}

TEST_F(ConnectionBudgetTest, ClosesIdleConnectionsOfOtherFilesWhenTheLimitIsReached) {
  ConnectionBudget budget({.connections = 4, .page_cache_bytes = 16 << 20});
  Open(budget, 6);
  for (int round = 0; round < 3; ++round) {
    for (const auto& file : files_) WriteAndRead(*file, round);
    EXPECT_LE(budget.usage().open, 4U);
    EXPECT_LE(budget.usage().page_cache_bytes, std::size_t{16} << 20);
  }
  files_.clear();
  EXPECT_EQ(budget.usage().open, 0U);
}

TEST_F(ConnectionBudgetTest, ClosesTheLeastRecentlyUsedFirst) {
  ConnectionBudget budget({.connections = 3, .page_cache_bytes = 24 << 20});
  Open(budget, 2);  // two idle writers
  const Connection* const warm = &files_[1]->Read().connection();
  EXPECT_NE(warm, nullptr);
  EXPECT_EQ(budget.usage().open, 3U);
  // A reader of the first file needs room: its own writer is the oldest and goes.
  files_[0]->Read();
  EXPECT_EQ(budget.usage().open, 3U);
  // The second file's reader was kept, so that nothing has to be opened for it.
  files_[1]->Read();
  EXPECT_EQ(budget.usage().open, 3U);
  WriteAndRead(*files_[0], 1);
  files_.clear();
}

TEST_F(ConnectionBudgetTest, TakesAWritersCacheBeforeItsConnection) {
  // Room for four writers in use by bytes, for ten connections by count.
  ConnectionBudget budget({.connections = 10, .page_cache_bytes = 20 << 20});
  Open(budget, 4);
  EXPECT_EQ(budget.usage().open, 4U);
  files_[0]->Read();
  EXPECT_EQ(budget.usage().open, 5U) << "no writer was closed";
  EXPECT_LE(budget.usage().page_cache_bytes, std::size_t{20} << 20);
  files_.clear();
}

TEST_F(ConnectionBudgetTest, LetsBusyThreadsPassTheLimit) {
  ConnectionBudget budget({.connections = 2, .page_cache_bytes = 8 << 20});
  Open(budget, 1);
  {
    std::vector<ReadTransaction> busy;
    for (int number = 0; number < 5; ++number) busy.push_back(files_[0]->Read());
    EXPECT_GE(budget.usage().open, 5U);
  }
  EXPECT_LE(budget.usage().open, 2U);
  files_.clear();
}

}  // namespace
}  // namespace healthlake::store
