#include "healthlake/store/control_transactions.hpp"

#include <gtest/gtest.h>

#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/store/control_file.hpp"
#include "support/fake_clock.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

class TransactionRepositoryTest : public ::testing::Test {
 protected:
  TransactionRepositoryTest() : file_(dir_ / "control.sqlite") {
    auto write = file_.Write();
    for (const char* id : {"s1", "s2"}) {
      DatastoreRow row;
      row.id = DatastoreId(id);
      row.created_at = clock_.Now();
      write->datastores.Insert(row);
    }
    write.Commit();
  }

  TransactionId Submit(const std::string& datastore, const std::string& id,
                       const std::string& bundle = "{}") {
    TransactionRow row;
    row.id = TransactionId(id);
    row.datastore = DatastoreId(datastore);
    row.submit_time = clock_.Now();
    row.base = "http://local/" + datastore;
    row.headers = "Prefer: respond-async\n";
    auto write = file_.Write();
    write->transactions.Insert(row, PackBundle(bundle));
    write.Commit();
    return row.id;
  }

  std::string Claim(std::int64_t process = 1) {
    auto write = file_.Write();
    const auto row = write->transactions.ClaimNext(process);
    write.Commit();
    EXPECT_TRUE(!row || row->status == TransactionStatus::kInProgress);
    return row ? row->id.text() : "none";
  }

  bool Finish(const TransactionId& id, TransactionStatus to = TransactionStatus::kCompleted,
              int status = 200, const std::string& response = "answer") {
    auto write = file_.Write();
    const bool done = write->transactions.Finish(id, to, status, response, clock_.Now());
    write.Commit();
    return done;
  }

  std::optional<TransactionRow> Find(const std::string& datastore, const TransactionId& id) {
    return file_.Read()->transactions.Find(DatastoreId(datastore), id);
  }

  support::TemporaryFolder dir_;
  healthlake::support::FakeClock clock_;
  ControlFile file_;
};

TEST_F(TransactionRepositoryTest, ATransactionGoesThroughItsStatesAndKeepsItsAnswer) {
  const TransactionId id = Submit("s1", "t1");
  EXPECT_EQ(Find("s1", id)->status, TransactionStatus::kSubmitted);
  EXPECT_EQ(Claim(), "t1");
  EXPECT_EQ(Find("s1", id)->status, TransactionStatus::kInProgress);
  EXPECT_FALSE(Find("s1", id)->end_time);
  clock_.Advance(2s);
  EXPECT_TRUE(Finish(id, TransactionStatus::kFailed, 412, "why"));
  const auto row = Find("s1", id);
  EXPECT_EQ(row->status, TransactionStatus::kFailed);
  EXPECT_EQ(row->submit_time, healthlake::support::FakeClock::kStart);
  EXPECT_EQ(row->end_time, healthlake::support::FakeClock::kStart + 2s);
  EXPECT_EQ(row->base, "http://local/s1");
  EXPECT_EQ(row->headers, "Prefer: respond-async\n");
  EXPECT_EQ(row->response_status, 412);
  EXPECT_EQ(row->response, "why");
}

TEST_F(TransactionRepositoryTest, TransactionsOfOneStoreRunOneAtATimeInOrder) {
  const TransactionId first = Submit("s1", "t1");
  Submit("s1", "t2");
  Submit("s2", "t3");
  EXPECT_EQ(Claim(), "t1");
  EXPECT_EQ(Claim(), "t3");
  EXPECT_EQ(Claim(), "none");
  EXPECT_TRUE(Finish(first));
  EXPECT_EQ(Claim(), "t2");
}

TEST_F(TransactionRepositoryTest, AnInterruptedTransactionIsClaimedAgainBeforeOthers) {
  Submit("s1", "t1");
  Submit("s1", "t2");
  Submit("s2", "t3");
  EXPECT_EQ(Claim(1), "t1");
  EXPECT_EQ(Claim(2), "t1");
  EXPECT_EQ(Claim(2), "t3");
  EXPECT_EQ(Claim(2), "none");
}

TEST_F(TransactionRepositoryTest, FinishingTwiceChangesNothing) {
  const TransactionId id = Submit("s1", "t1");
  Claim();
  EXPECT_TRUE(Finish(id));
  EXPECT_FALSE(Finish(id, TransactionStatus::kFailed, 500, "other"));
  EXPECT_FALSE(Finish(TransactionId("unknown")));
  EXPECT_EQ(Find("s1", id)->response, "answer");
}

TEST_F(TransactionRepositoryTest, AStepThatTheTableLacksIsRefused) {
  const TransactionId id = Submit("s1", "t1");
  auto write = file_.Write();
  try {
    write->transactions.Finish(id, TransactionStatus::kCompleted, 200, "", clock_.Now());
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInternal);
  }
}

TEST_F(TransactionRepositoryTest, AnotherStoreDoesNotSeeIt) {
  const TransactionId id = Submit("s1", "t1");
  EXPECT_TRUE(Find("s1", id));
  EXPECT_FALSE(Find("s2", id));
  EXPECT_FALSE(Find("s1", TransactionId("t2")));
}

TEST_F(TransactionRepositoryTest, TheBundleIsKeptByteForByteUntilItIsDropped) {
  std::string bundle = "{\"value\":1.00}\n\0\xff"s;
  for (int i = 0; i < 10; ++i) bundle += bundle;
  EXPECT_LT(PackBundle(bundle).size(), bundle.size() / 10);
  const TransactionId id = Submit("s1", "t1", bundle);
  EXPECT_EQ(UnpackBundle(*file_.Read()->transactions.FindPackedBundle(id)), bundle);
  EXPECT_EQ(UnpackBundle(PackBundle("")), "");
  {
    auto write = file_.Write();
    write->transactions.DropBundle(id);
    write.Commit();
  }
  EXPECT_FALSE(file_.Read()->transactions.FindPackedBundle(id));
}

TEST_F(TransactionRepositoryTest, WhatIsNoFrameIsRefused) {
  for (const std::string& bytes :
       {""s, "{}"s, PackBundle("text").substr(0, 8), std::string(64, 'x')}) {
    EXPECT_THROW(UnpackBundle(bytes), core::Error);
  }
}

TEST_F(TransactionRepositoryTest, EndedWithABundleIsUntidied) {
  const TransactionId first = Submit("s1", "t1");
  Submit("s2", "t2");
  Claim();
  Claim();
  Finish(first);
  {
    const auto untidied = file_.Read()->transactions.ListUntidied();
    ASSERT_EQ(untidied.size(), 1U);
    EXPECT_EQ(untidied[0].id, first);
    EXPECT_EQ(untidied[0].datastore.text(), "s1");
  }
  auto write = file_.Write();
  write->transactions.DropBundle(first);
  EXPECT_TRUE(write->transactions.ListUntidied().empty());
}

TEST_F(TransactionRepositoryTest, OnlyThoseNotEndedArePending) {
  const TransactionId first = Submit("s1", "t1");
  Submit("s1", "t2");
  Submit("s2", "t3");
  EXPECT_EQ(file_.Read()->transactions.CountPending(DatastoreId("s1")), 2);
  Claim();
  EXPECT_EQ(file_.Read()->transactions.CountPending(DatastoreId("s1")), 2);
  Finish(first);
  EXPECT_EQ(file_.Read()->transactions.CountPending(DatastoreId("s1")), 1);
}

TEST_F(TransactionRepositoryTest, OldAnswersAreRemovedAndPendingOnesNever) {
  const TransactionId old = Submit("s1", "t1");
  Claim();
  Finish(old);
  const TransactionId pending = Submit("s1", "t2");
  clock_.Advance(1h);
  auto write = file_.Write();
  write->transactions.RemoveEndedBefore(healthlake::support::FakeClock::kStart);
  EXPECT_TRUE(write->transactions.Find(DatastoreId("s1"), old));
  write->transactions.RemoveEndedBefore(clock_.Now());
  EXPECT_FALSE(write->transactions.Find(DatastoreId("s1"), old));
  EXPECT_FALSE(write->transactions.FindPackedBundle(old));
  EXPECT_TRUE(write->transactions.Find(DatastoreId("s1"), pending));
}

TEST_F(TransactionRepositoryTest, AStoreTakesItsTransactionsWithIt) {
  const TransactionId first = Submit("s1", "t1");
  const TransactionId second = Submit("s2", "t2");
  auto write = file_.Write();
  write->transactions.RemoveAllOf(DatastoreId("s1"));
  EXPECT_FALSE(write->transactions.Find(DatastoreId("s1"), first));
  EXPECT_FALSE(write->transactions.FindPackedBundle(first));
  EXPECT_TRUE(write->transactions.FindPackedBundle(second));
  write->datastores.Remove(DatastoreId("s2"));
  EXPECT_FALSE(write->transactions.Find(DatastoreId("s2"), second));
  EXPECT_FALSE(write->transactions.FindPackedBundle(second));
}

}  // namespace
}  // namespace healthlake::store
