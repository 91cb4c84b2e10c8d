#include "healthlake/store/store_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "store/read_gate.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;
using support::ErrorKindOf;

constexpr Query kInsert{"insert", "INSERT INTO meta (key, value) VALUES (?1, ?2)"};
constexpr Query kCount{"count", "SELECT count(*) FROM meta"};
constexpr Query kSet{"set", "INSERT OR REPLACE INTO meta (key, value) VALUES ('n', ?1)"};
constexpr Query kGet{"get", "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'n'"};
constexpr Query kIntegrity{"integrity",
                           "SELECT integrity_check = 'ok' FROM pragma_integrity_check"};
constexpr Query kSynchronous{"synchronous", "PRAGMA synchronous"};

class StoreFileTest : public testing::Test {
 protected:
  void Open(const StoreFileOptions& options = {}) {
    file_.reset();
    file_ = std::make_unique<StoreFile>(path_, options, budget_);
  }

  void Put(const std::string& key, const std::string& value = "v") {
    WriteTransaction transaction = file_->Write();
    transaction.connection().Run(kInsert, key, value);
    transaction.Commit();
  }

  std::int64_t Count() {
    ReadTransaction transaction = file_->Read();
    return transaction.connection().FindInteger(kCount).value_or(-1);
  }

  std::uintmax_t WalBytes() {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(path_.native() + "-wal", none);
    return none ? 0 : bytes;
  }

  support::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "store.sqlite";
  ConnectionBudget budget_;
  std::unique_ptr<StoreFile> file_;
};

TEST_F(StoreFileTest, KeepsWhatWasCommittedOverAReopening) {
  Open();
  Put("a");
  Open();
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(file_->last_change(), 1U);
}

TEST_F(StoreFileTest, LeavesOneFileBehindWhenClosed) {
  Open();
  Put("a");
  Count();
  file_.reset();
  EXPECT_EQ(WalBytes(), 0U);
  EXPECT_EQ(budget_.usage().open, 0U);
  EXPECT_EQ(budget_.usage().page_cache_bytes, 0U);
}

TEST_F(StoreFileTest, RefusesAForeignFileAndLeavesItUntouched) {
  {
    Connection other(path_, OpenMode::kCreate);
    other.Execute("CREATE TABLE theirs (a)");
  }
  const auto read = [&] {
    std::ifstream file(path_, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const std::string before = read();
  EXPECT_EQ(ErrorKindOf([&] { Open(); }), ErrorKind::kUnavailable);
  EXPECT_EQ(read(), before);
  EXPECT_EQ(WalBytes(), 0U);
  EXPECT_EQ(budget_.usage().open, 0U);
}

TEST_F(StoreFileTest, RefusesANewerFileAndLeavesItUntouched) {
  Open();
  file_.reset();
  {
    Connection other(path_, OpenMode::kExisting);
    other.Execute("PRAGMA user_version = 999");
  }
  EXPECT_EQ(ErrorKindOf([&] { Open(); }), ErrorKind::kUnavailable);
  Connection other(path_, OpenMode::kExisting);
  constexpr static Query kVersion{"version", "PRAGMA user_version"};
  EXPECT_EQ(other.FindInteger(kVersion), 999);
}

TEST_F(StoreFileTest, CallsAFileThatIsNoDatabaseInternal) {
  std::ofstream(path_) << std::string(8192, 'z');
  EXPECT_EQ(ErrorKindOf([&] { Open(); }), ErrorKind::kInternal);
}

TEST_F(StoreFileTest, SynchronizesAsItsDurabilitySays) {
  Open();
  EXPECT_EQ(file_->Write().connection().FindInteger(kSynchronous), 1);
  Open({.durability = Durability::kFull});
  EXPECT_EQ(file_->Write().connection().FindInteger(kSynchronous), 2);
}

TEST_F(StoreFileTest, CountsCommitsThatChangedSomething) {
  Open();
  Put("a");
  Put("b");
  EXPECT_EQ(file_->last_change(), 2U);
  {
    WriteTransaction transaction = file_->Write();
    EXPECT_EQ(transaction.change(), 3U);
    transaction.Commit();
  }
  EXPECT_EQ(file_->last_change(), 2U) << "nothing was changed";
  {
    WriteTransaction transaction = file_->Write();
    transaction.connection().Run(kInsert, "c", "v");
  }
  EXPECT_EQ(file_->last_change(), 2U) << "rolled back";
  EXPECT_EQ(file_->Read().change(), 2U);
}

TEST_F(StoreFileTest, RollsBackWhatIsNotCommitted) {
  Open();
  {
    WriteTransaction transaction = file_->Write();
    transaction.connection().Run(kInsert, "a", "v");
  }
  EXPECT_EQ(Count(), 0);
}

TEST_F(StoreFileTest, ShowsAReaderOneMoment) {
  Open();
  Put("a");
  ReadTransaction before = file_->Read();
  Put("b");
  EXPECT_EQ(before.connection().FindInteger(kCount), 1);
  EXPECT_EQ(before.change(), 1U);
  EXPECT_EQ(Count(), 2);
}

TEST_F(StoreFileTest, KeepsReadersFromWriting) {
  Open();
  ReadTransaction reader = file_->Read();
  EXPECT_EQ(ErrorKindOf([&] { reader.connection().Run(kInsert, "a", "v"); }),
            ErrorKind::kUnavailable);
}

TEST_F(StoreFileTest, CallsBackAfterACommitOnly) {
  Open();
  std::vector<int> calls;
  {
    WriteTransaction transaction = file_->Write();
    transaction.connection().Run(kInsert, "a", "v");
    transaction.OnCommit([&] { calls.push_back(1); });
    transaction.OnCommit([&] { calls.push_back(2); });
    EXPECT_TRUE(calls.empty());
    transaction.Commit();
    EXPECT_THAT(calls, testing::ElementsAre(1, 2));
  }
  {
    WriteTransaction transaction = file_->Write();
    transaction.OnCommit([&] { calls.push_back(3); });
  }
  EXPECT_THAT(calls, testing::ElementsAre(1, 2));
}

TEST_F(StoreFileTest, GivesWritersTheirTurnInOrder) {
  Open();
  constexpr std::size_t kWriters = 8;
  std::vector<std::size_t> order;
  std::vector<std::thread> threads;
  {
    std::optional<WriteTransaction> first = file_->Write();
    for (std::size_t number = 0; number < kWriters; ++number) {
      threads.emplace_back([&, number] {
        WriteTransaction transaction = file_->Write();
        order.push_back(number);
      });
      while (file_->waiting_writers() != number + 1) std::this_thread::yield();
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(StoreFileTest, LetsAWaitingWriterGiveUp) {
  Open();
  core::CancelSource source;
  std::optional<ErrorKind> kind;
  std::thread waiting;
  {
    WriteTransaction first = file_->Write();
    waiting = std::thread([&] { kind = ErrorKindOf([&] { file_->Write(source.token()); }); });
    while (file_->waiting_writers() != 1) std::this_thread::yield();
    source.Request();
    waiting.join();
  }
  EXPECT_EQ(kind, ErrorKind::kUnavailable);
  Put("a");  // the turn was not lost
}

TEST_F(StoreFileTest, LetsManyThreadsReadAndWriteWithoutBeingBusy) {
  Open();
  constexpr int kThreads = 4;
  constexpr int kRounds = 40;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        try {
          // Reads, then writes: a deferred transaction would end with BUSY_SNAPSHOT here.
          WriteTransaction transaction = file_->Write();
          const auto value = transaction.connection().FindInteger(kGet).value_or(0);
          transaction.connection().Run(kSet, std::to_string(value + 1));
          transaction.Commit();
          file_->Read().connection().FindInteger(kGet);
        } catch (const core::Error&) {
          ++failures;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(file_->Read().connection().FindInteger(kGet), kThreads * kRounds);
  EXPECT_EQ(file_->last_change(), static_cast<std::uint64_t>(kThreads * kRounds));
}

TEST_F(StoreFileTest, StopsALongReadWhenCancelled) {
  Open();
  constexpr static Query kEndless{
      "endless",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"};
  core::CancelSource source;
  source.Request();
  {
    ReadTransaction transaction = file_->Read(source.token());
    EXPECT_EQ(ErrorKindOf([&] { transaction.connection().Run(kEndless); }),
              ErrorKind::kUnavailable);
  }
  EXPECT_EQ(Count(), 0) << "the next user of the connection is not cancelled";
}

TEST_F(StoreFileTest, CallsAFullDiskUnavailableAndStaysWhole) {
  Open({.max_pages = 60});
  Put("kept");
  const auto fill = [&] {
    WriteTransaction transaction = file_->Write();
    for (int row = 0; row < 200; ++row) {
      transaction.connection().Run(kInsert, std::to_string(row), std::string(4000, 'x'));
    }
    transaction.Commit();
  };
  EXPECT_EQ(ErrorKindOf(fill), ErrorKind::kUnavailable);
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(file_->last_change(), 1U);
  Put("after");
  EXPECT_EQ(Count(), 2);
  EXPECT_EQ(file_->Read().connection().FindInteger(kIntegrity), 1);
}

TEST_F(StoreFileTest, RefusesToCommitWhatCancellingHasRolledBack) {
  Open();
  constexpr static Query kEndless{
      "endless",
      "INSERT INTO meta (key, value)"
      " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n"};
  core::CancelSource source;
  {
    WriteTransaction transaction = file_->Write(source.token());
    transaction.connection().Run(kInsert, "a", "v");
    source.Request();
    EXPECT_EQ(ErrorKindOf([&] { transaction.connection().Run(kEndless); }),
              ErrorKind::kUnavailable);
    EXPECT_EQ(ErrorKindOf([&] { transaction.Commit(); }), ErrorKind::kUnavailable);
  }
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(file_->last_change(), 0U);
  Put("the next writer is not cancelled");
}

// The options of the WAL tests: small enough to pass every limit at once.
constexpr StoreFileOptions kSmallWal = {.wal_checkpoint_bytes = 64 << 10,
                                        .wal_pause_bytes = 256 << 10,
                                        .pause = std::chrono::milliseconds(1)};

TEST_F(StoreFileTest, CheckpointsALongWal) {
  Open(kSmallWal);
  for (int row = 0; row < 200; ++row) Put(std::to_string(row), std::string(3000, 'x'));
  EXPECT_LT(WalBytes(), 256U << 10);
}

TEST_F(StoreFileTest, LetsTheWalGrowUnderAPinningReaderAndRestartsItAfterwards) {
  Open(kSmallWal);
  {
    ReadTransaction pin = file_->Read();
    for (int row = 0; row < 200; ++row) Put(std::to_string(row), std::string(3000, 'x'));
    EXPECT_GT(WalBytes(), 256U << 10);
    EXPECT_EQ(pin.connection().FindInteger(kCount), 0);
  }
  for (int row = 200; row < 240; ++row) Put(std::to_string(row), std::string(3000, 'x'));
  EXPECT_LT(WalBytes(), 256U << 10);
  EXPECT_EQ(Count(), 240);
}

TEST(ReadGateTest, HoldsNewReadersBackWhileTheWriterIsAlone) {
  ReadGate gate;
  std::atomic<bool> entered{false};
  std::thread reader;
  const bool alone = gate.WithoutReaders(std::chrono::milliseconds(0), [&] {
    reader = std::thread([&] {
      gate.Enter();
      entered = true;
      gate.Leave();
    });
    for (int turn = 0; turn < 1000; ++turn) std::this_thread::yield();
    EXPECT_FALSE(entered);
  });
  reader.join();
  EXPECT_TRUE(alone);
  EXPECT_TRUE(entered);
}

TEST(ReadGateTest, GivesUpWhenAReaderStays) {
  ReadGate gate;
  gate.Enter();
  bool ran = false;
  EXPECT_FALSE(gate.WithoutReaders(std::chrono::milliseconds(1), [&] { ran = true; }));
  EXPECT_FALSE(ran);
  gate.Enter();  // open again
}

TEST_F(StoreFileTest, LosesNothingCommittedWhenTheProcessIsKilledInTheMiddle) {
  const pid_t child = ::fork();
  if (child == 0) {
    ConnectionBudget budget;
    StoreFile file(path_, Durability::kNormal, budget);
    for (int row = 0; row < 10; ++row) {
      WriteTransaction transaction = file.Write();
      transaction.connection().Run(kInsert, std::to_string(row), "v");
      transaction.Commit();
    }
    WriteTransaction transaction = file.Write();
    // More than the page cache, so that half a transaction is in the WAL when the end comes.
    transaction.connection().Execute("PRAGMA cache_size = 5");
    for (int row = 10; row < 500; ++row) {
      transaction.connection().Run(kInsert, std::to_string(row), std::string(2000, 'x'));
    }
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_GT(WalBytes(), 500U << 10);
  Open();
  EXPECT_EQ(Count(), 10);
  EXPECT_EQ(file_->last_change(), 10U);
  EXPECT_EQ(file_->Read().connection().FindInteger(kIntegrity), 1);
  Put("on it goes");
}

}  // namespace
}  // namespace healthlake::store
