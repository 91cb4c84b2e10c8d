// All data stores of the process: finds the open one, opens on demand, closes what is unused.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "healthlake/datastore/datastore.hpp"
#include "healthlake/store/ids.hpp"

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
  // From now on Load refuses; the files go once nobody uses the store.
  virtual void Delete(const store::DatastoreId& id) = 0;
};

}  // namespace healthlake::datastore
