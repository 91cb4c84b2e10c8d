#include "unit/jobs/fakes.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "healthlake/json/tree.hpp"

namespace healthlake::jobs::testing {
namespace {

using core::Error;
using core::ErrorKind;

std::string NameOf(const objects::ObjectUri& uri) {
  return uri.bucket + "/" + uri.key;
}

class MemoryListing final : public objects::ObjectListing {
 public:
  explicit MemoryListing(std::vector<objects::ObjectInfo> objects) : objects_(std::move(objects)) {}
  bool Next(objects::ObjectInfo& object) override {
    if (next_ == objects_.size()) return false;
    object = objects_[next_++];
    return true;
  }

 private:
  std::vector<objects::ObjectInfo> objects_;
  std::size_t next_ = 0;
};

class MemoryReader final : public objects::ObjectReader {
 public:
  MemoryReader(std::string bytes, std::uint64_t offset)
      : bytes_(std::move(bytes)), offset_(std::min<std::uint64_t>(offset, bytes_.size())) {}
  std::size_t Read(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min(capacity, bytes_.size() - offset_);
    std::memcpy(buffer, bytes_.data() + offset_, count);
    offset_ += count;
    return count;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
  std::uint64_t offset_;
};

}  // namespace

void FakeBatch::Add(std::uint64_t line, std::string_view text) {
  FakeLine fake;
  fake.outcome.line = line;
  fake.outcome.status = 400;
  fake.text = text;
  const std::optional<json::Tree> tree = json::ParseTree(text);
  if (!tree || !tree->is_object()) {
    fake.outcome.issues.push_back(
        {core::Severity::kError, "invalid", "Invalid JSON found in input file", ""});
  } else if (!tree->contains("id")) {
    fake.outcome.issues.push_back(
        {core::Severity::kError, "required", "Missing required id field in resource json", ""});
  } else {
    fake.outcome.status = 201;
    fake.outcome.type = tree->at("resourceType").get<std::string>();
    fake.outcome.id = tree->at("id").get<std::string>();
    if (tree->contains("odd")) {
      fake.outcome.issues.push_back(
          {core::Severity::kError, "processing", "Unrecognised property '@odd'", "Patient"});
      if (level_ != fhir::ValidationLevel::kMinimal) fake.outcome.status = 400;
    }
  }
  lines.push_back(std::move(fake));
}

void FakeBatch::Refuse(std::uint64_t line, core::Issue issue) {
  FakeLine fake;
  fake.outcome.line = line;
  fake.outcome.status = 400;
  fake.outcome.issues.push_back(std::move(issue));
  lines.push_back(std::move(fake));
}

void FakeDatastore::CommitImport(datastore::ImportBatch& batch, std::string_view job_id,
                                 const BeforeCommit& before, const core::Cancel& cancel) {
  const std::lock_guard lock(mutex_);
  if (fault) throw *fault;
  if (cancel.Requested()) throw Error(ErrorKind::kUnavailable, "cancelled");
  auto& lines = dynamic_cast<FakeBatch&>(batch).lines;
  auto resources = resources_;
  auto places = places_;
  std::vector<datastore::LineOutcome> outcomes;
  for (FakeLine& line : lines) {
    if (line.outcome.status < 400) {
      const std::string key = line.outcome.type + "/" + line.outcome.id;
      const auto [place, created] = places.emplace(key, resources.size());
      if (created) resources.push_back({line.outcome.type, {}, 0});
      resources[place->second].json = line.text;
      ++resources[place->second].versions;
      line.outcome.status = created ? 201 : 200;
    }
    outcomes.push_back(line.outcome);
  }
  std::string checkpoint = before(outcomes);
  resources_ = std::move(resources);
  places_ = std::move(places);
  checkpoints_.insert_or_assign(std::string(job_id), std::move(checkpoint));
}

std::optional<std::string> FakeDatastore::FindCheckpoint(std::string_view job_id) {
  const std::lock_guard lock(mutex_);
  const auto found = checkpoints_.find(job_id);
  return found == checkpoints_.end() ? std::nullopt : std::optional(found->second);
}

void FakeDatastore::SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) {
  const std::lock_guard lock(mutex_);
  if (fault) throw *fault;
  checkpoints_.insert_or_assign(std::string(job_id), std::string(checkpoint));
}

void FakeDatastore::DropCheckpoint(std::string_view job_id) {
  const std::lock_guard lock(mutex_);
  checkpoints_.erase(std::string(job_id));
}

std::optional<std::uint64_t> FakeDatastore::Scan(
    std::uint64_t position, std::size_t limit,
    const std::function<void(const datastore::ScanItem&)>& each) {
  const std::lock_guard lock(mutex_);
  std::size_t next = position;
  for (; next < resources_.size() && next < position + limit; ++next) {
    each({*fhir::FindResourceType(resources_[next].type), resources_[next].json});
  }
  return next < resources_.size() ? std::optional<std::uint64_t>(next) : std::nullopt;
}

std::vector<FakeDatastore::Stored> FakeDatastore::Resources() const {
  const std::lock_guard lock(mutex_);
  return resources_;
}

bool FakeDatastore::HasCheckpoints() const {
  const std::lock_guard lock(mutex_);
  return !checkpoints_.empty();
}

std::shared_ptr<datastore::Datastore> FakeRegistry::Load(const store::DatastoreId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = stores.find(id);
  if (found == stores.end()) {
    throw Error(ErrorKind::kNotFound, "Data store '" + id.text() + "' does not exist.");
  }
  return found->second;
}

void FakeRegistry::Create(const store::DatastoreId& id) {
  const std::lock_guard lock(mutex_);
  stores.emplace(id, std::make_shared<FakeDatastore>(batch_lines));
}

void FakeRegistry::Delete(const store::DatastoreId& id) {
  const std::lock_guard lock(mutex_);
  stores.erase(id);
}

std::unique_ptr<objects::ObjectListing> MemoryStorage::List(const objects::ObjectUri& prefix) {
  const std::lock_guard lock(mutex_);
  std::vector<objects::ObjectInfo> found;
  for (const auto& [name, bytes] : objects_) {
    if (name.starts_with(NameOf(prefix))) {
      found.push_back({name.substr(prefix.bucket.size() + 1), bytes.size()});
    }
  }
  if (found.empty()) throw Error(ErrorKind::kNotFound, "nothing at " + prefix.text());
  return std::make_unique<MemoryListing>(std::move(found));
}

std::optional<objects::ObjectInfo> MemoryStorage::Find(const objects::ObjectUri& uri) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(NameOf(uri));
  if (found == objects_.end()) return std::nullopt;
  return objects::ObjectInfo{uri.key, found->second.size()};
}

std::unique_ptr<objects::ObjectReader> MemoryStorage::OpenRead(const objects::ObjectUri& uri,
                                                               std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const std::string name = NameOf(uri);
  if (std::find(unreadable.begin(), unreadable.end(), name) != unreadable.end()) {
    throw Error(ErrorKind::kAccessDenied, "no access to " + uri.text());
  }
  const auto found = objects_.find(name);
  if (found == objects_.end()) throw Error(ErrorKind::kNotFound, "no object " + uri.text());
  return std::make_unique<MemoryReader>(found->second, offset);
}

void MemoryStorage::Put(const objects::ObjectUri& uri, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (fault) throw *fault;
  objects_[NameOf(uri)] = bytes;
}

void MemoryStorage::PutFile(const objects::ObjectUri& uri, const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    if (Find(uri)) return;
    throw Error(ErrorKind::kNotFound, "neither file nor object " + uri.text());
  }
  std::ifstream stream(file, std::ios::binary);
  Put(uri, std::string(std::istreambuf_iterator<char>(stream), {}));
  std::filesystem::remove(file);
}

std::map<std::string, std::string> MemoryStorage::All() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

std::string MemoryStorage::Get(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  return found == objects_.end() ? "(no such object)" : found->second;
}

void MemoryStorage::Set(const std::string& name, std::string bytes) {
  const std::lock_guard lock(mutex_);
  objects_[name] = std::move(bytes);
}

}  // namespace healthlake::jobs::testing
