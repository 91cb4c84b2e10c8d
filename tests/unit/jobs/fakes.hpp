// A data store, its registry and an object storage that live in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/objects/object_storage.hpp"

namespace healthlake::jobs::testing {

struct FakeLine {
  datastore::LineOutcome outcome;
  std::string text;
};

// A resource with a member "odd" is not valid.
class FakeBatch final : public datastore::ImportBatch {
 public:
  FakeBatch(std::size_t capacity, fhir::ValidationLevel level)
      : capacity_(capacity), level_(level) {}

  void Add(std::uint64_t line, std::string_view text) override;
  void Refuse(std::uint64_t line, core::Issue issue) override;
  bool full() const override { return lines.size() >= capacity_; }
  bool empty() const override { return lines.empty(); }

  std::vector<FakeLine> lines;

 private:
  std::size_t capacity_;
  fhir::ValidationLevel level_;
};

// Resources keep what was committed, in the order of first storing; a batch that fails leaves no
// trace. A batch is full with `batch_lines` lines.
class FakeDatastore final : public datastore::Datastore {
 public:
  explicit FakeDatastore(std::size_t batch_lines) : batch_lines_(batch_lines) {}

  std::optional<datastore::StoredVersion> Find(fhir::ResourceType, std::string_view) override {
    return std::nullopt;
  }
  std::optional<datastore::StoredVersion> FindVersion(fhir::ResourceType, std::string_view,
                                                      std::uint64_t) override {
    return std::nullopt;
  }
  std::unique_ptr<datastore::Draft> Prepare(const datastore::DraftOptions&,
                                            const json::Value&) override {
    return nullptr;
  }
  std::unique_ptr<datastore::Writing> BeginWrite(const core::Cancel&) override { return nullptr; }
  std::string NewId() override { return {}; }
  datastore::SearchPage Search(const fhir::SearchQuery&, const core::Cancel&) override {
    return {};
  }
  std::optional<datastore::EverythingPage> Everything(const datastore::EverythingQuery&,
                                                      const core::Cancel&) override {
    return std::nullopt;
  }
  datastore::HistoryPage History(const datastore::HistoryQuery&, const core::Cancel&) override {
    return {};
  }
  std::unique_ptr<datastore::ImportBatch> NewImportBatch(fhir::ValidationLevel level) override {
    return std::make_unique<FakeBatch>(batch_lines_, level);
  }
  void CommitImport(datastore::ImportBatch& batch, std::string_view job_id,
                    const BeforeCommit& before, const core::Cancel& cancel) override;
  std::optional<std::string> FindCheckpoint(std::string_view job_id) override;
  void SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) override;
  void DropCheckpoint(std::string_view job_id) override;
  std::optional<std::uint64_t> Scan(
      std::uint64_t position, std::size_t limit,
      const std::function<void(const datastore::ScanItem&)>& each) override;

  struct Stored {
    std::string type;
    std::string json;
    int versions = 0;
  };
  std::vector<Stored> Resources() const;
  bool HasCheckpoints() const;
  // Set: every write throws it.
  std::optional<core::Error> fault;

 private:
  mutable std::mutex mutex_;
  std::size_t batch_lines_;
  std::vector<Stored> resources_;
  std::map<std::string, std::size_t, std::less<>> places_;  // by type/id
  std::map<std::string, std::string, std::less<>> checkpoints_;
};

class FakeRegistry final : public datastore::Registry {
 public:
  std::shared_ptr<datastore::Datastore> Load(const store::DatastoreId& id) override;
  void Create(const store::DatastoreId& id) override;
  void Delete(const store::DatastoreId& id) override;

  std::map<store::DatastoreId, std::shared_ptr<FakeDatastore>> stores;
  std::size_t batch_lines = 3;

 private:
  std::mutex mutex_;
};

class MemoryStorage final : public objects::ObjectStorage {
 public:
  std::unique_ptr<objects::ObjectListing> List(const objects::ObjectUri& prefix) override;
  std::optional<objects::ObjectInfo> Find(const objects::ObjectUri& uri) override;
  std::unique_ptr<objects::ObjectReader> OpenRead(const objects::ObjectUri& uri,
                                                  std::uint64_t offset) override;
  void Put(const objects::ObjectUri& uri, std::string_view bytes) override;
  void PutFile(const objects::ObjectUri& uri, const std::filesystem::path& file) override;

  // By "bucket/key".
  std::map<std::string, std::string> All() const;
  std::string Get(const std::string& name) const;
  void Set(const std::string& name, std::string bytes);
  // Objects that exist and cannot be read.
  std::vector<std::string> unreadable;
  // Set: every Put throws it.
  std::optional<core::Error> fault;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
};

}  // namespace healthlake::jobs::testing
