#include "healthlake/store/control_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "support/fake_clock.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using namespace std::chrono_literals;

class ControlFileTest : public ::testing::Test {
 protected:
  DatastoreId Insert(ControlWrite& write, const std::string& id, const core::Owner& owner = {}) {
    DatastoreRow row;
    row.id = DatastoreId(id);
    row.owner = owner;
    row.name = "name of " + id;
    row.created_at = clock_.Now();
    row.sse_configuration = "{\"a\":1}";
    write->datastores.Insert(row);
    return row.id;
  }

  support::TemporaryFolder dir_;
  healthlake::support::FakeClock clock_;
  const std::filesystem::path path_ = dir_ / "control.sqlite";
};

TEST_F(ControlFileTest, WhatIsCommittedIsThereAfterReopening) {
  const core::Owner owner{"111122223333", "eu-west-1"};
  {
    ControlFile file(path_);
    auto write = file.Write();
    const DatastoreId id = Insert(write, "a", owner);
    clock_.Advance(5s);
    write->datastores.Transition(id, DatastoreStatus::kActive, clock_.Now());
    write->tags.Put(id, std::vector<Tag>{{"k", "v"}});
    write->tokens.Insert({owner, "Op", "t", "h", id, JobId("j"), clock_.Now()});
    write.Commit();
  }
  ControlFile file(path_);
  const auto read = file.Read();
  const auto row = read->datastores.Find(owner, DatastoreId("a"));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->name, "name of a");
  EXPECT_EQ(row->status, DatastoreStatus::kActive);
  EXPECT_EQ(row->created_at, healthlake::support::FakeClock::kStart);
  EXPECT_EQ(row->sse_configuration, "{\"a\":1}");
  EXPECT_FALSE(read->datastores.Find({}, DatastoreId("a")));
  const auto steps = read->datastores.Transitions(DatastoreId("a"));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[1].status, DatastoreStatus::kActive);
  EXPECT_EQ(steps[1].time, healthlake::support::FakeClock::kStart + 5s);
  EXPECT_EQ(read->tags.List(DatastoreId("a")), (std::vector<Tag>{{"k", "v"}}));
  const auto token = read->tokens.Find(owner, "Op", "t");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->job.text(), "j");
  EXPECT_FALSE(read->tokens.Find(owner, "Other", "t"));
  EXPECT_FALSE(read->tokens.Find({}, "Op", "t"));
}

TEST_F(ControlFileTest, WhatIsNotCommittedIsForgotten) {
  ControlFile file(path_);
  {
    auto write = file.Write();
    Insert(write, "a");
  }
  EXPECT_FALSE(file.Read()->datastores.Find(DatastoreId("a")));
}

TEST_F(ControlFileTest, AReaderKeepsItsMomentAndDoesNotWaitForTheWriter) {
  ControlFile file(path_);
  const auto before = file.Read();
  EXPECT_FALSE(before->datastores.Find(DatastoreId("a")));
  auto write = file.Write();
  Insert(write, "a");
  EXPECT_FALSE(file.Read()->datastores.Find(DatastoreId("a")));
  write.Commit();
  EXPECT_FALSE(before->datastores.Find(DatastoreId("a")));
  EXPECT_TRUE(file.Read()->datastores.Find(DatastoreId("a")));
}

TEST_F(ControlFileTest, AStoreTakesAllItsRowsWithIt) {
  ControlFile file(path_);
  auto write = file.Write();
  const DatastoreId id = Insert(write, "a");
  const DatastoreId kept = Insert(write, "b");
  JobRow job;
  job.id = JobId("j");
  job.datastore = id;
  write->jobs.Insert(job);
  write->tags.Put(id, std::vector<Tag>{{"k", "v"}});
  write->tokens.Insert({{}, "Op", "t", "h", id, {}, clock_.Now()});
  write->datastores.Remove(id);
  EXPECT_FALSE(write->datastores.Find(id));
  EXPECT_FALSE(write->jobs.Find(JobId("j")));
  EXPECT_TRUE(write->jobs.Transitions(JobId("j")).empty());
  EXPECT_EQ(write->tags.Count(id), 0U);
  EXPECT_FALSE(write->tokens.Find({}, "Op", "t"));
  EXPECT_TRUE(write->datastores.Find(kept));
  write->datastores.RemoveAll();
  EXPECT_FALSE(write->datastores.Find(kept));
  write.Commit();
}

TEST_F(ControlFileTest, SequencesAreNotGivenAgainAfterAReset) {
  ControlFile file(path_);
  auto write = file.Write();
  const auto before = write->datastores.Find(Insert(write, "a"))->sequence;
  write->datastores.RemoveAll();
  EXPECT_GT(write->datastores.Find(Insert(write, "b"))->sequence, before);
}

TEST_F(ControlFileTest, StepsOfStoresFollowTheTable) {
  ControlFile file(path_);
  auto write = file.Write();
  const DatastoreId id = Insert(write, "a");
  EXPECT_THROW(write->datastores.Transition(id, DatastoreStatus::kDeleting, clock_.Now()),
               core::Error);
  write->datastores.Fail(id, "no room", "RETRYABLE_ERROR", clock_.Now());
  EXPECT_EQ(write->datastores.Find(id)->error_message, "no room");
  write->datastores.Transition(id, DatastoreStatus::kDeleting, clock_.Now());
  write->datastores.Transition(id, DatastoreStatus::kDeleted, clock_.Now());
  EXPECT_THROW(write->datastores.Transition(id, DatastoreStatus::kActive, clock_.Now()),
               core::Error);
}

TEST_F(ControlFileTest, WhichStoresAreActiveIsKnownAsOfTheLastCommit) {
  {
    ControlFile file(path_);
    {
      auto write = file.Write();
      Insert(write, "a");
      write->datastores.Transition(DatastoreId("a"), DatastoreStatus::kActive, clock_.Now());
      EXPECT_FALSE(file.IsActive(DatastoreId("a")));
      write.Commit();
      EXPECT_TRUE(file.IsActive(DatastoreId("a")));
    }
    auto write = file.Write();
    write->datastores.Transition(DatastoreId("a"), DatastoreStatus::kDeleting, clock_.Now());
  }
  ControlFile file(path_);
  EXPECT_TRUE(file.IsActive(DatastoreId("a")));
  EXPECT_FALSE(file.IsActive(DatastoreId("b")));
  auto write = file.Write();
  write->datastores.RemoveAll();
  write.Commit();
  EXPECT_FALSE(file.IsActive(DatastoreId("a")));
}

TEST_F(ControlFileTest, ATagKeepsItsPlaceWhenItsValueChanges) {
  ControlFile file(path_);
  auto write = file.Write();
  const DatastoreId id = Insert(write, "a");
  write->tags.Put(id, std::vector<Tag>{{"b", "1"}, {"a", "2"}, {"A", "3"}});
  write->tags.Put(id, std::vector<Tag>{{"b", "4"}});
  write->tags.Remove(id, std::vector<std::string>{"a", "unknown"});
  EXPECT_EQ(write->tags.List(id), (std::vector<Tag>{{"b", "4"}, {"A", "3"}}));
}

TEST_F(ControlFileTest, AClientTokenIsKeptOnce) {
  ControlFile file(path_);
  auto write = file.Write();
  const DatastoreId id = Insert(write, "a");
  write->tokens.Insert({{}, "Op", "t", "h", id, {}, clock_.Now()});
  try {
    write->tokens.Insert({{}, "Op", "t", "h2", id, {}, clock_.Now()});
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kConflict);
  }
}

TEST_F(ControlFileTest, ASecretIsKeptOnceAndOutlivesTheProcess) {
  const std::string value("\0\xFFsecret", 8);
  {
    ControlFile file(path_);
    auto write = file.Write();
    EXPECT_FALSE(write->secrets.Find("key"));
    write->secrets.Insert("key", value);
    write.Commit();
  }
  ControlFile file(path_);
  EXPECT_EQ(file.Read()->secrets.Find("key"), value);
  EXPECT_FALSE(file.Read()->secrets.Find("other"));
  auto write = file.Write();
  EXPECT_THROW(write->secrets.Insert("key", "other"), core::Error);
}

TEST_F(ControlFileTest, AFileFromBeforeTheSecretsKeepsItsRowsAndTakesThem) {
  {
    ControlFile file(path_);
    auto write = file.Write();
    Insert(write, "a");
    write.Commit();
  }
  {
    Connection connection(path_, OpenMode::kExisting);
    connection.Execute("DROP TABLE secret; PRAGMA user_version = 2");
  }
  ControlFile file(path_);
  auto write = file.Write();
  EXPECT_TRUE(write->datastores.Find(DatastoreId("a")));
  write->secrets.Insert("key", "value");
  EXPECT_EQ(write->secrets.Find("key"), "value");
}

TEST_F(ControlFileTest, AFileOfANewerVersionIsRefusedAndUntouched) {
  { ControlFile file(path_); }
  {
    Connection connection(path_, OpenMode::kExisting);
    connection.Execute("PRAGMA user_version = 99");
  }
  std::ifstream in(path_, std::ios::binary);
  const std::string before((std::istreambuf_iterator<char>(in)), {});
  EXPECT_THROW(ControlFile file(path_), core::Error);
  std::ifstream again(path_, std::ios::binary);
  EXPECT_EQ(before, std::string((std::istreambuf_iterator<char>(again)), {}));
}

TEST_F(ControlFileTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path_) << "these are not the pages that you look for, and there are many of them";
  EXPECT_THROW(ControlFile file(path_), core::Error);
}

TEST(ControlStatesTest, NamesAreReadAsTheyAreWritten) {
  for (const std::string_view name : kDatastoreStatusNames) {
    EXPECT_EQ(NameOf(FindDatastoreStatus(name).value()), name);
  }
  for (const std::string_view name : kJobStatusNames) {
    EXPECT_EQ(NameOf(FindJobStatus(name).value()), name);
  }
  EXPECT_FALSE(FindJobStatus("completed"));
  static_assert(HasEnded(JobStatus::kFailed) && HasEnded(JobStatus::kCancelFailed));
  static_assert(!HasEnded(JobStatus::kCancelSubmitted) && !HasEnded(JobStatus::kSubmitted));
}

}  // namespace
}  // namespace healthlake::store
