// What the control plane asks of the room that holds the data stores' files.
#pragma once

#include "healthlake/store/ids.hpp"

namespace healthlake::control {

// Thread-safe. Both calls may be repeated after a crash: doing the same again changes nothing.
class DatastoreLifecycle {
 public:
  virtual ~DatastoreLifecycle() = default;
  // Makes the empty store, ready to be written. Throws core::Error when it cannot.
  virtual void Create(const store::DatastoreId& id) = 0;
  // Closes the store and removes all its data; requests that use it end with kNotFound or kGone.
  virtual void Delete(const store::DatastoreId& id) = 0;
};

}  // namespace healthlake::control
