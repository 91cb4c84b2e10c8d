// The main job inside one process, under the sanitizers: create, import, read, search, delete.
#include <gtest/gtest.h>

#include "running_app.hpp"

namespace healthlake::support {
namespace {

std::string Patients(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += R"({"resourceType":"Patient","id":"p)" + std::to_string(i) +
             R"(","gender":"other","name":[{"family":"Family)" + std::to_string(i % 7) + "\"}]}\n";
  }
  return lines;
}

TEST(MainJobTest, AStoreIsActiveAtTheFirstDescribeAndItsTimeIsTheClocks) {
  RunningApp app;
  const Json created = app.AwsOk("CreateFHIRDatastore", {{"DatastoreTypeVersion", "R4"}});
  EXPECT_EQ(created.at("DatastoreStatus"), "CREATING");
  const Json shown =
      app.AwsOk("DescribeFHIRDatastore", {{"DatastoreId", created.at("DatastoreId")}})
          .at("DatastoreProperties");
  EXPECT_EQ(shown.at("DatastoreStatus"), "ACTIVE");
  EXPECT_DOUBLE_EQ(shown.at("CreatedAt").get<double>(), 1767323045.678);
  EXPECT_EQ(shown.at("DatastoreEndpoint"),
            "http://local/datastore/" + created.at("DatastoreId").get<std::string>() + "/r4/");
}

TEST(MainJobTest, AnImportIsReadSearchedAndSurvivesARestart) {
  RunningApp app;
  const std::string store = app.CreateStore();
  app.PutObject("in/patients.ndjson", Patients(500) + "broken\n");
  const Json job = app.Import(store);
  EXPECT_EQ(job.at("JobStatus"), "COMPLETED_WITH_ERRORS") << job.dump();
  EXPECT_EQ(job.at("JobProgressReport").at("TotalNumberOfResourcesImported"), 500);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(app.Total(store, "Patient"), 500U);
    EXPECT_EQ(app.Total(store, "Patient?family=family3"), 71U);
    EXPECT_EQ(app.Total(store, "Patient?gender=male"), 0U);
    EXPECT_EQ(app.Fhir("GET", store, "/Patient/p42").status, 200);
    app.Restart();
  }
}

TEST(MainJobTest, ImportsOfOneStoreEndInTheOrderTheyWereStarted) {
  RunningApp app;
  const std::string store = app.CreateStore();
  app.PutObject("in/patients.ndjson", Patients(50));
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(app.Import(store).at("JobStatus"), "COMPLETED");
  const Json read = Json::parse(app.Fhir("GET", store, "/Patient/p1").body);
  EXPECT_EQ(read.at("meta").at("versionId"), "3");
}

TEST(MainJobTest, ADeletedStoreAnswersNothingAndStaysVisible) {
  RunningApp app;
  const std::string store = app.CreateStore();
  ASSERT_EQ(app.Fhir("PUT", store, "/Patient/p", R"({"resourceType":"Patient","id":"p"})").status,
            201);
  app.AwsOk("DeleteFHIRDatastore", {{"DatastoreId", store}});
  EXPECT_EQ(app.Fhir("GET", store, "/Patient/p").status, 404);
  EXPECT_EQ(app.AwsOk("DescribeFHIRDatastore", {{"DatastoreId", store}})
                .at("DatastoreProperties")
                .at("DatastoreStatus"),
            "DELETED");
  EXPECT_FALSE(std::filesystem::exists(app.folder() / "data/stores" / (store + ".sqlite")));
}

}  // namespace
}  // namespace healthlake::support
