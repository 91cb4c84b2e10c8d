#include <gmock/gmock.h>

#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "healthlake/core/error.hpp"
#include "unit/jobs/job_fixture.hpp"

namespace healthlake::jobs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

class ImportJobTest : public JobFixture {
 protected:
  ImportJobTest() : JobFixture(store::JobKind::kImport) {}

  RunResult Import() { return RunImport(NewRun()); }

  static std::string Patient(const std::string& id) {
    return R"({"resourceType":"Patient","id":")" + id + R"("})";
  }

  void GiveInputs() {
    std::string many;
    for (int i = 0; i < 10; ++i) many += Patient("a" + std::to_string(i)) + "\n";
    objects.Set("source/data/a.ndjson", many);
    objects.Set("source/data/b.ndjson", "{broken\n" + Patient("b1") + "\n\n" + Patient("b2"));
    objects.Set("source/data/empty.ndjson", "");
    objects.Set("source/data/sub/c.ndjson", Patient("a0") + "\r\n" + Patient("c1") + "\n");
    objects.Set("source/data/README.txt", "no input");
    objects.Set("source/database/x.ndjson", Patient("x"));
  }
};

TEST_F(ImportJobTest, WritesOneRecordForEachLine) {
  objects.Set("source/data/b.ndjson", "{broken\n" + Patient("b1") + "\n\n" + Patient("b2"));

  EXPECT_EQ(Import().ending, Ending::kCompletedWithErrors);

  EXPECT_EQ(Output("SUCCESS/b.ndjson"),
            "{\"lineId\":2,\"resourceType\":\"Patient\",\"resourceId\":\"b1\",\"statusCode\":201}\n"
            "{\"lineId\":4,\"resourceType\":\"Patient\",\"resourceId\":\"b2\",\"statusCode\":201}");
  EXPECT_EQ(Output("FAILURE/b.ndjson"),
            "{\"lineId\":1,\"UpdateResourceResponse\":{\"jsonBlob\":{\"resourceType\":"
            "\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"processing\","
            "\"diagnostics\":\"Invalid JSON found in input file\"}]},\"statusCode\":400}}");
}

TEST_F(ImportJobTest, RecordsStoredLinesThatAreNotValidInAFileOfTheirOwn) {
  job.validation_level = "minimal";
  const std::string odd = R"({"resourceType":"Patient","id":"o","odd":1})";
  objects.Set("source/data/sub/a.ndjson", Patient("a1") + "\n" + odd + "\n{broken\n");

  const RunResult result = Import();
  EXPECT_EQ(result.ending, Ending::kCompletedWithErrors);

  EXPECT_EQ(result.progress.resources_imported, 2);
  EXPECT_EQ(result.progress.resources_with_customer_error, 1);
  EXPECT_EQ(Output("SUCCESS/sub/a.ndjson"),
            "{\"lineId\":1,\"resourceType\":\"Patient\",\"resourceId\":\"a1\",\"statusCode\":201}");
  EXPECT_EQ(Output("SUCCESS_WITH_SEARCH_VALIDATION_FAILURES/sub/a.ndjson"),
            "{\"lineId\":2,\"UpdateResourceResponse\":{\"jsonBlob\":{\"resourceType\":"
            "\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"processing\","
            "\"diagnostics\":\"Unrecognised property '@odd'\",\"location\":[\"Patient\"],"
            "\"expression\":[\"Patient\"]}]},\"statusCode\":201}}");
  EXPECT_THAT(Output("FAILURE/sub/a.ndjson"), HasSubstr("\"lineId\":3"));
}

TEST_F(ImportJobTest, CompletesWithoutErrorsWhenAllThatIsNotValidIsStored) {
  job.validation_level = "minimal";
  objects.Set("source/data/a.ndjson", R"({"resourceType":"Patient","id":"o","odd":1})");

  EXPECT_EQ(Import().ending, Ending::kCompleted);
  EXPECT_EQ(Output("SUCCESS/a.ndjson"), "");
}

TEST_F(ImportJobTest, RefusesAtOtherLevelsWhatMinimalStores) {
  for (const char* level : {"strict", "structure-only", ""}) {
    SCOPED_TRACE(level);
    job.validation_level = level;
    objects.Set("source/data/a.ndjson", R"({"resourceType":"Patient","id":"o","odd":1})");
    EXPECT_EQ(Import().ending, Ending::kCompletedWithErrors);
    EXPECT_THAT(objects.All(), Not(::testing::Contains(Key(HasSubstr("SUCCESS_WITH")))));
  }
}

TEST_F(ImportJobTest, HasNoFailureFileWhenAllLinesAreTaken) {
  objects.Set("source/data/a.ndjson", Patient("a1") + "\n");

  EXPECT_EQ(Import().ending, Ending::kCompleted);

  EXPECT_THAT(objects.All(), Not(::testing::Contains(Key(HasSubstr("FAILURE")))));
}

TEST_F(ImportJobTest, CountsFilesLinesAndBytes) {
  GiveInputs();

  const RunResult result = Import();

  EXPECT_EQ(result.progress.scanned_files, 4);
  EXPECT_EQ(result.progress.imported_files, 4);
  EXPECT_EQ(result.progress.files_read_with_customer_error, 0);
  EXPECT_EQ(result.progress.resources_scanned, 15);
  EXPECT_EQ(result.progress.resources_imported, 14);
  EXPECT_EQ(result.progress.resources_with_customer_error, 1);
  std::int64_t bytes = 0;
  for (const char* name : {"a.ndjson", "b.ndjson", "empty.ndjson", "sub/c.ndjson"}) {
    bytes += static_cast<std::int64_t>(objects.Get(std::string("source/data/") + name).size());
  }
  EXPECT_EQ(result.progress.scanned_bytes, bytes);
  EXPECT_EQ(result.progress.throughput_mb_per_second, 0.0);
  ASSERT_TRUE(reported);
  EXPECT_EQ(reported->resources_scanned, 15);
}

TEST_F(ImportJobTest, KeepsRelativePathsAndMakesASuccessFileForEachInput) {
  GiveInputs();

  Import();

  EXPECT_THAT(Output("SUCCESS/sub/c.ndjson"),
              HasSubstr("\"resourceId\":\"a0\",\"statusCode\":200"));
  EXPECT_EQ(Output("SUCCESS/empty.ndjson"), "");
  EXPECT_EQ(store.Resources().size(), 13U);
}

TEST_F(ImportJobTest, WritesTheManifestLast) {
  GiveInputs();

  Import();

  const std::string manifest = Output("Manifest.json");
  EXPECT_THAT(manifest, HasSubstr("\"inputDataConfig\": {\n    \"s3Uri\": \"s3://source/data\""));
  EXPECT_THAT(manifest, HasSubstr("\"successOutputS3Uri\": \"" + job.output_uri + "SUCCESS/\""));
  EXPECT_THAT(manifest, HasSubstr("\"numberOfScannedFiles\": 4"));
  EXPECT_THAT(manifest, HasSubstr("\"numberOfResourcesImportedSuccessfully\": 14"));
  EXPECT_THAT(manifest, HasSubstr("\"numberOfResourcesWithCustomerError\": 1"));
}

TEST_F(ImportJobTest, EndsTheSameWhereverTheProcessDies) {
  GiveInputs();
  job.validation_level = "minimal";
  std::string odd;
  for (int i = 0; i < 8; ++i) {
    odd += R"({"resourceType":"Patient","id":"d)" + std::to_string(i / 2) + R"(","odd":1})" + "\n" +
           Patient("e" + std::to_string(i)) + "\n{broken\n";
  }
  objects.Set("source/data/d.ndjson", odd);
  DieAt(0);
  Import();
  const auto expected = objects.All();
  const auto expected_resources = store.Resources();
  const int all_stages = stages;
  ASSERT_GT(all_stages, 10);

  for (int death = 1; death <= all_stages; ++death) {
    SCOPED_TRACE(death);
    MemoryStorage inputs;
    for (const auto& [name, bytes] : expected) {
      if (name.starts_with("source/")) inputs.Set(name, bytes);
    }
    FakeDatastore fresh(3);
    const auto run = [&] {
      return RunImport(jobs::Run{.job = job,
                                 .store = fresh,
                                 .objects = inputs,
                                 .options = options,
                                 .clock = clock,
                                 .spool = options.spool / "again",
                                 .cancel = {},
                                 .report = {},
                                 .pace = {}});
    };
    std::filesystem::remove_all(options.spool / "again");
    DieAt(death);
    EXPECT_THROW(run(), Killed);
    DieAt(0);
    EXPECT_EQ(run().ending, Ending::kCompletedWithErrors);

    EXPECT_EQ(inputs.All(), expected);
    ASSERT_EQ(fresh.Resources().size(), expected_resources.size());
    for (std::size_t i = 0; i < expected_resources.size(); ++i) {
      EXPECT_EQ(fresh.Resources()[i].json, expected_resources[i].json);
      EXPECT_EQ(fresh.Resources()[i].versions, expected_resources[i].versions);
    }
  }
}

TEST_F(ImportJobTest, ChangesNothingWhenFinishedTwice) {
  GiveInputs();
  Import();
  const auto once = objects.All();

  Import();

  EXPECT_EQ(objects.All(), once);
}

TEST_F(ImportJobTest, ParksWhenCancelledAndGoesOnLater) {
  GiveInputs();
  options.at_stage = [this](const store::JobId&, Stage stage) {
    if (stage == Stage::kCommitted) cancel.Request();
  };
  // Whether the batch behind is parked or thrown out depends on the moment; neither is an end.
  try {
    EXPECT_EQ(Import().ending, Ending::kParked);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kUnavailable);
  }
  EXPECT_EQ(Output("Manifest.json"), "(no such object)");

  options.at_stage = nullptr;
  cancel = core::CancelSource();
  EXPECT_EQ(Import().ending, Ending::kCompletedWithErrors);
  EXPECT_EQ(store.Resources().size(), 13U);
}

TEST_F(ImportJobTest, NamesAPrefixWithoutInputs) {
  objects.Set("source/data/README.txt", "nothing of ours");
  try {
    Import();
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("s3://source/data"));
  }
}

TEST_F(ImportJobTest, ReadsTheOneObjectThatTheUriNames) {
  objects.Set("source/data", Patient("p"));
  objects.Set("source/data/other.ndjson", Patient("q"));

  Import();

  EXPECT_THAT(Output("SUCCESS/data"), HasSubstr("\"resourceId\":\"p\""));
  EXPECT_EQ(store.Resources().size(), 1U);
}

TEST_F(ImportJobTest, DoesNotReadTheOutputOfImports) {
  objects.Set("source/data/a.ndjson", Patient("a"));
  objects.Set("source/data/0-FHIR_IMPORT-1/SUCCESS/a.ndjson", "{\"lineId\":1}");

  EXPECT_EQ(Import().progress.scanned_files, 1);
}

TEST_F(ImportJobTest, CountsAFileThatCannotBeRead) {
  GiveInputs();
  objects.unreadable.push_back("source/data/b.ndjson");

  const RunResult result = Import();

  EXPECT_EQ(result.ending, Ending::kCompletedWithErrors);
  EXPECT_EQ(result.progress.files_read_with_customer_error, 1);
  EXPECT_EQ(result.progress.imported_files, 3);
  EXPECT_EQ(result.progress.resources_scanned, 12);
}

TEST_F(ImportJobTest, CommitsALargeLineAlone) {
  std::string large = Patient("large");
  large.insert(large.size() - 1, ",\"x\":\"" + std::string(2'000'000, 'A') + "\"");
  objects.Set("source/data/a.ndjson",
              Patient("a") + "\n" + large + "\n" + Patient("y") + "\n" + Patient("z"));
  int commits = 0;
  options.at_stage = [&](const store::JobId&, Stage stage) {
    if (stage == Stage::kCommitted) ++commits;
  };

  EXPECT_EQ(Import().ending, Ending::kCompleted);

  EXPECT_EQ(reported->resources_imported, 4);
  EXPECT_GE(commits, 3);  // before it, it, after it
}

TEST_F(ImportJobTest, WaitsForAnotherJobsLargeLineUntilItIsStopped) {
  std::string large = Patient("large");
  large.insert(large.size() - 1, ",\"x\":\"" + std::string(2'000'000, 'A') + "\"");
  objects.Set("source/data/a.ndjson", Patient("a") + "\n" + large);
  std::timed_mutex large_line;
  std::promise<void> held;
  std::promise<void> done;
  std::thread other([&] {
    const std::lock_guard lock(large_line);
    held.set_value();
    done.get_future().wait();
  });
  held.get_future().wait();
  options.at_stage = [&](const store::JobId&, Stage stage) {
    if (stage == Stage::kCommitted) cancel.Request();
  };

  jobs::Run stopped = NewRun();
  stopped.large_line = &large_line;
  EXPECT_EQ(RunImport(stopped).ending, Ending::kParked);
  EXPECT_EQ(store.Resources().size(), 1U);
  done.set_value();
  other.join();

  jobs::Run again = NewRun();
  again.large_line = &large_line;
  again.cancel = {};
  EXPECT_EQ(RunImport(again).ending, Ending::kCompleted);
  EXPECT_EQ(store.Resources().size(), 2U);
}

TEST_F(ImportJobTest, RefusesLinesThatAreTooLongAndTakesTheRest) {
  options.max_line_bytes = 2'000;
  options.max_binary_bytes = 6'000;
  const auto binary = [](const std::string& id, std::size_t size) {
    return R"({"resourceType":"Binary","id":")" + id + R"(","data":")" + std::string(size, 'A') +
           "\"}";
  };
  const std::string late_type =
      R"({"id":"late","data":")" + std::string(4'000, 'A') + R"(","resourceType" : "Binary"})";
  std::string patient = Patient("long");
  patient.insert(patient.size() - 1, ",\"x\":\"" + std::string(4'000, 'A') + "\"");
  objects.Set("source/data/a.ndjson", Patient("a") + "\n" + patient + "\n" + binary("fits", 5'000) +
                                          "\n" + binary("not", 7'000) + "\n" + late_type + "\n" +
                                          Patient("z"));

  const RunResult result = Import();

  EXPECT_EQ(result.progress.resources_imported, 4);
  EXPECT_EQ(result.progress.resources_with_customer_error, 2);
  EXPECT_THAT(Output("FAILURE/a.ndjson"), HasSubstr("{\"lineId\":2,"));
  EXPECT_THAT(Output("FAILURE/a.ndjson"), HasSubstr("{\"lineId\":4,"));
  EXPECT_THAT(Output("FAILURE/a.ndjson"), HasSubstr("over the limit of 2000"));
  EXPECT_THAT(Output("FAILURE/a.ndjson"), HasSubstr("over the limit of 6000 for a Binary"));
  EXPECT_THAT(Output("SUCCESS/a.ndjson"), HasSubstr("\"lineId\":6"));
}

TEST_F(ImportJobTest, FailsBeforeReadingWhenTheOutputCannotBeWritten) {
  GiveInputs();
  objects.fault.emplace(core::ErrorKind::kAccessDenied, "cannot write s3://out/results/");

  EXPECT_THROW(Import(), core::Error);
  EXPECT_TRUE(store.Resources().empty());
}

TEST_F(ImportJobTest, FailsWhenTheStoreIsFull) {
  GiveInputs();
  Import();  // a run before, so that listing and probing are done
  store.DropCheckpoint(job.id.text());
  store.fault.emplace(core::ErrorKind::kUnavailable, "The disk is full");

  EXPECT_THROW(Import(), core::Error);
}

}  // namespace
}  // namespace healthlake::jobs::testing
