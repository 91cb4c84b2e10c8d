#include "healthlake/store/control_tokens.hpp"

#include "healthlake/store/connection.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {
namespace {

constexpr Query kInsert{"insert client token", R"sql(
INSERT INTO client_token (account, region, operation, token, request_hash, datastore, job, time)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql"};
constexpr Query kFind{"find client token", R"sql(
SELECT request_hash, datastore, job, time
FROM client_token
WHERE account = ?1 AND region = ?2 AND operation = ?3 AND token = ?4)sql"};

}  // namespace

void ClientTokenRepository::Insert(const ClientTokenRow& row) {
  connection_->Run(kInsert, row.owner.account, row.owner.region, row.operation, row.token,
                   row.request_hash, row.datastore.text(), row.job.text(), ToStored(row.time));
}

std::optional<ClientTokenRow> ClientTokenRepository::Find(const core::Owner& owner,
                                                          const std::string& operation,
                                                          const std::string& token) const {
  Statement row = connection_->Prepare(kFind);
  row.BindAll(owner.account, owner.region, operation, token);
  if (!row.Step()) return std::nullopt;
  return ClientTokenRow{owner,
                        operation,
                        token,
                        TextOf(row, 0),
                        DatastoreId(TextOf(row, 1)),
                        JobId(TextOf(row, 2)),
                        FromStored(row.Integer(3))};
}

}  // namespace healthlake::store
