// All data stores of the process: finds the open one, opens on demand, closes what is unused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/datastore/datastore.hpp"
#include "healthlake/store/ids.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::fhir {
class ProfileSet;
}
namespace healthlake::store {
class ConnectionBudget;
class DataDirectory;
}  // namespace healthlake::store

namespace healthlake::datastore {

// Thread-safe.
class Registry {
 public:
  virtual ~Registry() = default;

  // The store, opened when it was not; keeps it open while the pointer lives. Throws kNotFound when
  // there is no such store or it is not ACTIVE.
  virtual std::shared_ptr<Datastore> Load(const store::DatastoreId& id) = 0;

  // Makes the store's file; one that exists stays as it is.
  virtual void Create(const store::DatastoreId& id) = 0;
  // From now on Load refuses; the files go once nobody uses the store. Nothing happens when there
  // is none.
  virtual void Delete(const store::DatastoreId& id) = 0;
};

// Which resource types an import accepts.
enum class TypePolicy : std::uint8_t {
  kHealthLake,  // those of reference 8.2
  kAll,
};

struct RegistryOptions {
  store::Durability durability = store::Durability::kNormal;
  TypePolicy types = TypePolicy::kHealthLake;
  // What the level strict checks beside the base; shared by all stores, outlives the registry.
  // Null: profiles are not looked at.
  const fhir::ProfileSet* profiles = nullptr;
  // Page tokens are sealed with it.
  core::Seal seal = {};
  // Stores that nobody uses stay open up to this number, least recently used closed first.
  std::size_t idle_stores = 32;
  // A test without a thread calls nothing and merges nothing.
  enum class Maintenance : std::uint8_t { kBackground, kOff };
  Maintenance maintenance = Maintenance::kBackground;
};

// Asked at every Load: whether the control plane's row says that the store is ACTIVE. Called from
// any thread.
using IsActive = std::function<bool(const store::DatastoreId&)>;

// Everything given must outlive the registry. Destroy it after the last user of a store: it stops
// its maintenance thread and closes the files (WAL checkpointed).
std::unique_ptr<Registry> MakeRegistry(const store::DataDirectory& directory,
                                       store::ConnectionBudget& budget, const core::Clock& clock,
                                       core::IdGenerator& ids, IsActive is_active,
                                       const RegistryOptions& options = {});

}  // namespace healthlake::datastore
