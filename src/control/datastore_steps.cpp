#include "control/datastore_steps.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/jobs/queue.hpp"

namespace healthlake::control {
namespace {

using store::DatastoreStatus;

void Transition(Rooms& rooms, const store::DatastoreId& id, DatastoreStatus to) {
  auto write = rooms.file.Write();
  write->datastores.Transition(id, to, rooms.clock.Now());
  write.Commit();
}

}  // namespace

void FinishCreation(Rooms& rooms, const store::DatastoreId& id) {
  try {
    rooms.registry.Create(id);
  } catch (const core::Error& error) {
    core::Log(core::LogLevel::kError, "data store not created",
              {{"datastore", id.text()}, {"cause", error.what()}});
    auto write = rooms.file.Write();
    write->datastores.Fail(id, error.what(), "RETRYABLE_ERROR", rooms.clock.Now());
    write.Commit();
    return;
  }
  Transition(rooms, id, DatastoreStatus::kActive);
}

std::vector<store::JobId> BeginDeletion(store::ControlTables& tables, const store::DatastoreId& id,
                                        core::Timestamp now) {
  tables.datastores.Transition(id, DatastoreStatus::kDeleting, now);
  tables.transactions.RemoveAllOf(id);
  return tables.jobs.FailAllOf(id, "The data store was deleted", now);
}

void FinishDeletion(Rooms& rooms, const store::DatastoreId& id) {
  try {
    rooms.queue.StopJobsOf(id);
    rooms.registry.Delete(id);
  } catch (const core::Error& error) {
    core::Log(core::LogLevel::kError, "data store not deleted",
              {{"datastore", id.text()}, {"cause", error.what()}});
    return;
  }
  Transition(rooms, id, DatastoreStatus::kDeleted);
}

void NotifyEnds(Rooms& rooms, const std::vector<store::JobId>& ended) {
  for (const store::JobId& job : ended) rooms.signals.Notify(jobs::EndTopic(job));
}

}  // namespace healthlake::control
