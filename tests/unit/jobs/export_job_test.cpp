#include <gmock/gmock.h>

#include <filesystem>

#include "healthlake/core/error.hpp"
#include "healthlake/jobs/output_layout.hpp"
#include "unit/jobs/job_fixture.hpp"

namespace healthlake::jobs::testing {
namespace {

using ::testing::HasSubstr;

class ExportJobTest : public JobFixture {
 protected:
  ExportJobTest() : JobFixture(store::JobKind::kExport) {
    options.export_page = 2;
    options.export_checkpoint_bytes = 60;
    options.export_file_bytes = 100;
  }

  static std::string Resource(const std::string& type, int number) {
    return R"({"resourceType":")" + type + R"(","id":")" + std::to_string(number) + "\"}";
  }

  void FillStore() {
    auto batch = store.NewImportBatch(fhir::ValidationLevel::kStrict);
    for (int i = 0; i < 9; ++i) {
      batch->Add(1, Resource("Patient", i));
      if (i % 3 == 0) batch->Add(1, Resource("Encounter", i));
    }
    store.CommitImport(*batch, "filling", [](auto) { return std::string(); }, {});
    store.DropCheckpoint("filling");
  }

  // Everything exported of one type, parts in order.
  std::string Exported(const std::string& type) const {
    std::string all;
    for (std::uint64_t part = 0;; ++part) {
      const std::string bytes = Output(ExportFileKey(type, job.id, part));
      if (bytes == "(no such object)") return all;
      all += bytes;
    }
  }
};

TEST_F(ExportJobTest, WritesAFolderForEachTypeInFilesOfLimitedSize) {
  FillStore();

  EXPECT_EQ(RunExport(NewRun()).ending, Ending::kCompleted);

  std::string patients;
  for (int i = 0; i < 9; ++i) patients += Resource("Patient", i) + "\n";
  EXPECT_EQ(Exported("Patient"), patients);
  EXPECT_EQ(Exported("Encounter"), Resource("Encounter", 0) + "\n" + Resource("Encounter", 3) +
                                       "\n" + Resource("Encounter", 6) + "\n");
  EXPECT_EQ(objects.All().size(), 3U + 1U + 1U);  // Patient in 3 files, Encounter, the probe
}

TEST_F(ExportJobTest, WritesNothingForAnEmptyStore) {
  EXPECT_EQ(RunExport(NewRun()).ending, Ending::kCompleted);
  EXPECT_EQ(objects.All().size(), 1U);
  EXPECT_EQ(objects.Get("out/results/.healthlake_write_access_check_file.temp"), "");
}

TEST_F(ExportJobTest, NamesFilesAsHealthLakeDoes) {
  const std::string key = ExportFileKey("Patient", job.id, 2);
  EXPECT_THAT(key, ::testing::MatchesRegex("Patient/Patient-[0-9]+-1-2.ndjson"));
  EXPECT_EQ(OutputFolderUri("s3://bucket/p", job.datastore, job.kind, job.id),
            "s3://bucket/p/" + job.datastore.text() + "-FHIR_EXPORT-" + job.id.text() + "/");
  EXPECT_EQ(OutputFolderUri("s3://bucket/p/", job.datastore, store::JobKind::kImport, job.id),
            "s3://bucket/p/" + job.datastore.text() + "-FHIR_IMPORT-" + job.id.text() + "/");
}

TEST_F(ExportJobTest, EndsTheSameWhereverTheProcessDies) {
  FillStore();
  DieAt(0);
  RunExport(NewRun());
  const auto expected = objects.All();
  const int all_stages = stages;
  ASSERT_GT(all_stages, 8);

  for (int death = 1; death <= all_stages; ++death) {
    SCOPED_TRACE(death);
    for (const auto& [name, bytes] : expected) objects.Set(name, "stale");
    store.DropCheckpoint(job.id.text());
    DieAt(death);
    EXPECT_THROW(RunExport(NewRun()), Killed);
    DieAt(0);
    EXPECT_EQ(RunExport(NewRun()).ending, Ending::kCompleted);
    EXPECT_EQ(objects.All(), expected);
  }
}

TEST_F(ExportJobTest, ParksWhenCancelled) {
  FillStore();
  cancel.Request();
  EXPECT_EQ(RunExport(NewRun()).ending, Ending::kParked);
}

}  // namespace
}  // namespace healthlake::jobs::testing
