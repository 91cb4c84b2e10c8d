#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "healthlake/jobs/worker_pool.hpp"
#include "healthlake/store/control_file.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"
#include "unit/jobs/fakes.hpp"

namespace healthlake::jobs::testing {
namespace {

using namespace std::chrono_literals;
using store::TransactionId;
using store::TransactionStatus;
using ::testing::HasSubstr;

constexpr int kNoStage = -1;

class TransactionWorkTest : public ::testing::Test {
 protected:
  TransactionWorkTest() : file(folder.path() / "control.sqlite") {
    options.spool = folder.path() / "spool";
    options.transaction_pause = 1ms;
    options.run_transaction = [this](const auto& row, std::string_view bundle, const auto&) {
      return Commit(row, bundle);
    };
    options.at_transaction_stage = [this](const TransactionId& id, TransactionStage stage) {
      const std::lock_guard lock(mutex);
      reached.insert({id.text(), stage});
      changed.notify_all();
      if (static_cast<int>(stage) == deadly) throw std::runtime_error("the process has died");
    };
    AddStore("a");
  }
  ~TransactionWorkTest() override { pool.reset(); }

  static store::DatastoreId StoreId(const std::string& name) {
    return store::DatastoreId(std::string(31, '0') + name);
  }

  void AddStore(const std::string& name) {
    registry.Create(StoreId(name));
    store::DatastoreRow row;
    row.id = StoreId(name);
    row.created_at = clock.Now();
    auto write = file.Write();
    write->datastores.Insert(row);
    write->datastores.Transition(row.id, store::DatastoreStatus::kActive, clock.Now());
    write.Commit();
  }

  void NewPool() {
    pool.reset();
    pool = std::make_unique<WorkerPool>(options, file, registry, objects, clock, ids, signals);
  }
  void StartPool() {
    NewPool();
    pool->Start();
  }

  // What the store commits: its checkpoint stands for all of it.
  TransactionAnswer Commit(const store::TransactionRow& row, std::string_view bundle) {
    const std::string answer = "done " + std::string(bundle);
    registry.Load(row.datastore)->SaveCheckpoint(row.id.text(), answer);
    const std::lock_guard lock(mutex);
    ++commits[row.id.text()];
    return {200, answer};
  }

  TransactionId Submit(const std::string& name, const std::string& bundle = "bundle") {
    return pool->transactions().Submit(
        {.datastore = StoreId(name), .base = "http://b", .headers = "H:1\n", .bundle = bundle});
  }
  core::ErrorKind Refusal(const std::string& name) {
    try {
      Submit(name);
    } catch (const core::Error& error) {
      return error.kind();
    }
    return core::ErrorKind::kInternal;
  }

  void Await(const TransactionId& id, TransactionStage stage) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return reached.contains({id.text(), stage}); });
  }
  void AwaitEnd(const TransactionId& id) { Await(id, TransactionStage::kEnded); }

  TransactionState State(const TransactionId& id, const std::string& name = "a") {
    return *pool->transactions().Find(StoreId(name), id);
  }
  bool IsTidy(const TransactionId& id, const std::string& name = "a") {
    return !file.Read()->transactions.FindPackedBundle(id) &&
           !registry.stores.at(StoreId(name))->HasCheckpoints();
  }

  support::TemporaryFolder folder;
  healthlake::support::FakeClock clock;
  healthlake::support::SequentialIds ids;
  core::Signals signals;
  store::ControlFile file;
  FakeRegistry registry;
  MemoryStorage objects;
  WorkerOptions options;

  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::pair<std::string, TransactionStage>> reached;
  std::map<std::string, int> commits;
  int deadly = kNoStage;  // the stage at which the process dies
  std::unique_ptr<WorkerPool> pool;
};

TEST_F(TransactionWorkTest, IsSubmittedThenInProgressThenCompletedAndTidy) {
  std::promise<void> go;
  options.run_transaction = [&](const auto& row, std::string_view bundle, const auto&) {
    go.get_future().wait();
    EXPECT_EQ(row.base, "http://b");
    EXPECT_EQ(row.headers, "H:1\n");
    return Commit(row, bundle);
  };
  NewPool();
  const TransactionId id = Submit("a");
  EXPECT_EQ(State(id).status, TransactionStatus::kSubmitted);
  pool->Start();
  Await(id, TransactionStage::kClaimed);
  EXPECT_EQ(State(id).status, TransactionStatus::kInProgress);
  go.set_value();
  AwaitEnd(id);
  pool->Stop();
  EXPECT_EQ(State(id).status, TransactionStatus::kCompleted);
  EXPECT_EQ(State(id).response_status, 200);
  EXPECT_EQ(State(id).response, "done bundle");
  EXPECT_TRUE(IsTidy(id));
}

TEST_F(TransactionWorkTest, KeepsTheAnswerOfWhatFails) {
  options.run_transaction = [](const auto&, std::string_view, const auto&) {
    return TransactionAnswer{412, "outcome"};
  };
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  pool->Stop();
  EXPECT_EQ(State(id).status, TransactionStatus::kFailed);
  EXPECT_EQ(State(id).response_status, 412);
  EXPECT_EQ(State(id).response, "outcome");
  EXPECT_TRUE(IsTidy(id));
}

TEST_F(TransactionWorkTest, SpellsWhatIsThrownAsHealthLakeDoes) {
  struct Case {
    std::function<void()> fault;
    int status;
    const char* text;
  };
  const auto error = [](core::ErrorKind kind) {
    return [kind] { throw core::Error(kind, "conflict detected on resource Patient/p"); };
  };
  for (const Case& c : {
           Case{error(core::ErrorKind::kConflict), 409,
                "Transaction failed: conflict detected on resource Patient/p"},
           Case{error(core::ErrorKind::kInternal), 500, "an internal error occurred"},
           Case{[] { throw std::logic_error("x"); }, 500, "an internal error occurred"},
       }) {
    options.run_transaction = [&c](const auto&, std::string_view, const auto&) {
      c.fault();
      return TransactionAnswer{};
    };
    StartPool();
    const TransactionId id = Submit("a");
    AwaitEnd(id);
    EXPECT_EQ(State(id).status, TransactionStatus::kFailed);
    EXPECT_EQ(State(id).response_status, c.status);
    EXPECT_THAT(State(id).response, HasSubstr(c.text));
    EXPECT_THAT(State(id).response, HasSubstr(R"("code":"exception")"));
  }
}

TEST_F(TransactionWorkTest, FailsWhenTheStoreIsGone) {
  NewPool();
  const TransactionId id = Submit("a");
  registry.Delete(StoreId("a"));
  pool->Start();
  AwaitEnd(id);
  EXPECT_EQ(State(id).response_status, 404);
}

TEST_F(TransactionWorkTest, IsCarriedOutOnceThoughTheProcessDiesAtAnyStage) {
  for (const auto stage :
       {TransactionStage::kClaimed, TransactionStage::kRan, TransactionStage::kEnded}) {
    deadly = static_cast<int>(stage);
    StartPool();
    const TransactionId id = Submit("a");
    Await(id, stage);
    pool->Stop();
    EXPECT_FALSE(IsTidy(id));

    deadly = kNoStage;
    StartPool();
    if (stage != TransactionStage::kEnded) AwaitEnd(id);
    pool->Stop();
    EXPECT_EQ(commits[id.text()], 1);
    EXPECT_EQ(State(id).status, TransactionStatus::kCompleted);
    EXPECT_EQ(State(id).response, "done bundle");
    EXPECT_TRUE(IsTidy(id));
  }
}

TEST_F(TransactionWorkTest, IsNotRunAgainWhenAFaultFollowsTheCommit) {
  options.run_transaction = [this](const auto& row, std::string_view bundle,
                                   const auto&) -> TransactionAnswer {
    Commit(row, bundle);
    throw std::runtime_error("after the commit");
  };
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  EXPECT_EQ(State(id).status, TransactionStatus::kCompleted);
  EXPECT_EQ(State(id).response, "done bundle");
  EXPECT_EQ(commits[id.text()], 1);
}

TEST_F(TransactionWorkTest, AFailureIsRecordedOnceThoughTheProcessDies) {
  int runs = 0;
  options.run_transaction = [&](const auto&, std::string_view, const auto&) {
    ++runs;
    return TransactionAnswer{422, "outcome"};
  };
  deadly = static_cast<int>(TransactionStage::kEnded);
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  pool->Stop();
  deadly = kNoStage;
  StartPool();
  pool->Stop();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(State(id).response_status, 422);
  EXPECT_TRUE(IsTidy(id));
}

TEST_F(TransactionWorkTest, WhatCannotBeDoneNowIsTriedAgain) {
  int runs = 0;
  options.run_transaction = [&](const auto& row, std::string_view bundle, const auto&) {
    return ++runs < 3 ? TransactionAnswer{503, "the disk is full"} : Commit(row, bundle);
  };
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  EXPECT_EQ(State(id).status, TransactionStatus::kCompleted);
  EXPECT_EQ(runs, 3);
}

TEST_F(TransactionWorkTest, WhatCanNeverBeDoneFailsInTheEnd) {
  int runs = 0;
  options.run_transaction = [&](const auto&, std::string_view, const auto&) {
    ++runs;
    return TransactionAnswer{503, "the disk is full"};
  };
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  EXPECT_EQ(State(id).status, TransactionStatus::kFailed);
  EXPECT_EQ(State(id).response, "the disk is full");
  EXPECT_EQ(runs, 60);
}

TEST_F(TransactionWorkTest, ParksAtStopAndGoesOnAtTheNextStart) {
  std::atomic<bool> patient = false;
  options.run_transaction = [&](const auto& row, std::string_view bundle,
                                const core::Cancel& cancel) {
    if (patient) return Commit(row, bundle);
    while (!cancel.Requested()) std::this_thread::yield();
    return TransactionAnswer{503, "stopped"};
  };
  StartPool();
  const TransactionId id = Submit("a");
  const TransactionId next = Submit("a");
  Await(id, TransactionStage::kClaimed);
  pool->Stop();
  EXPECT_EQ(State(id).status, TransactionStatus::kInProgress);
  EXPECT_EQ(State(next).status, TransactionStatus::kSubmitted);
  patient = true;
  StartPool();
  AwaitEnd(id);
  AwaitEnd(next);
  EXPECT_EQ(State(id).status, TransactionStatus::kCompleted);
  EXPECT_EQ(State(next).status, TransactionStatus::kCompleted);
}

TEST_F(TransactionWorkTest, RefusesMoreThanFiveHundredPendingOfAStore) {
  AddStore("b");
  NewPool();
  for (std::size_t i = 0; i < kMaxPendingTransactions; ++i) Submit("a", "");
  EXPECT_EQ(Refusal("a"), core::ErrorKind::kThrottled);
  const TransactionId other = Submit("b");
  pool->Start();
  AwaitEnd(other);
}

TEST_F(TransactionWorkTest, RefusesWhatNoActiveStoreCanTake) {
  NewPool();
  EXPECT_EQ(Refusal("x"), core::ErrorKind::kNotFound);
  {
    auto write = file.Write();
    write->datastores.Transition(StoreId("a"), store::DatastoreStatus::kDeleting, clock.Now());
    write.Commit();
  }
  EXPECT_EQ(Refusal("a"), core::ErrorKind::kNotFound);
}

TEST_F(TransactionWorkTest, LeavesAStoreAloneThatGoesAway) {
  AddStore("b");
  std::atomic<int> runs = 0;
  options.run_transaction = [&](const auto& row, std::string_view bundle,
                                const core::Cancel& cancel) {
    ++runs;
    if (row.datastore != StoreId("a")) return Commit(row, bundle);
    while (!cancel.Requested()) std::this_thread::yield();
    return TransactionAnswer{503, "stopped"};
  };
  StartPool();
  const TransactionId id = Submit("a");
  Submit("a");
  Await(id, TransactionStage::kClaimed);
  pool->StopJobsOf(StoreId("a"));
  EXPECT_EQ(runs, 1);
  registry.Delete(StoreId("a"));
  {
    auto write = file.Write();
    write->transactions.RemoveAllOf(StoreId("a"));
    write.Commit();
  }
  const TransactionId other = Submit("b");
  AwaitEnd(other);
  EXPECT_FALSE(pool->transactions().Find(StoreId("a"), id));
  EXPECT_EQ(runs, 2);
}

TEST_F(TransactionWorkTest, AnotherStoreDoesNotSeeIt) {
  AddStore("b");
  NewPool();
  const TransactionId id = Submit("a");
  EXPECT_TRUE(pool->transactions().Find(StoreId("a"), id));
  EXPECT_FALSE(pool->transactions().Find(StoreId("b"), id));
  EXPECT_FALSE(pool->transactions().Find(StoreId("a"), TransactionId("unknown")));
}

TEST_F(TransactionWorkTest, AnswersAreKeptForNinetyDays) {
  StartPool();
  const TransactionId id = Submit("a");
  AwaitEnd(id);
  clock.Advance(90 * 24h - 1ms);
  EXPECT_TRUE(pool->transactions().Find(StoreId("a"), id));
  clock.Advance(1ms);
  EXPECT_FALSE(pool->transactions().Find(StoreId("a"), id));
  clock.Advance(1ms);
  Submit("a");
  EXPECT_FALSE(file.Read()->transactions.Find(StoreId("a"), id));
}

TEST_F(TransactionWorkTest, WhatManySubmitAtOnceIsCarriedOutOnceEachAndOneAtATimeOfAStore) {
  AddStore("b");
  options.transaction_threads = 4;
  std::map<std::string, std::atomic<int>> running;
  for (const char* name : {"a", "b"}) running[StoreId(name).text()] = 0;
  std::atomic<bool> together = false;
  options.run_transaction = [&](const auto& row, std::string_view bundle, const auto&) {
    std::atomic<int>& mine = running.at(row.datastore.text());
    if (++mine > 1) together = true;
    TransactionAnswer answer = Commit(row, bundle);
    --mine;
    return answer;
  };
  StartPool();
  std::mutex submitted_mutex;
  std::vector<TransactionId> submitted;
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 25; ++i) {
        const TransactionId id = Submit(client % 2 == 0 ? "a" : "b");
        const std::lock_guard lock(submitted_mutex);
        submitted.push_back(id);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  for (const TransactionId& id : submitted) AwaitEnd(id);
  pool->Stop();
  EXPECT_FALSE(together);
  EXPECT_EQ(commits.size(), 100U);
  for (const auto& [id, count] : commits) EXPECT_EQ(count, 1) << id;
}

}  // namespace
}  // namespace healthlake::jobs::testing
