#include "healthlake/store/control_jobs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/control_file.hpp"
#include "support/fake_clock.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using namespace std::chrono_literals;

std::string Sequence(const std::vector<JobTransition>& transitions) {
  std::string text;
  for (const JobTransition& step : transitions) {
    if (!text.empty()) text += ' ';
    text += NameOf(step.status);
  }
  return text;
}

class JobRepositoryTest : public ::testing::Test {
 protected:
  JobRepositoryTest() : file_(dir_ / "control.sqlite") {
    auto write = file_.Write();
    for (const char* id : {"s1", "s2"}) {
      DatastoreRow row;
      row.id = DatastoreId(id);
      row.created_at = clock_.Now();
      write->datastores.Insert(row);
    }
    write.Commit();
  }

  JobId Submit(const std::string& datastore, const std::string& id,
               JobKind kind = JobKind::kImport) {
    JobRow row;
    row.id = JobId(id);
    row.kind = kind;
    row.datastore = DatastoreId(datastore);
    row.submit_time = clock_.Now();
    row.input_uri = "s3://in/" + id;
    auto write = file_.Write();
    write->jobs.Insert(row);
    write.Commit();
    return row.id;
  }

  std::string Claim(std::int64_t process = 1, JobKind kind = JobKind::kImport) {
    auto write = file_.Write();
    const auto row = write->jobs.ClaimNext(kind, process, clock_.Now());
    write.Commit();
    return row ? row->id.text() : "none";
  }

  bool Finish(const JobId& id, JobStatus to = JobStatus::kCompleted) {
    auto write = file_.Write();
    const bool done = write->jobs.Finish(id, to, "", {}, clock_.Now());
    write.Commit();
    return done;
  }

  support::TemporaryFolder dir_;
  healthlake::support::FakeClock clock_;
  ControlFile file_;
};

TEST_F(JobRepositoryTest, AJobGoesThroughItsStatesAndEachIsKeptWithItsTime) {
  const JobId id = Submit("s1", "j1");
  clock_.Advance(1s);
  EXPECT_EQ(Claim(), "j1");
  clock_.Advance(2s);
  EXPECT_TRUE(Finish(id));
  const auto read = file_.Read();
  const auto transitions = read->jobs.Transitions(id);
  EXPECT_EQ(Sequence(transitions), "SUBMITTED QUEUED IN_PROGRESS COMPLETED");
  EXPECT_EQ(transitions[0].time, healthlake::support::FakeClock::kStart);
  EXPECT_EQ(transitions[2].time, healthlake::support::FakeClock::kStart + 1s);
  EXPECT_EQ(read->jobs.Find(id)->end_time, healthlake::support::FakeClock::kStart + 3s);
}

TEST_F(JobRepositoryTest, JobsOfOneStoreAndKindRunOneAtATimeInOrder) {
  const JobId first = Submit("s1", "j1");
  Submit("s1", "j2");
  Submit("s2", "j3");
  Submit("s1", "e1", JobKind::kExport);
  EXPECT_EQ(Claim(), "j1");
  EXPECT_EQ(Claim(), "j3");
  EXPECT_EQ(Claim(), "none");
  EXPECT_EQ(Claim(1, JobKind::kExport), "e1");
  EXPECT_EQ(file_.Read()->jobs.Find(JobId("j2"))->status, JobStatus::kQueued);
  EXPECT_TRUE(Finish(first));
  EXPECT_EQ(Claim(), "j2");
}

TEST_F(JobRepositoryTest, AnInterruptedJobIsClaimedAgainBeforeOthersWithoutAStep) {
  Submit("s1", "j1");
  Submit("s1", "j2");
  Submit("s2", "j3");
  EXPECT_EQ(Claim(1), "j1");
  EXPECT_EQ(Claim(2), "j1");
  EXPECT_EQ(Claim(2), "j3");
  EXPECT_EQ(Claim(2), "none");
  EXPECT_EQ(Sequence(file_.Read()->jobs.Transitions(JobId("j1"))), "SUBMITTED QUEUED IN_PROGRESS");
}

TEST_F(JobRepositoryTest, FinishingTwiceChangesNothing) {
  const JobId id = Submit("s1", "j1");
  Claim();
  EXPECT_TRUE(Finish(id, JobStatus::kCompletedWithErrors));
  EXPECT_FALSE(Finish(id, JobStatus::kFailed));
  EXPECT_FALSE(Finish(JobId("unknown")));
  EXPECT_EQ(file_.Read()->jobs.Find(id)->status, JobStatus::kCompletedWithErrors);
}

TEST_F(JobRepositoryTest, AStepThatTheTableLacksIsRefused) {
  const JobId id = Submit("s1", "j1");
  auto write = file_.Write();
  try {
    write->jobs.Finish(id, JobStatus::kCompleted, "", {}, clock_.Now());
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInternal);
  }
  EXPECT_THROW(write->jobs.Transition(JobId("unknown"), JobStatus::kQueued, clock_.Now()),
               core::Error);
}

TEST_F(JobRepositoryTest, ProgressAndMessageAreKept) {
  const JobId id = Submit("s1", "j1");
  Claim();
  JobProgress progress;
  progress.scanned_files = 1;
  progress.scanned_bytes = 2;
  progress.imported_files = 3;
  progress.resources_scanned = 4;
  progress.resources_imported = 5;
  progress.resources_with_customer_error = 6;
  progress.files_read_with_customer_error = 7;
  progress.throughput_mb_per_second = 8.5;
  {
    auto write = file_.Write();
    write->jobs.UpdateProgress(id, progress);
    progress.resources_imported = 50;
    EXPECT_TRUE(write->jobs.Finish(id, JobStatus::kFailed, "why", progress, clock_.Now()));
    write.Commit();
  }
  const auto row = *file_.Read()->jobs.Find(id);
  EXPECT_EQ(row.message, "why");
  EXPECT_EQ(row.input_uri, "s3://in/j1");
  EXPECT_EQ(row.progress.resources_imported, 50);
  EXPECT_EQ(row.progress.files_read_with_customer_error, 7);
  EXPECT_EQ(row.progress.throughput_mb_per_second, 8.5);
}

TEST_F(JobRepositoryTest, JobsOfADeletedStoreFail) {
  const JobId done = Submit("s1", "j1");
  Claim();
  Finish(done);
  Submit("s1", "j2");
  Claim();
  Submit("s1", "j3");
  Submit("s1", "e1", JobKind::kExport);
  Submit("s2", "j4");
  auto write = file_.Write();
  const auto ended = write->jobs.FailAllOf(DatastoreId("s1"), "gone", clock_.Now());
  write.Commit();
  EXPECT_EQ(ended, (std::vector<JobId>{JobId("j2"), JobId("j3"), JobId("e1")}));
  const auto read = file_.Read();
  EXPECT_EQ(read->jobs.Find(done)->status, JobStatus::kCompleted);
  EXPECT_EQ(read->jobs.Find(JobId("j2"))->message, "gone");
  EXPECT_EQ(Sequence(read->jobs.Transitions(JobId("j3"))), "SUBMITTED FAILED");
  EXPECT_EQ(Sequence(read->jobs.Transitions(JobId("e1"))), "SUBMITTED FAILED");
  EXPECT_EQ(read->jobs.CountUnended(), 1);
  EXPECT_TRUE(read->jobs.ListUnended(DatastoreId("s1"), JobKind::kImport).empty());
}

TEST_F(JobRepositoryTest, ACancelledJobIsClaimedToBeEndedAndItsStepsAreKept) {
  const JobId id = Submit("s1", "e1", JobKind::kExport);
  {
    auto write = file_.Write();
    write->jobs.Transition(id, JobStatus::kCancelSubmitted, clock_.Now());
    write.Commit();
  }
  EXPECT_EQ(Claim(1, JobKind::kExport), "e1");
  EXPECT_EQ(Claim(1, JobKind::kExport), "none");
  auto write = file_.Write();
  write->jobs.Transition(id, JobStatus::kCancelInProgress, clock_.Now());
  EXPECT_TRUE(write->jobs.Finish(id, JobStatus::kCancelCompleted, "", {}, clock_.Now()));
  EXPECT_EQ(Sequence(write->jobs.Transitions(id)),
            "SUBMITTED CANCEL_SUBMITTED CANCEL_IN_PROGRESS CANCEL_COMPLETED");
}

TEST_F(JobRepositoryTest, WorkersThatClaimAtOnceNeverGetTheSameJob) {
  for (int i = 0; i < 20; ++i) Submit(i % 2 == 0 ? "s1" : "s2", "j" + std::to_string(i));
  std::vector<std::string> claimed[4];
  std::vector<std::thread> threads;
  for (auto& mine : claimed) {
    threads.emplace_back([this, &mine] {
      for (std::string id = Claim(); id != "none"; id = Claim()) {
        mine.push_back(id);
        EXPECT_TRUE(Finish(JobId(id)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // A worker may find both stores busy and leave early; what is left is still there to claim.
  for (std::string id = Claim(); id != "none"; id = Claim()) EXPECT_TRUE(Finish(JobId(id)));
  const auto read = file_.Read();
  EXPECT_EQ(read->jobs.CountUnended(), 0);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Sequence(read->jobs.Transitions(JobId("j" + std::to_string(i)))),
              "SUBMITTED QUEUED IN_PROGRESS COMPLETED");
  }
}

}  // namespace
}  // namespace healthlake::store
