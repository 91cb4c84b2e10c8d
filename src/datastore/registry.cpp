#include "healthlake/datastore/registry.hpp"

#include <list>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "datastore/maintenance.hpp"
#include "datastore/open_datastore.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/data_directory.hpp"

namespace healthlake::datastore {
namespace {

class StoreRegistry final : public Registry {
 public:
  StoreRegistry(const store::DataDirectory& directory, store::ConnectionBudget& budget,
                const core::Clock& clock, core::IdGenerator& ids, IsActive is_active,
                const RegistryOptions& options)
      : directory_(directory),
        budget_(budget),
        clock_(clock),
        ids_(ids),
        is_active_(std::move(is_active)),
        options_(options) {
    if (options.maintenance == RegistryOptions::Maintenance::kBackground) {
      maintenance_ = std::make_unique<Maintenance>(
          [this](const store::DatastoreId& id, const core::Cancel& cancel) {
            if (const auto open = FindOpen(id)) open->Maintain(cancel);
          });
    }
  }

  ~StoreRegistry() override { maintenance_.reset(); }

  std::shared_ptr<Datastore> Load(const store::DatastoreId& id) override {
    if (!is_active_(id)) ThrowNotFound(id);
    std::vector<std::shared_ptr<OpenDatastore>> closing;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(id); found != open_.end()) {
      Touch(found->second);
      return found->second.store;
    }
    // Asked again under the lock: a Delete since the first question must not see its file come
    // back.
    const std::filesystem::path path = directory_.store_file(id);
    if (doomed_.contains(id) || !is_active_(id) || !std::filesystem::exists(path)) {
      ThrowNotFound(id);
    }
    return Open(id, path, closing);
  }

  void Create(const store::DatastoreId& id) override {
    std::vector<std::shared_ptr<OpenDatastore>> closing;
    const std::lock_guard lock(mutex_);
    if (!open_.contains(id)) Open(id, directory_.store_file(id), closing);
  }

  void Delete(const store::DatastoreId& id) override {
    if (maintenance_) maintenance_->Drop(id);
    std::shared_ptr<OpenDatastore> last;
    {
      const std::lock_guard lock(mutex_);
      const auto found = open_.find(id);
      if (found == open_.end()) {
        if (!doomed_.contains(id)) directory_.RemoveStore(id);
        return;
      }
      doomed_[id] = found->second.store;
      last = std::move(found->second.store);
      recent_.erase(found->second.place);
      open_.erase(found);
    }
    // When nobody else holds it, this is the last use: its deleter removes the files.
    last.reset();
  }

 private:
  struct Entry {
    std::shared_ptr<OpenDatastore> store;
    std::list<store::DatastoreId>::iterator place;  // in recent_
  };

  [[noreturn]] static void ThrowNotFound(const store::DatastoreId& id) {
    throw core::Error(core::ErrorKind::kNotFound, "There is no active data store " + id.text());
  }

  void Touch(Entry& entry) { recent_.splice(recent_.begin(), recent_, entry.place); }

  std::shared_ptr<OpenDatastore> FindOpen(const store::DatastoreId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : found->second.store;
  }

  // With the lock held. What is closed to make room goes to `closing`.
  std::shared_ptr<OpenDatastore> Open(const store::DatastoreId& id,
                                      const std::filesystem::path& path,
                                      std::vector<std::shared_ptr<OpenDatastore>>& closing) {
    OpenOptions options;
    options.durability = options_.durability;
    options.types = options_.types;
    options.profiles = options_.profiles;
    options.seal = options_.seal;
    options.batch_budget = batch_budget_;
    options.versions = versions_;
    std::function<void()> ask;
    if (maintenance_) ask = [this, id] { maintenance_->Ask(id); };
    std::shared_ptr<OpenDatastore> store(
        new OpenDatastore(id, path, budget_, clock_, ids_, options, std::move(ask)),
        [this, id](OpenDatastore* closed) { Close(id, closed); });
    recent_.push_front(id);
    open_[id] = {store, recent_.begin()};
    CloseIdle(closing);
    return store;
  }

  // Runs where the last pointer goes, never with the lock held.
  void Close(const store::DatastoreId& id, OpenDatastore* store) {
    delete store;
    const std::lock_guard lock(mutex_);
    if (doomed_.erase(id) != 0) directory_.RemoveStore(id);
  }

  void CloseIdle(std::vector<std::shared_ptr<OpenDatastore>>& closing) {
    auto place = recent_.end();
    while (open_.size() > options_.idle_stores && place != recent_.begin()) {
      --place;
      const auto found = open_.find(*place);
      // Only this map holds it, and new holders need the lock.
      if (found->second.store.use_count() != 1) continue;
      closing.push_back(std::move(found->second.store));
      open_.erase(found);
      place = recent_.erase(place);
    }
  }

  const store::DataDirectory& directory_;
  store::ConnectionBudget& budget_;
  const core::Clock& clock_;
  core::IdGenerator& ids_;
  const IsActive is_active_;
  const RegistryOptions options_;
  const std::shared_ptr<BatchBudget> batch_budget_ = std::make_shared<BatchBudget>();
  const std::shared_ptr<VersionCache> versions_ =
      std::make_shared<VersionCache>(kVersionCacheBytes);
  std::mutex mutex_;
  std::map<store::DatastoreId, std::weak_ptr<OpenDatastore>> doomed_;  // deleted, still in use
  std::list<store::DatastoreId> recent_;                               // most recent first
  std::map<store::DatastoreId, Entry> open_;
  std::unique_ptr<Maintenance> maintenance_;
};

}  // namespace

std::unique_ptr<Registry> MakeRegistry(const store::DataDirectory& directory,
                                       store::ConnectionBudget& budget, const core::Clock& clock,
                                       core::IdGenerator& ids, IsActive is_active,
                                       const RegistryOptions& options) {
  return std::make_unique<StoreRegistry>(directory, budget, clock, ids, std::move(is_active),
                                         options);
}

}  // namespace healthlake::datastore
