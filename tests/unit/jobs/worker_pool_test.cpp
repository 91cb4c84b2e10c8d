#include "healthlake/jobs/worker_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "healthlake/jobs/output_layout.hpp"
#include "healthlake/store/control_file.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"
#include "unit/jobs/fakes.hpp"

namespace healthlake::jobs::testing {
namespace {

using store::JobKind;
using store::JobStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WorkerPoolTest : public ::testing::Test {
 protected:
  WorkerPoolTest() : file(folder.path() / "control.sqlite") {
    options.spool = folder.path() / "spool";
    options.threads = 1;
    objects.Set("source/data/a.ndjson", Lines(10));
    AddStore("a");
  }
  ~WorkerPoolTest() override { pool.reset(); }

  static store::DatastoreId StoreId(const std::string& name) {
    return store::DatastoreId(std::string(31, '0') + name);
  }
  static std::string Lines(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      lines += R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + "\"}\n";
    }
    return lines;
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

  store::JobId Submit(const std::string& datastore, JobKind kind,
                      const std::string& input = "s3://source/data/") {
    store::JobRow row;
    row.id = store::JobId(ids.HexId());
    row.kind = kind;
    row.datastore = StoreId(datastore);
    row.submit_time = clock.Now();
    if (kind == JobKind::kImport) row.input_uri = input;
    row.output_uri = OutputFolderUri("s3://out/", row.datastore, kind, row.id);
    row.kms_key_id = "key";
    {
      auto write = file.Write();
      write->jobs.Insert(row);
      write.Commit();
    }
    signals.Subscribe(EndTopic(row.id), [this, id = row.id] {
      const std::lock_guard lock(mutex);
      ended.insert(id);
      changed.notify_all();
    });
    if (pool) pool->Notify(row.id);
    return row.id;
  }

  void StartPool() {
    pool = std::make_unique<WorkerPool>(options, file, registry, objects, clock, ids, signals);
    pool->Start();
  }
  void AwaitEnd(const store::JobId& job) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended.contains(job); });
  }
  store::JobRow Row(const store::JobId& job) { return *file.Read()->jobs.Find(job); }
  std::vector<JobStatus> Statuses(const store::JobId& job) {
    std::vector<JobStatus> statuses;
    for (const auto& step : file.Read()->jobs.Transitions(job)) statuses.push_back(step.status);
    return statuses;
  }

  // Holds every job that reaches `stage` until Release.
  void HoldAt(Stage stage) {
    options.at_stage = [this, stage](const store::JobId& job, Stage reached) {
      if (reached != stage) return;
      std::unique_lock lock(mutex);
      held.insert(job);
      changed.notify_all();
      changed.wait(lock, [&] { return released; });
    };
  }
  void AwaitHeld(const store::JobId& job) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return held.contains(job); });
  }
  void Release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
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
  std::set<store::JobId> ended;
  std::set<store::JobId> held;
  bool released = false;
  std::unique_ptr<WorkerPool> pool;
};

TEST_F(WorkerPoolTest, CarriesAnImportThroughItsStates) {
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  AwaitEnd(job);

  EXPECT_THAT(Statuses(job), ElementsAre(JobStatus::kSubmitted, JobStatus::kQueued,
                                         JobStatus::kInProgress, JobStatus::kCompleted));
  const store::JobRow row = Row(job);
  EXPECT_EQ(row.progress.resources_imported, 10);
  EXPECT_TRUE(row.end_time);
  EXPECT_EQ(row.message, "");
  EXPECT_EQ(pool->RemainingEstimate(job), std::chrono::nanoseconds::zero());
}

TEST_F(WorkerPoolTest, CleansUpAfterAJob) {
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  AwaitEnd(job);
  pool->Stop();

  EXPECT_TRUE(std::filesystem::is_empty(options.spool));
  EXPECT_FALSE(registry.stores.at(StoreId("a"))->HasCheckpoints());
}

TEST_F(WorkerPoolTest, FailsAJobWithoutInputAndNamesTheUri) {
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport, "s3://source/nowhere/");
  AwaitEnd(job);

  EXPECT_EQ(Row(job).status, JobStatus::kFailed);
  EXPECT_THAT(Row(job).message, HasSubstr("s3://source/nowhere/"));
}

TEST_F(WorkerPoolTest, FailsAJobWhoseStoreIsGone) {
  registry.Delete(StoreId("a"));
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  AwaitEnd(job);

  EXPECT_EQ(Row(job).status, JobStatus::kFailed);
  EXPECT_THAT(Row(job).message, HasSubstr(StoreId("a").text()));
}

TEST_F(WorkerPoolTest, FailsAJobWhenTheDiskIsFull) {
  registry.stores.at(StoreId("a"))
      ->fault.emplace(core::ErrorKind::kUnavailable, "The disk is full");
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  AwaitEnd(job);

  EXPECT_EQ(Row(job).status, JobStatus::kFailed);
  EXPECT_EQ(Row(job).message, "The disk is full");
}

TEST_F(WorkerPoolTest, RunsTheImportsOfAStoreOneByOneAndInOrder) {
  options.threads = 3;
  HoldAt(Stage::kListed);
  StartPool();
  const store::JobId first = Submit("a", JobKind::kImport);
  AwaitHeld(first);
  const store::JobId second = Submit("a", JobKind::kImport);
  const store::JobId third = Submit("a", JobKind::kImport);

  EXPECT_EQ(Row(second).status, JobStatus::kQueued);
  EXPECT_EQ(Row(third).status, JobStatus::kQueued);
  EXPECT_FALSE(pool->RemainingEstimate(first));
  EXPECT_GT(pool->RemainingEstimate(second), std::chrono::nanoseconds::zero());
  EXPECT_GT(pool->RemainingEstimate(third), pool->RemainingEstimate(second));
  Release();
  AwaitEnd(first);
  AwaitEnd(second);
  AwaitEnd(third);
  EXPECT_EQ(registry.stores.at(StoreId("a"))->Resources().front().versions, 3);
}

TEST_F(WorkerPoolTest, RunsAnImportAndAnExportOfAStoreTogether) {
  HoldAt(Stage::kCommitted);
  StartPool();
  const store::JobId import = Submit("a", JobKind::kImport);
  AwaitHeld(import);
  const store::JobId one = Submit("a", JobKind::kExport);
  AwaitHeld(one);
  EXPECT_EQ(Row(import).status, JobStatus::kInProgress);
  Release();
  AwaitEnd(import);
  AwaitEnd(one);
  EXPECT_EQ(Row(one).status, JobStatus::kCompleted);
}

TEST_F(WorkerPoolTest, TakesUpWhatWasSubmittedBeforeItStarted) {
  const store::JobId job = Submit("a", JobKind::kImport);
  StartPool();
  AwaitEnd(job);
  EXPECT_EQ(Row(job).status, JobStatus::kCompleted);
}

TEST_F(WorkerPoolTest, ParksAtStopAndGoesOnAtTheNextStart) {
  HoldAt(Stage::kCommitted);
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  AwaitHeld(job);
  std::thread release([this] { Release(); });
  pool->Stop();
  release.join();
  const bool parked = Row(job).status == JobStatus::kInProgress;

  options.at_stage = nullptr;
  StartPool();
  AwaitEnd(job);
  EXPECT_EQ(Row(job).status, JobStatus::kCompleted);
  EXPECT_EQ(Row(job).progress.resources_imported, 10);
  if (parked) {
    // Going on is no transition.
    EXPECT_EQ(Statuses(job).size(), 4U);
  }
  for (const auto& resource : registry.stores.at(StoreId("a"))->Resources()) {
    EXPECT_EQ(resource.versions, 1);
  }
}

TEST_F(WorkerPoolTest, LeavesAStoreAloneThatGoesAway) {
  HoldAt(Stage::kCommitted);
  StartPool();
  const store::JobId job = Submit("a", JobKind::kImport);
  const store::JobId queued = Submit("a", JobKind::kImport);
  AwaitHeld(job);
  std::thread release([this] { Release(); });
  pool->StopJobsOf(StoreId("a"));
  release.join();

  registry.Delete(StoreId("a"));
  {
    auto write = file.Write();
    write->jobs.FailAllOf(StoreId("a"), "The data store was deleted", clock.Now());
    write.Commit();
  }
  AddStore("b");
  const store::JobId other = Submit("b", JobKind::kImport);
  AwaitEnd(other);
  EXPECT_EQ(Row(other).status, JobStatus::kCompleted);
  EXPECT_EQ(Row(queued).status, JobStatus::kFailed);
  pool->Stop();
  EXPECT_TRUE(std::filesystem::is_empty(options.spool));
}

TEST_F(WorkerPoolTest, SweepsSpoolsThatNoJobOwns) {
  std::filesystem::create_directories(options.spool / "leftover");
  StartPool();
  EXPECT_TRUE(std::filesystem::is_empty(options.spool));
}

}  // namespace
}  // namespace healthlake::jobs::testing
