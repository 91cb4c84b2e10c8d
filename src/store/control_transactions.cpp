#include "healthlake/store/control_transactions.hpp"

#include "healthlake/store/connection.hpp"
#include "store/control_rows.hpp"
#include "store/control_schema.hpp"
#include "store/zstd_frame.hpp"

namespace healthlake::store {
namespace {

#define HEALTHLAKE_TRANSACTION_COLUMNS                                                       \
  "sequence, id, datastore, status, submit_time, end_time, base, headers, response_status, " \
  "response "

constexpr Query kInsert{"insert transaction", R"sql(
INSERT INTO transaction_request (id, datastore, status, submit_time, base, headers)
VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql"};
constexpr Query kInsertBundle{"insert transaction bundle", R"sql(
INSERT INTO transaction_bundle (request, packed) VALUES (?1, ?2))sql"};
constexpr Query kFindInterrupted{"find interrupted transaction",
                                 "SELECT " HEALTHLAKE_TRANSACTION_COLUMNS R"sql(
FROM transaction_request
WHERE end_time IS NULL AND status = 'IN_PROGRESS' AND process <> ?1
ORDER BY sequence
LIMIT 1)sql"};
constexpr Query kFindSubmitted{"find submitted transaction",
                               "SELECT " HEALTHLAKE_TRANSACTION_COLUMNS R"sql(
FROM transaction_request
WHERE end_time IS NULL AND status = 'SUBMITTED'
  AND datastore NOT IN (
    SELECT datastore FROM transaction_request WHERE end_time IS NULL AND status = 'IN_PROGRESS')
ORDER BY sequence
LIMIT 1)sql"};
constexpr Query kClaim{"claim transaction", R"sql(
UPDATE transaction_request SET status = 'IN_PROGRESS', process = ?2 WHERE id = ?1)sql"};
constexpr Query kFinish{"finish transaction", R"sql(
UPDATE transaction_request
SET status = ?2, end_time = ?3, response_status = ?4, response = ?5
WHERE id = ?1)sql"};
constexpr Query kDropBundle{"drop transaction bundle",
                            "DELETE FROM transaction_bundle WHERE request = ?1"};
constexpr Query kRemoveEnded{"remove ended transactions", R"sql(
DELETE FROM transaction_request WHERE end_time < ?1)sql"};
constexpr Query kRemoveAllOf{"remove transactions of a store", R"sql(
DELETE FROM transaction_request WHERE datastore = ?1)sql"};
constexpr Query kFind{"find transaction", "SELECT " HEALTHLAKE_TRANSACTION_COLUMNS R"sql(
FROM transaction_request WHERE id = ?1)sql"};
constexpr Query kFindBundle{"find transaction bundle",
                            "SELECT packed FROM transaction_bundle WHERE request = ?1"};
constexpr Query kCountPending{"count pending transactions", R"sql(
SELECT count(*) FROM transaction_request WHERE end_time IS NULL AND datastore = ?1)sql"};
constexpr Query kListUntidied{"list untidied transactions",
                              "SELECT " HEALTHLAKE_TRANSACTION_COLUMNS R"sql(
FROM transaction_request
WHERE end_time IS NOT NULL AND id IN (SELECT request FROM transaction_bundle)
ORDER BY sequence)sql"};

#undef HEALTHLAKE_TRANSACTION_COLUMNS

TransactionRow ReadRow(const Statement& row) {
  TransactionRow request;
  request.sequence = row.Integer(0);
  request.id = TransactionId(TextOf(row, 1));
  request.datastore = DatastoreId(TextOf(row, 2));
  request.status = LoadStatus(FindTransactionStatus(row.Text(3)));
  request.submit_time = FromStored(row.Integer(4));
  if (!row.IsNull(5)) request.end_time = FromStored(row.Integer(5));
  request.base = TextOf(row, 6);
  request.headers = TextOf(row, 7);
  request.response_status = static_cast<int>(row.Integer(8));
  request.response = TextOf(row, 9);
  return request;
}

std::optional<TransactionRow> FindRow(Connection& connection, const TransactionId& id) {
  Statement row = connection.Prepare(kFind);
  row.BindAll(id.text());
  return ReadFirst(row, ReadRow);
}

}  // namespace

std::string PackBundle(std::string_view json) {
  return CompressFrame(json);
}

std::string UnpackBundle(std::string_view packed) {
  return DecompressFrame(packed, "transaction bundle");
}

void TransactionRepository::Insert(const TransactionRow& row, std::string_view packed_bundle) {
  connection_->Run(kInsert, row.id.text(), row.datastore.text(),
                   NameOf(TransactionStatus::kSubmitted), ToStored(row.submit_time), row.base,
                   row.headers);
  connection_->Run(kInsertBundle, row.id.text(), Blob{packed_bundle});
}

std::optional<TransactionRow> TransactionRepository::ClaimNext(std::int64_t process) {
  std::optional<TransactionRow> request;
  {
    Statement row = connection_->Prepare(kFindInterrupted);
    row.BindAll(process);
    request = ReadFirst(row, ReadRow);
  }
  if (!request) {
    Statement row = connection_->Prepare(kFindSubmitted);
    request = ReadFirst(row, ReadRow);
  }
  if (!request) return std::nullopt;
  connection_->Run(kClaim, request->id.text(), process);
  request->status = TransactionStatus::kInProgress;
  return request;
}

bool TransactionRepository::Finish(const TransactionId& id, TransactionStatus to,
                                   int response_status, std::string_view response,
                                   core::Timestamp now) {
  const auto row = FindRow(*connection_, id);
  if (!row || HasEnded(row->status)) return false;
  CheckStep("transaction", id.text(), row->status, to);
  connection_->Run(kFinish, id.text(), NameOf(to), ToStored(now), response_status, response);
  return true;
}

void TransactionRepository::DropBundle(const TransactionId& id) {
  connection_->Run(kDropBundle, id.text());
}

void TransactionRepository::RemoveEndedBefore(core::Timestamp time) {
  connection_->Run(kRemoveEnded, ToStored(time));
}

void TransactionRepository::RemoveAllOf(const DatastoreId& datastore) {
  connection_->Run(kRemoveAllOf, datastore.text());
}

std::optional<TransactionRow> TransactionRepository::Find(const DatastoreId& datastore,
                                                          const TransactionId& id) const {
  auto row = FindRow(*connection_, id);
  if (row && row->datastore != datastore) return std::nullopt;
  return row;
}

std::optional<std::string> TransactionRepository::FindPackedBundle(const TransactionId& id) const {
  Statement row = connection_->Prepare(kFindBundle);
  row.BindAll(id.text());
  return ReadFirst(row, [](const Statement& found) { return TextOf(found, 0); });
}

std::int64_t TransactionRepository::CountPending(const DatastoreId& datastore) const {
  return connection_->FindInteger(kCountPending, datastore.text()).value_or(0);
}

std::vector<TransactionRow> TransactionRepository::ListUntidied() const {
  Statement row = connection_->Prepare(kListUntidied);
  return ReadAll(row, ReadRow);
}

}  // namespace healthlake::store
