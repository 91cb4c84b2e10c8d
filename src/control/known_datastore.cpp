#include "control/known_datastore.hpp"

#include "healthlake/core/error.hpp"

namespace healthlake::control {

store::DatastoreRow LoadDatastore(const store::ControlTables& tables, const core::Owner& owner,
                                  const store::DatastoreId& id) {
  auto row = tables.datastores.Find(owner, id);
  if (!row) {
    throw core::Error(core::ErrorKind::kNotFound, "Data store " + id.text() + " was not found");
  }
  return *std::move(row);
}

store::DatastoreRow LoadActiveDatastore(const store::ControlTables& tables,
                                        const core::Owner& owner, const store::DatastoreId& id) {
  auto row = LoadDatastore(tables, owner, id);
  if (row.status == store::DatastoreStatus::kActive) return row;
  if (row.status == store::DatastoreStatus::kDeleted) ThrowDeleted(id);
  throw core::Error(core::ErrorKind::kInvalid, "Data store " + id.text() + " is not ACTIVE but " +
                                                   std::string(NameOf(row.status)));
}

void ThrowDeleted(const store::DatastoreId& id) {
  throw core::Error(core::ErrorKind::kGone, "Data store " + id.text() + " has been deleted");
}

}  // namespace healthlake::control
