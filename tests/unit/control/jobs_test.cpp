#include "unit/control/fixture.hpp"

namespace healthlake::control {
namespace {

using namespace std::chrono_literals;

class JobsTest : public ControlTest {
 protected:
  JobsTest() : datastore_(Create()) {}

  Tree Shown(const std::string& job) {
    return Do(OperationId::kDescribeFHIRImportJob,
              {{"DatastoreId", datastore_}, {"JobId", job}})["ImportJobProperties"];
  }
  Answer Look(const std::string& job, int attempt) {
    return Ask(OperationId::kDescribeFHIRImportJob, {{"DatastoreId", datastore_}, {"JobId", job}},
               Call{{}, "http://h", attempt});
  }
  void Finish(const std::string& job, store::JobStatus status, const std::string& message = "") {
    auto write = file_.Write();
    write->jobs.ClaimNext(store::JobKind::kImport, 1, clock_.Now());
    store::JobProgress progress;
    progress.scanned_files = 1;
    progress.scanned_bytes = 1798;
    progress.resources_scanned = 1;
    write->jobs.Finish(store::JobId(job), status, message, progress, clock_.Now());
    write.Commit();
  }

  const std::string datastore_;
};

TEST_F(JobsTest, StartAnswersSubmittedAndWakesTheQueueAfterTheCommit) {
  const Tree started = Do(OperationId::kStartFHIRImportJob, ImportInput(datastore_));
  const std::string job = started["JobId"].get<std::string>();
  EXPECT_EQ(started,
            Tree({{"JobId", job}, {"JobStatus", "SUBMITTED"}, {"DatastoreId", datastore_}}));
  EXPECT_EQ(queue_.notified, std::vector<std::string>{job});
  EXPECT_TRUE(file_.Read()->jobs.Find(store::JobId(job)));
}

TEST_F(JobsTest, AnImportIsShownAsReference25Prints) {
  const std::string job = Import(datastore_);
  clock_.Advance(82280ms);
  Finish(job, store::JobStatus::kCompleted);
  EXPECT_EQ(Shown(job).dump(),
            Tree({{"JobId", job},
                  {"JobStatus", "COMPLETED"},
                  {"SubmitTime", 1767323045.678},
                  {"EndTime", 1767323127.958},
                  {"DatastoreId", datastore_},
                  {"InputDataConfig", {{"S3Uri", "s3://bucket/in/"}}},
                  {"JobOutputDataConfig",
                   {{"S3Configuration",
                     {{"S3Uri", "s3://bucket/out/" + datastore_ + "-FHIR_IMPORT-" + job + "/"},
                      {"KmsKeyId", "alias/k"}}}}},
                  {"JobProgressReport",
                   {{"TotalNumberOfScannedFiles", 1},
                    {"TotalSizeOfScannedFilesInMB", 0.001798},
                    {"TotalNumberOfImportedFiles", 0},
                    {"TotalNumberOfResourcesScanned", 1},
                    {"TotalNumberOfResourcesImported", 0},
                    {"TotalNumberOfResourcesWithCustomerError", 0},
                    {"TotalNumberOfFilesReadWithCustomerError", 0},
                    {"Throughput", 0.0}}},
                  {"DataAccessRoleArn", "arn:aws:iam::123456789012:role/importer"},
                  {"ValidationLevel", "strict"}})
                .dump());
}

TEST_F(JobsTest, AnExportIsShownWithItsOwnFolder) {
  const std::string job =
      Do(OperationId::kStartFHIRExportJob, ExportInput(datastore_))["JobId"].get<std::string>();
  const Tree shown = Do(OperationId::kDescribeFHIRExportJob,
                        {{"DatastoreId", datastore_}, {"JobId", job}})["ExportJobProperties"];
  EXPECT_EQ(shown["OutputDataConfig"]["S3Configuration"]["S3Uri"],
            "s3://bucket/out/" + datastore_ + "-FHIR_EXPORT-" + job + "/");
  EXPECT_EQ(shown["JobStatus"], "SUBMITTED");
  EXPECT_FALSE(shown.contains("EndTime"));
  EXPECT_FALSE(shown.contains("Message"));
  EXPECT_FALSE(shown.contains("ValidationLevel"));
}

TEST_F(JobsTest, NameLevelAndMessageAreShown) {
  const std::string job =
      Import(datastore_, {{"JobName", "nightly"}, {"ValidationLevel", "structure-only"}});
  Finish(job, store::JobStatus::kFailed, "no such prefix");
  const Tree shown = Shown(job);
  EXPECT_EQ(shown["JobName"], "nightly");
  EXPECT_EQ(shown["ValidationLevel"], "structure-only");
  EXPECT_EQ(shown["Message"], "no such prefix");
}

TEST_F(JobsTest, UnknownJobsAndJobsOfAnotherStoreOrKindAreNotFound) {
  const std::string job = Import(datastore_);
  const std::string other = Create();
  const auto refused = [this](OperationId operation, const std::string& store,
                              const std::string& id) {
    const auto [kind, message] = Refused(operation, {{"DatastoreId", store}, {"JobId", id}});
    EXPECT_EQ(kind, core::ErrorKind::kNotFound);
    EXPECT_EQ(message, "Job " + id + " of data store " + store + " was not found");
  };
  refused(OperationId::kDescribeFHIRImportJob, datastore_, "nope");
  refused(OperationId::kDescribeFHIRImportJob, other, job);
  refused(OperationId::kDescribeFHIRExportJob, datastore_, job);
}

TEST_F(JobsTest, ADeletedStoreTakesNoNewJobs) {
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", datastore_}});
  EXPECT_EQ(Refused(OperationId::kStartFHIRImportJob, ImportInput(datastore_)).first,
            core::ErrorKind::kGone);
  EXPECT_EQ(Refused(OperationId::kStartFHIRExportJob, ExportInput(datastore_)).first,
            core::ErrorKind::kGone);
}

TEST_F(JobsTest, DescribeWaitsWhileTheEndIsNear) {
  const std::string job = Import(datastore_);
  queue_.estimate = 3s;
  const Answer answer = Look(job, 0);
  ASSERT_TRUE(std::holds_alternative<Wait>(answer));
  EXPECT_EQ(std::get<Wait>(answer).topic, jobs::EndTopic(store::JobId(job)));
  EXPECT_EQ(std::get<Wait>(answer).deadline, 2s);
  Finish(job, store::JobStatus::kCompleted);
  EXPECT_TRUE(std::holds_alternative<std::string>(Look(job, 1)));
}

TEST_F(JobsTest, DescribeWaitsForAnEstimateThatIsNotYetKnown) {
  const std::string job = Import(datastore_);
  queue_.estimate = std::nullopt;
  EXPECT_TRUE(std::holds_alternative<Wait>(Look(job, 0)));
  queue_.estimate = 1h;
  EXPECT_TRUE(std::holds_alternative<std::string>(Look(job, 1)));
}

TEST_F(JobsTest, DescribeAnswersAtOnceWhenTheEndIsFar) {
  const std::string job = Import(datastore_);
  queue_.estimate = 21s;
  EXPECT_TRUE(std::holds_alternative<std::string>(Look(job, 0)));
  EXPECT_EQ(Shown(job)["JobStatus"], "SUBMITTED");
}

TEST_F(JobsTest, WaitingEndsWithTheTimeThatTheOptionGives) {
  const std::string job = Import(datastore_);
  queue_.estimate = 0s;
  int attempt = 0;
  // As http::Session does: the second look follows the first at once, later ones after a sleep.
  for (; attempt < 100; ++attempt) {
    const Answer answer = Look(job, attempt);
    const auto* wait = std::get_if<Wait>(&answer);
    if (wait == nullptr) break;
    if (attempt > 0) clock_.Advance(wait->deadline - clock_.Elapsed());
  }
  EXPECT_EQ(clock_.Elapsed(), 20s);
  EXPECT_LT(attempt, 20);
}

TEST_F(JobsTest, DescribeNeverWaitsWhenThatIsSwitchedOff) {
  Restart({.describe_wait = 0s});
  const std::string job = Import(datastore_);
  queue_.estimate = 0s;
  EXPECT_TRUE(std::holds_alternative<std::string>(Look(job, 0)));
}

TEST_F(JobsTest, ListNeverWaits) {
  Import(datastore_);
  queue_.estimate = 0s;
  EXPECT_EQ(
      Do(OperationId::kListFHIRImportJobs, {{"DatastoreId", datastore_}})["ImportJobPropertiesList"]
          .size(),
      1U);
}

}  // namespace
}  // namespace healthlake::control
