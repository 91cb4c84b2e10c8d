// Finding the data store that a request names, with the errors that all operations share.
#pragma once

#include "healthlake/core/arn.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::control {

// Throws core::Error{kNotFound} naming the id when the owner has no such store. DELETED ones are
// found: they stay visible (reference 1.7).
store::DatastoreRow LoadDatastore(const store::ControlTables& tables, const core::Owner& owner,
                                  const store::DatastoreId& id);

// The same for what needs the store to work: kGone (ResourceNotFoundException) when it is DELETED,
// kInvalid in any other state but ACTIVE (both our choice: the model has no ConflictException
// there).
store::DatastoreRow LoadActiveDatastore(const store::ControlTables& tables,
                                        const core::Owner& owner, const store::DatastoreId& id);

[[noreturn]] void ThrowDeleted(const store::DatastoreId& id);

}  // namespace healthlake::control
