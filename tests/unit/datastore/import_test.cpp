// Import batches: outcomes, versions, the index and the job's checkpoint in one commit.
#include <gtest/gtest.h>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

using std::chrono::seconds;

std::string PatientLine(std::string_view id, std::string_view gender) {
  return R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","gender":")" +
         std::string(gender) + R"(","name":[{"family":"F)" + std::string(id) + "\"}]}";
}

class ImportTest : public DatastoreTest {
 protected:
  static std::vector<int> Statuses(const std::vector<LineOutcome>& outcomes) {
    std::vector<int> statuses;
    for (const LineOutcome& outcome : outcomes) statuses.push_back(outcome.status);
    return statuses;
  }
};

TEST_F(ImportTest, NewResourcesAre201AndKnownOnes200) {
  Put(PatientLine("a", "male"));
  const auto outcomes = Import({PatientLine("a", "female"), PatientLine("b", "female")});
  EXPECT_EQ(Statuses(outcomes), (std::vector<int>{200, 201}));
  EXPECT_EQ(outcomes[0].line, 1U);
  EXPECT_EQ(outcomes[1].type, "Patient");
  EXPECT_EQ(outcomes[1].id, "b");
  EXPECT_EQ(Ids("Patient", "gender=female"), "a b");
  EXPECT_EQ(Ids("Patient", "gender=male"), "");
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, 2U);
  EXPECT_EQ(store_->FindCheckpoint("job"), "checkpoint");
}

TEST_F(ImportTest, StoredBytesAreMinifiedAndStamped) {
  Import({R"( { "resourceType" : "Patient" , "id" : "a", "active":true } )"});
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->json,
            R"({"resourceType":"Patient","id":"a","active":true,"meta":{"versionId":"1",)"
            R"("lastUpdated":"2026-01-02T03:04:05.678Z"}})");
}

TEST_F(ImportTest, TheSameIdTwiceInABatchMakesSuccessiveVersions) {
  const auto outcomes = Import({PatientLine("a", "male"), PatientLine("b", "male"),
                                PatientLine("a", "female"), PatientLine("a", "other")});
  EXPECT_EQ(Statuses(outcomes), (std::vector<int>{201, 201, 200, 200}));
  EXPECT_EQ(Ids("Patient", "gender=male"), "b");
  EXPECT_EQ(Ids("Patient", "gender=female"), "");
  EXPECT_EQ(Ids("Patient", "gender=other"), "a");
  for (const auto& [version, gender] :
       {std::pair(1U, "male"), std::pair(2U, "female"), std::pair(3U, "other")}) {
    const auto stored = store_->FindVersion(TypeNamed("Patient"), "a", version);
    ASSERT_TRUE(stored);
    EXPECT_NE(stored->json.find(gender), std::string::npos);
    EXPECT_NE(stored->json.find("\"versionId\":\"" + std::to_string(version)), std::string::npos);
  }
  EXPECT_EQ(Ids("Patient", ""), "a b");
}

TEST_F(ImportTest, TheSameIdOfAnotherTypeIsAnotherResource) {
  const auto outcomes =
      Import({PatientLine("a", "male"), R"({"resourceType":"Organization","id":"a","name":"x"})"});
  EXPECT_EQ(Statuses(outcomes), (std::vector<int>{201, 201}));
}

TEST_F(ImportTest, ReimportingTheSameBytesMakesNewVersions) {
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i) lines.push_back(PatientLine("p" + std::to_string(i), "male"));
  Import(lines);
  clock_.Advance(seconds(60));
  for (const LineOutcome& outcome : Import(lines)) EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "p42")->version, 2U);
  fhir::SearchQuery query = Query("Patient", "gender=male&_total=accurate&_count=0");
  EXPECT_EQ(store_->Search(query, {}).total, 100U);
  EXPECT_EQ(Ids("Patient", "_lastUpdated=lt2026-01-02T03:05:00Z"), "");
  query = Query("Patient", "_lastUpdated=gt2026-01-02T03:05:00Z&_total=accurate&_count=0");
  EXPECT_EQ(store_->Search(query, {}).total, 100U);
  query = Query("Patient", "createdAt=lt2026-01-02T03:05:00Z&_total=accurate&_count=0");
  EXPECT_EQ(store_->Search(query, {}).total, 100U);
}

TEST_F(ImportTest, ImportRevivesDeletedResources) {
  Put(PatientLine("a", "male"));
  Delete("Patient", "a");
  EXPECT_EQ(Statuses(Import({PatientLine("a", "female"), PatientLine("a", "other")})),
            (std::vector<int>{201, 200}));
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, 4U);
  EXPECT_EQ(Ids("Patient", "gender=other"), "a");
  EXPECT_EQ(Ids("Patient", "gender:not=other"), "");
}

TEST_F(ImportTest, FaultyLinesAreRefusedInHealthLakesWords) {
  struct Case {
    std::string line;
    std::string diagnostics;
  };
  const std::vector<Case> cases = {
      {"{\"resourceType\":\"Patient\",", "Invalid JSON found in input file"},
      {"[]", "Invalid JSON found in input file"},
      {"\"Patient\"", "Invalid JSON found in input file"},
      {R"({"resourceType":"Patient","id":"a","id":"b"})", "Invalid JSON found in input file"},
      {R"({"resourceType":"Patient"})", "Missing required id field in resource json"},
      {R"({"resourceType":"Patient","id":7})", "Missing required id field in resource json"},
      {R"({"id":"a"})", "Missing required resourceType field in resource json"},
      {R"({"resourceType":"Patient123","id":"a"})",
       "1 validation error detected: Value 'Patient123' at 'resourceType' failed to satisfy "
       "constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}"},
      {R"({"resourceType":"Patience","id":"a"})", "Unknown resource type 'Patience'"},
      {R"({"resourceType":"NamingSystem","id":"a"})",
       "Resource type 'NamingSystem' is not supported by HealthLake"},
      {R"({"resourceType":"Patient","id":""})",
       "2 validation errors detected: Value at 'resourceId' failed to satisfy constraint: Member "
       "must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}; Value at 'resourceId' "
       "failed to satisfy constraint: Member must have length greater than or equal to 1"},
      {R"({"resourceType":"Patient","id":"a_b"})",
       "1 validation error detected: Value at 'resourceId' failed to satisfy constraint: Member "
       "must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}"},
  };
  std::vector<std::string> lines;
  for (const Case& one : cases) lines.push_back(one.line);
  lines.push_back(PatientLine("good", "male"));
  const auto outcomes = Import(lines);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(outcomes[i].status, 400) << cases[i].line;
    ASSERT_FALSE(outcomes[i].issues.empty());
    EXPECT_EQ(outcomes[i].issues[0].code, "processing");
    EXPECT_EQ(outcomes[i].issues[0].diagnostics, cases[i].diagnostics);
  }
  EXPECT_EQ(outcomes.back().status, 201);
  EXPECT_EQ(Ids("Patient", ""), "good");
}

TEST_F(ImportTest, ALineThatIsNotJsonIsToldItsColumn) {
  const auto outcomes = Import({R"({"resourceType":"Patient","id":"a","id":"b"})", "{]"});
  for (const LineOutcome& outcome : outcomes) {
    ASSERT_EQ(outcome.issues.size(), 2U);
    EXPECT_EQ(outcome.issues[1].severity, core::Severity::kInformation);
  }
  EXPECT_NE(outcomes[0].issues[1].diagnostics.find("(column 36)"), std::string::npos)
      << outcomes[0].issues[1].diagnostics;
  EXPECT_NE(outcomes[1].issues[1].diagnostics.find("(column 2)"), std::string::npos);
}

TEST_F(ImportTest, StructuralFaultsNameTheirElement) {
  const auto outcomes = Import({R"({"resourceType":"Patient","id":"a","@telecom":[]})"});
  EXPECT_EQ(outcomes[0].status, 400);
  EXPECT_EQ(outcomes[0].type, "Patient");
  EXPECT_EQ(outcomes[0].id, "a");
  ASSERT_FALSE(outcomes[0].issues.empty());
}

TEST_F(ImportTest, LinesRefusedBeforehandAreOutcomesToo) {
  const auto batch = store_->NewImportBatch(kStrict);
  EXPECT_TRUE(batch->empty());
  batch->Refuse(3, {core::Severity::kError, "too-long", "The line is too long", {}});
  EXPECT_FALSE(batch->empty());
  std::vector<LineOutcome> outcomes;
  store_->CommitImport(*batch, "job",
                       [&](std::span<const LineOutcome> all) {
                         outcomes.assign(all.begin(), all.end());
                         return std::string();
                       },
                       {});
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].line, 3U);
  EXPECT_EQ(outcomes[0].status, 400);
}

TEST_F(ImportTest, NothingIsKeptWhenTheRecordsCannotBeWritten) {
  const auto batch = store_->NewImportBatch(kStrict);
  batch->Add(1, PatientLine("a", "male"));
  EXPECT_THROW(store_->CommitImport(*batch, "job",
                                    [](std::span<const LineOutcome>) -> std::string {
                                      throw core::Error(core::ErrorKind::kUnavailable, "disk full");
                                    },
                                    {}),
               core::Error);
  EXPECT_EQ(Ids("Patient", ""), "");
  EXPECT_FALSE(store_->Find(TypeNamed("Patient"), "a"));
  EXPECT_FALSE(store_->FindCheckpoint("job"));
  EXPECT_THROW(store_->CommitImport(*batch, "job", [](auto) { return std::string(); }, {}),
               core::Error);
  Import({PatientLine("a", "female")});
  EXPECT_EQ(Ids("Patient", "gender=female"), "a");
}

TEST_F(ImportTest, ABatchIsFullAtItsLimits) {
  OpenOptions options;
  options.batch.resources = 3;
  Open(options);
  auto batch = store_->NewImportBatch(kStrict);
  batch->Add(1, PatientLine("a", "male"));
  batch->Add(2, "broken");
  EXPECT_FALSE(batch->full());
  batch->Add(3, PatientLine("b", "male"));
  EXPECT_TRUE(batch->full());
  batch.reset();
  options = {};
  options.batch.entries = 4;
  Open(options);
  batch = store_->NewImportBatch(kStrict);
  while (!batch->full()) batch->Add(1, PatientLine("a", "male"));
  batch.reset();
  options = {};
  options.batch.bytes = 100;
  Open(options);
  batch = store_->NewImportBatch(kStrict);
  batch->Add(1, PatientLine("a", "male"));
  EXPECT_TRUE(batch->full());
}

// Strings are no entries, and their bytes are not those of the line alone.
TEST_F(ImportTest, ABatchIsFullWhenItsValuesTakeItsMemory) {
  OpenOptions options;
  options.batch.memory = 1'000'000;
  Open(options);
  const auto batch = store_->NewImportBatch(kStrict);
  std::string names;
  for (int i = 0; i < 1000; ++i) {
    names += (i == 0 ? "" : ",") + std::string(R"({"family":"Fam)") + std::to_string(i) + R"("})";
  }
  const std::string line = R"({"resourceType":"Patient","id":"a","name":[)" + names + "]}";
  ASSERT_LT(line.size(), 30'000U);
  std::size_t lines = 0;
  for (; !batch->full(); ++lines) batch->Add(lines + 1, line);
  EXPECT_GT(lines, 1U);
  EXPECT_LT(lines, 4U);
}

TEST_F(ImportTest, RefusedLinesTakeMemoryToo) {
  OpenOptions options;
  options.batch.memory = 1'000'000;
  Open(options);
  const auto batch = store_->NewImportBatch(kStrict);
  std::string faults;
  for (int i = 0; i < 100; ++i) faults += R"(,"no)" + std::to_string(i) + R"(":1)";
  const std::string line = R"({"resourceType":"Patient","id":"a")" + faults + "}";
  std::size_t lines = 0;
  for (; !batch->full() && lines < 1000; ++lines) batch->Add(lines + 1, line);
  EXPECT_LT(lines, 200U);
}

TEST_F(ImportTest, BatchesShareABudgetAndEachMayHoldALittle) {
  OpenOptions options;
  options.batch_budget = std::make_shared<BatchBudget>(100'000);
  options.batch.least_memory = 10'000;
  Open(options);
  auto first = store_->NewImportBatch(kStrict);
  std::uint64_t line = 0;
  while (!first->full()) first->Add(++line, PatientLine("a", "male"));
  EXPECT_GE(options.batch_budget->used(), 100'000U);
  auto second = store_->NewImportBatch(kStrict);
  second->Add(1, PatientLine("b", "male"));
  EXPECT_FALSE(second->full());
  while (!second->full()) second->Add(++line, PatientLine("b", "male"));
  EXPECT_LT(options.batch_budget->used(), 120'000U);
  first.reset();
  EXPECT_FALSE(second->full());
  second.reset();
  EXPECT_EQ(options.batch_budget->used(), 0U);
}

// A batch is prepared without the lock; what other writers do meanwhile must not be lost.
TEST_F(ImportTest, BatchesFilledBeforeOtherWritesAreRedoneUnderTheLock) {
  Put(PatientLine("a", "male"));
  const auto batch = store_->NewImportBatch(kStrict);
  batch->Add(1, PatientLine("a", "other"));
  batch->Add(2, PatientLine("b", "other"));
  Put(PatientLine("a", "female"));
  Put(PatientLine("b", "female"));
  store_->CommitImport(*batch, "job", [](auto) { return std::string(); }, {});
  EXPECT_EQ(Ids("Patient", "gender=other"), "a b");
  EXPECT_EQ(Ids("Patient", "gender=female"), "");
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "a")->version, 3U);
  EXPECT_EQ(store_->Find(TypeNamed("Patient"), "b")->version, 2U);
}

TEST_F(ImportTest, TwoBatchesFilledAtTheSameTimeShareTheirSymbols) {
  const auto line = [](std::string_view id) {
    return R"({"resourceType":"Patient","id":")" + std::string(id) +
           R"(","identifier":[{"system":"urn:new","value":"1"}]})";
  };
  const auto first = store_->NewImportBatch(kStrict);
  const auto second = store_->NewImportBatch(kStrict);
  first->Add(1, line("a"));
  second->Add(1, line("b"));
  store_->CommitImport(*second, "job", [](auto) { return std::string(); }, {});
  store_->CommitImport(*first, "job", [](auto) { return std::string(); }, {});
  EXPECT_EQ(Ids("Patient", "identifier=urn:new|1"), "a b");
}

}  // namespace
}  // namespace healthlake::datastore
