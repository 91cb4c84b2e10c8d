// The steps between row and file by which a data store comes and goes: row, file, row (DESIGN 2).
#pragma once

#include <vector>

#include "control/operations.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::control {

// Of a store in CREATING: makes its file, then ACTIVE; CREATE_FAILED with its cause when that
// fails.
void FinishCreation(Rooms& rooms, const store::DatastoreId& id);

// DELETING, and its jobs end as FAILED; returns them. Part of the caller's transaction.
std::vector<store::JobId> BeginDeletion(store::ControlTables& tables, const store::DatastoreId& id,
                                        core::Timestamp now);

// Of a store in DELETING: waits until no job touches it, removes its file, then DELETED. When the
// file cannot be removed it stays DELETING, and the next start tries again.
void FinishDeletion(Rooms& rooms, const store::DatastoreId& id);

// Wakes whoever waits for these jobs; after the commit that ended them.
void NotifyEnds(Rooms& rooms, const std::vector<store::JobId>& ended);

}  // namespace healthlake::control
