#include "healthlake/datastore/registry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "datastore_fixture.hpp"
#include "healthlake/store/data_directory.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

using support::ErrorKindOf;

store::DatastoreId StoreNumber(int number) {
  std::string digits = std::to_string(number);
  return store::DatastoreId(std::string(32 - digits.size(), '0') + digits);
}

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() { Make({}); }

  void Make(const RegistryOptions& options) {
    registry_.reset();
    registry_ = MakeRegistry(
        directory_, budget_, clock_, ids_,
        [this](const store::DatastoreId& id) { return !inactive_.contains(id.text()); }, options);
  }
  static void PutPatient(Datastore& store, std::string_view id) {
    store.Update(TypeNamed("Patient"), id, Parsed(R"({"resourceType":"Patient"})").root(), kStrict,
                 {}, {});
  }
  static bool Has(Datastore& store, std::string_view id) {
    return store.Find(TypeNamed("Patient"), id).has_value();
  }

  support::TemporaryFolder folder_;
  store::DataDirectory directory_ = store::DataDirectory::Open(folder_ / "data");
  store::ConnectionBudget budget_;
  support::FakeClock clock_;
  support::SequentialIds ids_;
  std::set<std::string> inactive_;
  std::unique_ptr<Registry> registry_;
};

TEST_F(RegistryTest, LoadGivesTheSameOpenStore) {
  registry_->Create(StoreNumber(1));
  const auto store = registry_->Load(StoreNumber(1));
  EXPECT_EQ(store, registry_->Load(StoreNumber(1)));
  PutPatient(*store, "a");
  EXPECT_TRUE(Has(*registry_->Load(StoreNumber(1)), "a"));
}

TEST_F(RegistryTest, CreateKeepsWhatIsThere) {
  registry_->Create(StoreNumber(1));
  PutPatient(*registry_->Load(StoreNumber(1)), "a");
  registry_->Create(StoreNumber(1));
  EXPECT_TRUE(Has(*registry_->Load(StoreNumber(1)), "a"));
  Make({});
  registry_->Create(StoreNumber(1));
  EXPECT_TRUE(Has(*registry_->Load(StoreNumber(1)), "a"));
}

TEST_F(RegistryTest, UnknownAndInactiveStoresAreNotFound) {
  const auto load = [&](int number) {
    return ErrorKindOf([&] { registry_->Load(StoreNumber(number)); });
  };
  EXPECT_EQ(load(1), core::ErrorKind::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(directory_.store_file(StoreNumber(1))));
  registry_->Create(StoreNumber(1));
  EXPECT_EQ(load(1), std::nullopt);
  inactive_.insert(StoreNumber(1).text());
  EXPECT_EQ(load(1), core::ErrorKind::kNotFound);
}

TEST_F(RegistryTest, DeletedFilesGoWithTheLastUser) {
  registry_->Create(StoreNumber(1));
  auto store = registry_->Load(StoreNumber(1));
  PutPatient(*store, "a");
  registry_->Delete(StoreNumber(1));
  EXPECT_EQ(ErrorKindOf([&] { registry_->Load(StoreNumber(1)); }), core::ErrorKind::kNotFound);
  EXPECT_TRUE(Has(*store, "a"));
  EXPECT_TRUE(std::filesystem::exists(directory_.store_file(StoreNumber(1))));
  store.reset();
  EXPECT_FALSE(std::filesystem::exists(directory_.store_file(StoreNumber(1))));
}

TEST_F(RegistryTest, ClosedAndUnknownStoresCanBeDeleted) {
  registry_->Create(StoreNumber(1));
  Make({});
  registry_->Delete(StoreNumber(1));
  EXPECT_FALSE(std::filesystem::exists(directory_.store_file(StoreNumber(1))));
  registry_->Delete(StoreNumber(2));
}

TEST_F(RegistryTest, IdleStoresAreClosedBeyondTheirNumber) {
  RegistryOptions options;
  options.idle_stores = 2;
  Make(options);
  for (int i = 0; i < 5; ++i) {
    registry_->Create(StoreNumber(i));
    PutPatient(*registry_->Load(StoreNumber(i)), "p" + std::to_string(i));
  }
  // A closed store has no connections; its WAL is gone.
  EXPECT_FALSE(std::filesystem::exists(directory_.store_file(StoreNumber(0)).string() + "-wal"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(Has(*registry_->Load(StoreNumber(i)), "p" + std::to_string(i)));
  }
}

TEST_F(RegistryTest, StoresInUseStayOpen) {
  RegistryOptions options;
  options.idle_stores = 1;
  Make(options);
  registry_->Create(StoreNumber(0));
  const auto held = registry_->Load(StoreNumber(0));
  for (int i = 1; i < 4; ++i) registry_->Create(StoreNumber(i));
  EXPECT_EQ(held, registry_->Load(StoreNumber(0)));
}

// Writers, an import, readers and the maintenance thread at once; every search sees whole states.
TEST_F(RegistryTest, ReadersSeeWholeStatesBesideWritersAndMerges) {
  constexpr int kBatches = 24;  // enough for merges to begin
  constexpr int kBatchSize = 50;
  registry_->Create(StoreNumber(1));
  const auto store = registry_->Load(StoreNumber(1));
  std::atomic<bool> done = false;
  std::atomic<int> broken = 0;
  std::thread reader([&] {
    fhir::SearchLimits limits;
    limits.rules = fhir::SearchRules::kR4;
    const auto count = [&](std::string_view text) {
      return store->Search(fhir::ParseSearchQuery(TypeNamed("Group"), text, limits), {})
          .total.value();
    };
    while (!done) {
      // Batches are committed whole.
      if (count("type=person&_summary=count") % kBatchSize != 0) ++broken;
      if (count("type=animal&_summary=count") > 1) ++broken;
    }
  });
  std::thread writer([&] {
    // One resource that is always of one of two types.
    for (int i = 0; i < 150; ++i) {
      const std::string type = i % 2 == 0 ? "animal" : "device";
      store->Update(
          TypeNamed("Group"), "w",
          Parsed(R"({"resourceType":"Group","actual":true,"type":")" + type + "\"}").root(),
          kStrict, {}, {});
    }
  });
  for (int b = 0; b < kBatches; ++b) {
    const auto batch = store->NewImportBatch(kStrict);
    for (int i = 0; i < kBatchSize; ++i) {
      batch->Add(static_cast<std::uint64_t>(i) + 1,
                 R"({"resourceType":"Group","actual":true,"type":"person","id":")" +
                     std::to_string(b * kBatchSize + i) + "\"}");
    }
    store->CommitImport(*batch, "job", [](auto) { return std::string(); }, {});
  }
  writer.join();
  done = true;
  reader.join();
  EXPECT_EQ(broken, 0);
  EXPECT_EQ(store->Find(TypeNamed("Group"), "w")->version, 150U);
}

}  // namespace
}  // namespace healthlake::datastore
