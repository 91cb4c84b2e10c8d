// Create, update, delete, versions: the single writes.
#include <gtest/gtest.h>

#include "datastore_fixture.hpp"
#include "healthlake/fhir/profiles.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

using std::chrono::seconds;
using support::ErrorKindOf;

class WriteTest : public DatastoreTest {};

TEST_F(WriteTest, CreateGivesAnIdAndTheFirstVersion) {
  const json::Document patient = Parsed(R"({"resourceType":"Patient","active":true})");
  const WriteResult result = store_->Create(TypeNamed("Patient"), patient.root(), kStrict, {});
  EXPECT_EQ(result.kind, WriteKind::kCreated);
  EXPECT_EQ(result.stored.version, 1U);
  EXPECT_EQ(result.stored.json,
            R"({"resourceType":"Patient","active":true,"meta":{"versionId":"1",)"
            R"("lastUpdated":"2026-01-02T03:04:05.678Z"},"id":")" +
                result.id + "\"}");
  const auto found = store_->Find(TypeNamed("Patient"), result.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->json, result.stored.json);
  EXPECT_FALSE(found->deleted);
}

TEST_F(WriteTest, CreateIgnoresTheIdInTheBody) {
  const json::Document patient = Parsed(R"({"id":"mine","resourceType":"Patient"})");
  const WriteResult result = store_->Create(TypeNamed("Patient"), patient.root(), kStrict, {});
  EXPECT_NE(result.id, "mine");
  EXPECT_TRUE(result.stored.json.starts_with("{\"id\":\"" + result.id + "\""));
}

TEST_F(WriteTest, UpdateKeepsOtherMetaAndCountsVersions) {
  EXPECT_EQ(Put(R"({"resourceType":"Patient","id":"a","meta":{"versionId":"77","profile":)"
                R"(["http://p"]},"gender":"male"})")
                .kind,
            WriteKind::kCreated);
  clock_.Advance(seconds(1));
  const WriteResult second =
      Put(R"({"resourceType":"Patient","id":"a","meta":{"profile":["http://p"]}})");
  EXPECT_EQ(second.kind, WriteKind::kUpdated);
  EXPECT_EQ(second.stored.version, 2U);
  EXPECT_EQ(second.stored.json,
            R"({"resourceType":"Patient","id":"a","meta":{"profile":["http://p"],"versionId":"2",)"
            R"("lastUpdated":"2026-01-02T03:04:06.678Z"}})");
  const auto first = store_->FindVersion(TypeNamed("Patient"), "a", 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->json,
            R"({"resourceType":"Patient","id":"a","meta":{"versionId":"1","profile":["http://p"],)"
            R"("lastUpdated":"2026-01-02T03:04:05.678Z"},"gender":"male"})");
  EXPECT_FALSE(store_->FindVersion(TypeNamed("Patient"), "a", 3));
  EXPECT_FALSE(store_->FindVersion(TypeNamed("Patient"), "b", 1));
}

TEST_F(WriteTest, NumbersKeepTheirDigits) {
  const WriteResult result =
      Put(R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},)"
          R"("valueQuantity":{"value":1.00}})");
  EXPECT_NE(result.stored.json.find("\"value\":1.00}"), std::string::npos);
}

TEST_F(WriteTest, IndexFollowsUpdates) {
  Put(R"({"resourceType":"Patient","id":"a","gender":"male","name":[{"family":"Smith"}]})");
  EXPECT_EQ(Ids("Patient", "gender=male"), "a");
  EXPECT_EQ(Ids("Patient", "family=smi"), "a");
  Put(R"({"resourceType":"Patient","id":"a","gender":"female","name":[{"family":"Jones"}]})");
  EXPECT_EQ(Ids("Patient", "gender=male"), "");
  EXPECT_EQ(Ids("Patient", "gender=female"), "a");
  EXPECT_EQ(Ids("Patient", "family=smi"), "");
  EXPECT_EQ(Ids("Patient", "family=JONES"), "a");
  EXPECT_EQ(Ids("Patient", ""), "a");
}

TEST_F(WriteTest, DeleteLeavesATombstone) {
  Put(R"({"resourceType":"Patient","id":"a","gender":"male"})");
  const DeleteResult result = Delete("Patient", "a");
  EXPECT_TRUE(result.existed);
  ASSERT_TRUE(result.tombstone);
  EXPECT_EQ(result.tombstone->version, 2U);
  const auto found = store_->Find(TypeNamed("Patient"), "a");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->deleted);
  EXPECT_EQ(found->json, "");
  EXPECT_EQ(Ids("Patient", ""), "");
  EXPECT_EQ(Ids("Patient", "gender=male"), "");
  EXPECT_EQ(Ids("Patient", "_id=a"), "");
  EXPECT_TRUE(store_->FindVersion(TypeNamed("Patient"), "a", 1));
}

TEST_F(WriteTest, DeletingTwiceMakesOneTombstone) {
  Put(R"({"resourceType":"Patient","id":"a"})");
  Delete("Patient", "a");
  const DeleteResult again = Delete("Patient", "a");
  EXPECT_TRUE(again.existed);
  EXPECT_EQ(again.tombstone->version, 2U);
  EXPECT_FALSE(Delete("Patient", "never").existed);
}

// http.html, update: 201 also when a resource is brought back to life.
TEST_F(WriteTest, UpdateRevivesADeletedResourceAsCreated) {
  Put(R"({"resourceType":"Patient","id":"a","gender":"male"})");
  Delete("Patient", "a");
  const WriteResult revived = Put(R"({"resourceType":"Patient","id":"a","gender":"other"})");
  EXPECT_EQ(revived.kind, WriteKind::kCreated);
  EXPECT_EQ(revived.stored.version, 3U);
  EXPECT_EQ(Ids("Patient", "gender=other"), "a");
  EXPECT_EQ(Ids("Patient", "gender=male"), "");
  EXPECT_EQ(Ids("Patient", "createdAt=2026-01-02"), "a");
}

TEST_F(WriteTest, PreconditionsAreChecked) {
  Put(R"({"resourceType":"Patient","id":"a"})");
  const auto put = [&](const Precondition& precondition) {
    return ErrorKindOf([&] { Put(R"({"resourceType":"Patient","id":"a"})", precondition); });
  };
  EXPECT_EQ(put({.if_match = {2}}), core::ErrorKind::kPreconditionFailed);
  EXPECT_EQ(put({.if_match = {1}}), std::nullopt);
  EXPECT_EQ(put({.if_match = {}, .if_none_match = true}), core::ErrorKind::kPreconditionFailed);
  Delete("Patient", "a");
  EXPECT_EQ(put({.if_match = {}, .if_none_match = true}), core::ErrorKind::kPreconditionFailed);
  EXPECT_EQ(put({.if_match = {3}}), core::ErrorKind::kPreconditionFailed);
}

TEST_F(WriteTest, FaultyResourcesAreRefusedWithTheirIssues) {
  const json::Document patient = Parsed(R"({"resourceType":"Patient","nonsense":1,"active":"x"})");
  try {
    store_->Create(TypeNamed("Patient"), patient.root(), kStrict, {});
    FAIL() << "was accepted";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid);
    EXPECT_EQ(error.issues().size(), 2U);
  }
  EXPECT_EQ(ErrorKindOf([&] {
              store_->Create(TypeNamed("Observation"),
                             Parsed(R"({"resourceType":"Patient"})").root(), kStrict, {});
            }),
            core::ErrorKind::kInvalid);
  EXPECT_EQ(ErrorKindOf([&] {
              store_->Update(TypeNamed("Patient"), "a/b",
                             Parsed(R"({"resourceType":"Patient"})").root(), kStrict, {}, {});
            }),
            core::ErrorKind::kInvalid);
}

TEST_F(WriteTest, TheClockGoingBackNeverMakesANewerVersionOlder) {
  clock_.Advance(seconds(10));
  const auto first = Put(R"({"resourceType":"Patient","id":"a"})");
  clock_.Advance(seconds(-5));
  const auto second = Put(R"({"resourceType":"Patient","id":"a"})");
  EXPECT_EQ(second.stored.last_updated, first.stored.last_updated);
}

TEST_F(WriteTest, EverythingIsThereAfterReopening) {
  Put(R"({"resourceType":"Patient","id":"a","gender":"male","identifier":[{"system":"s","value":"V"}]})");
  Put(R"({"resourceType":"Patient","id":"b"})");
  Delete("Patient", "b");
  Open();
  EXPECT_EQ(Ids("Patient", "identifier=s|v"), "a");
  Put(R"({"resourceType":"Patient","id":"c","gender":"male"})");
  EXPECT_EQ(Ids("Patient", "gender=male"), "a c");
  EXPECT_TRUE(store_->Find(TypeNamed("Patient"), "b")->deleted);
}

TEST_F(WriteTest, KeysThatCollideStayApart) {
  support::TemporaryFolder other;
  OpenOptions options;
  options.key_bits.count = 3;
  OpenDatastore store(store::DatastoreId("c"), other / "c.sqlite", budget_, clock_, ids_, options,
                      [] {});
  for (int i = 0; i < 50; ++i) {
    const std::string id = "p" + std::to_string(i);
    store.Update(TypeNamed("Patient"), id, Parsed(R"({"resourceType":"Patient"})").root(), kStrict,
                 {}, {});
  }
  for (int i = 0; i < 50; ++i) {
    const std::string id = "p" + std::to_string(i);
    const auto found = store.Find(TypeNamed("Patient"), id);
    ASSERT_TRUE(found);
    EXPECT_NE(found->json.find("\"" + id + "\""), std::string::npos);
  }
}

TEST_F(WriteTest, CheckpointsAreKeptUntilDropped) {
  EXPECT_FALSE(store_->FindCheckpoint("j"));
  store_->SaveCheckpoint("j", "one");
  store_->SaveCheckpoint("j", "two");
  EXPECT_EQ(store_->FindCheckpoint("j"), "two");
  store_->DropCheckpoint("j");
  EXPECT_FALSE(store_->FindCheckpoint("j"));
}

TEST_F(WriteTest, IdempotencyKeysAreCommittedAndForgottenAfterADay) {
  const auto find = [&](std::string_view key) {
    const auto found = store_->BeginWrite({})->FindIdempotencyKey(key);
    return found ? std::string(fhir::NameOf(found->type)) + '/' + found->id : "";
  };
  const auto save = [&](std::string_view id) {
    auto writing = store_->BeginWrite({});
    writing->SaveIdempotencyKey("k", TypeNamed("Patient"), id);
    return writing;
  };
  save("a").reset();
  EXPECT_EQ(find("k"), "") << "rolled back";
  save("a")->Commit();
  EXPECT_EQ(find("k"), "Patient/a");
  EXPECT_EQ(find("l"), "");
  Open();
  clock_.Advance(kIdempotencyLifetime);
  EXPECT_EQ(find("k"), "Patient/a");
  clock_.Advance(seconds(1));
  EXPECT_EQ(find("k"), "");
  save("b")->Commit();
  EXPECT_EQ(find("k"), "Patient/b");
}

TEST_F(WriteTest, ScanHandsOutLiveResourcesInTheOrderOfFirstStoring) {
  for (const char* id : {"c", "a", "b", "d"}) {
    Put(std::string(R"({"resourceType":"Patient","id":")") + id + "\"}");
  }
  Delete("Patient", "a");
  Put(R"({"resourceType":"Patient","id":"c","active":true})");
  std::string seen;
  std::uint64_t position = 0;
  int calls = 0;
  for (std::optional<std::uint64_t> next = 0; next; ++calls) {
    position = *next;
    next = store_->Scan(position, 2, [&](const ScanItem& item) {
      seen += std::string(Parsed(item.json).root().Find("id")->string());
    });
  }
  EXPECT_EQ(seen, "cbd");
  EXPECT_EQ(calls, 2);
}

TEST_F(WriteTest, ChecksProfilesAtTheLevelStrictAlone) {
  OpenOptions options;
  options.profiles = &fhir::ProfileSet::Base();
  Open(options);
  const std::string text =
      R"({"resourceType":"Patient","id":"a","meta":{"profile":["http://a.example/unknown"]}})";
  EXPECT_THROW(Put(text), core::Error);
  EXPECT_EQ(Import({text})[0].status, 400);
  for (const auto level :
       {fhir::ValidationLevel::kStructureOnly, fhir::ValidationLevel::kMinimal}) {
    EXPECT_TRUE(Put(text, {}, level).issues.empty());
    const LineOutcome outcome = Import({text}, level)[0];
    EXPECT_EQ(outcome.status, 200);
    EXPECT_TRUE(outcome.issues.empty());
  }
}

}  // namespace
}  // namespace healthlake::datastore
