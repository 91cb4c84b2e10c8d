#include "healthlake/store/control_datastores.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "store/control_rows.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {
namespace {

#define HEALTHLAKE_DATASTORE_COLUMNS                                             \
  "sequence, id, account, region, name, status, created_at, sse_configuration, " \
  "preload_configuration, identity_configuration, error_message, error_category "

constexpr Query kInsert{"insert datastore", R"sql(
INSERT INTO datastore (id, account, region, name, status, created_at, sse_configuration,
                       preload_configuration, identity_configuration)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql"};
constexpr Query kInsertTransition{"insert datastore transition", R"sql(
INSERT INTO datastore_transition (datastore, status, time) VALUES (?1, ?2, ?3))sql"};
constexpr Query kSetStatus{"set datastore status",
                           "UPDATE datastore SET status = ?2 WHERE id = ?1"};
constexpr Query kSetError{"set datastore error", R"sql(
UPDATE datastore SET error_message = ?2, error_category = ?3 WHERE id = ?1)sql"};
constexpr Query kRemove{"remove datastore", "DELETE FROM datastore WHERE id = ?1"};
constexpr Query kRemoveAll{"remove datastores", "DELETE FROM datastore"};
constexpr Query kFind{"find datastore",
                      "SELECT " HEALTHLAKE_DATASTORE_COLUMNS "FROM datastore WHERE id = ?1"};
constexpr Query kList{"list datastores", "SELECT " HEALTHLAKE_DATASTORE_COLUMNS R"sql(
FROM datastore
WHERE account = ?1 AND region = ?2
  AND (?3 IS NULL OR name = ?3)
  AND (?4 IS NULL OR status = ?4)
  AND (?5 IS NULL OR created_at < ?5)
  AND (?6 IS NULL OR created_at > ?6)
  AND sequence < ?7
ORDER BY sequence DESC
LIMIT ?8)sql"};
constexpr Query kListByStatus{"list datastores by status", "SELECT " HEALTHLAKE_DATASTORE_COLUMNS
                                                           "FROM datastore WHERE status = ?1 "
                                                           "ORDER BY sequence"};
constexpr Query kTransitions{"datastore transitions", R"sql(
SELECT status, time FROM datastore_transition WHERE datastore = ?1 ORDER BY sequence)sql"};

#undef HEALTHLAKE_DATASTORE_COLUMNS

DatastoreRow ReadRow(const Statement& row) {
  DatastoreRow store;
  store.sequence = row.Integer(0);
  store.id = DatastoreId(TextOf(row, 1));
  store.owner = {TextOf(row, 2), TextOf(row, 3)};
  store.name = TextOf(row, 4);
  store.status = LoadStatus(FindDatastoreStatus(row.Text(5)));
  store.created_at = FromStored(row.Integer(6));
  store.sse_configuration = TextOf(row, 7);
  store.preload_configuration = TextOf(row, 8);
  store.identity_configuration = TextOf(row, 9);
  store.error_message = TextOf(row, 10);
  store.error_category = TextOf(row, 11);
  return store;
}

DatastoreTransition ReadTransition(const Statement& row) {
  return {LoadStatus(FindDatastoreStatus(row.Text(0))), FromStored(row.Integer(1))};
}

}  // namespace

std::int64_t DatastoreRepository::Insert(const DatastoreRow& row) {
  const std::string_view status = NameOf(DatastoreStatus::kCreating);
  const std::int64_t time = ToStored(row.created_at);
  connection_->Run(kInsert, row.id.text(), row.owner.account, row.owner.region, row.name, status,
                   time, row.sse_configuration, row.preload_configuration,
                   row.identity_configuration);
  const std::int64_t sequence = connection_->last_insert_rowid();
  connection_->Run(kInsertTransition, row.id.text(), status, time);
  return sequence;
}

void DatastoreRepository::Transition(const DatastoreId& id, DatastoreStatus to,
                                     core::Timestamp now) {
  const auto row = Find(id);
  if (!row)
    throw core::Error(core::ErrorKind::kNotFound, "data store " + id.text() + " is unknown");
  CheckStep("data store", id.text(), row->status, to);
  connection_->Run(kSetStatus, id.text(), NameOf(to));
  changed_status_ = true;
  connection_->Run(kInsertTransition, id.text(), NameOf(to), ToStored(now));
}

void DatastoreRepository::Fail(const DatastoreId& id, const std::string& message,
                               const std::string& category, core::Timestamp now) {
  Transition(id, DatastoreStatus::kCreateFailed, now);
  connection_->Run(kSetError, id.text(), message, category);
}

void DatastoreRepository::Remove(const DatastoreId& id) {
  connection_->Run(kRemove, id.text());
  changed_status_ = true;
}

void DatastoreRepository::RemoveAll() {
  connection_->Run(kRemoveAll);
  changed_status_ = true;
}

std::optional<DatastoreRow> DatastoreRepository::Find(const DatastoreId& id) const {
  Statement row = connection_->Prepare(kFind);
  row.BindAll(id.text());
  return ReadFirst(row, ReadRow);
}

std::optional<DatastoreRow> DatastoreRepository::Find(const core::Owner& owner,
                                                      const DatastoreId& id) const {
  auto row = Find(id);
  if (row && row->owner != owner) return std::nullopt;
  return row;
}

std::vector<DatastoreRow> DatastoreRepository::List(const DatastoreQuery& query) const {
  std::optional<std::string_view> status;
  if (query.status) status = NameOf(*query.status);
  Statement row = connection_->Prepare(kList);
  row.BindAll(query.owner.account, query.owner.region, query.name, status,
              ToStoredOrNull(query.created_before), ToStoredOrNull(query.created_after),
              query.before_sequence.value_or(INT64_MAX), query.limit);
  return ReadAll(row, ReadRow);
}

std::vector<DatastoreRow> DatastoreRepository::ListByStatus(DatastoreStatus status) const {
  Statement row = connection_->Prepare(kListByStatus);
  row.BindAll(NameOf(status));
  return ReadAll(row, ReadRow);
}

std::vector<DatastoreTransition> DatastoreRepository::Transitions(const DatastoreId& id) const {
  Statement row = connection_->Prepare(kTransitions);
  row.BindAll(id.text());
  return ReadAll(row, ReadTransition);
}

}  // namespace healthlake::store
