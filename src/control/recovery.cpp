#include "control/recovery.hpp"

#include "control/datastore_steps.hpp"

namespace healthlake::control {

using store::DatastoreStatus;

void PutRight(Rooms& rooms) {
  for (const auto& row : rooms.file.Read()->datastores.ListByStatus(DatastoreStatus::kCreating)) {
    FinishCreation(rooms, row.id);
  }
  // Their jobs ended in the transaction that made them DELETING.
  for (const auto& row : rooms.file.Read()->datastores.ListByStatus(DatastoreStatus::kDeleting)) {
    FinishDeletion(rooms, row.id);
  }
}

}  // namespace healthlake::control
