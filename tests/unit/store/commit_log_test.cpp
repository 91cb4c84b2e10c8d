#include "healthlake/store/commit_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

constexpr core::Timestamp kTime{std::chrono::milliseconds(1767225600123)};

class CommitLogTest : public testing::Test {
 protected:
  std::uint64_t Save(std::vector<LoggedVersion> versions, core::Timestamp newest = kTime) {
    WriteTransaction transaction = file_.Write();
    SaveCommit(transaction, versions, newest);
    transaction.Commit();
    return transaction.change();
  }
  std::vector<LoggedVersion> First(std::optional<TypeNumber> type = {}) {
    ReadTransaction transaction = file_.Read();
    CommitWalk walk(transaction.connection());
    std::vector<LoggedVersion> versions;
    if (walk.Next()) walk.Read(type, versions);
    return versions;
  }

  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
};

TEST_F(CommitLogTest, SortsByTypeAndRidNewestVersionFirst) {
  Save({{7, 300, 1}, {5, 70'000, 2}, {5, 2, 1}, {5, 70'000, 3}, {5, 70'000, 1ULL << 40}});
  EXPECT_THAT(First(),
              testing::ElementsAre(LoggedVersion{5, 2, 1}, LoggedVersion{5, 70'000, 1ULL << 40},
                                   LoggedVersion{5, 70'000, 3}, LoggedVersion{5, 70'000, 2},
                                   LoggedVersion{7, 300, 1}));
  EXPECT_THAT(First(TypeNumber{7}), testing::ElementsAre(LoggedVersion{7, 300, 1}));
  EXPECT_TRUE(First(TypeNumber{6}).empty());
}

TEST_F(CommitLogTest, WalksFromTheNewestCommit) {
  const std::uint64_t first = Save({{1, 1, 1}});
  const std::uint64_t second = Save({{1, 2, 1}});
  ReadTransaction transaction = file_.Read();
  CommitWalk all(transaction.connection());
  ASSERT_TRUE(all.Next());
  EXPECT_EQ(all.change(), second);
  ASSERT_TRUE(all.Next());
  EXPECT_EQ(all.change(), first);
  EXPECT_FALSE(all.Next());
  CommitWalk old(transaction.connection(), first);
  ASSERT_TRUE(old.Next());
  EXPECT_EQ(old.change(), first);
}

TEST_F(CommitLogTest, TimesNeverGoBack) {
  Save({{1, 1, 1}}, kTime);
  Save({{1, 2, 1}}, kTime - std::chrono::seconds(5));
  ReadTransaction transaction = file_.Read();
  CommitWalk walk(transaction.connection());
  ASSERT_TRUE(walk.Next());
  EXPECT_EQ(walk.time(), kTime);
}

TEST_F(CommitLogTest, SavesACommitAgainWithMore) {
  {
    WriteTransaction transaction = file_.Write();
    std::vector<LoggedVersion> versions = {{1, 1, 1}};
    SaveCommit(transaction, versions, kTime);
    versions.push_back({1, 2, 1});
    SaveCommit(transaction, versions, kTime);
    transaction.Commit();
  }
  EXPECT_EQ(First().size(), 2U);
  ReadTransaction transaction = file_.Read();
  CommitWalk walk(transaction.connection());
  EXPECT_TRUE(walk.Next());
  EXPECT_FALSE(walk.Next());
}

TEST_F(CommitLogTest, RefusesADamagedRow) {
  Save({{1, 1, 1}});
  for (const char* blob : {"x'01'", "x'0105'", "x'0102'", "x'010101'", "x'80'"}) {
    {
      WriteTransaction transaction = file_.Write();
      transaction.connection().Execute("UPDATE commit_log SET versions = " + std::string(blob));
      transaction.Commit();
    }
    EXPECT_EQ(support::ErrorKindOf([&] { First(); }), core::ErrorKind::kInternal) << blob;
  }
}

}  // namespace
}  // namespace healthlake::store
