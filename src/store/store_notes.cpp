#include "healthlake/store/store_notes.hpp"

#include "healthlake/store/connection.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::store {
namespace {

constexpr Query kFindCheckpoint{"find checkpoint",
                                "SELECT text FROM checkpoint_table WHERE job_id = ?1"};
constexpr Query kSaveCheckpoint{"save checkpoint",
                                "INSERT INTO checkpoint_table (job_id, text) VALUES (?1, ?2)"
                                " ON CONFLICT (job_id) DO UPDATE SET text = excluded.text"};
constexpr Query kDropCheckpoint{"drop checkpoint",
                                "DELETE FROM checkpoint_table WHERE job_id = ?1"};
constexpr Query kFindMeta{"find meta", "SELECT value FROM meta WHERE key = ?1"};
constexpr Query kSaveMeta{"save meta",
                          "INSERT INTO meta (key, value) VALUES (?1, ?2)"
                          " ON CONFLICT (key) DO UPDATE SET value = excluded.value"};

std::optional<std::string> FindText(Connection& connection, const Query& query,
                                    std::string_view key) {
  Statement statement = connection.Prepare(query);
  statement.BindAll(key);
  if (!statement.Step()) return std::nullopt;
  return std::string(statement.Text(0));
}

}  // namespace

std::optional<std::string> FindCheckpoint(Connection& connection, std::string_view job_id) {
  return FindText(connection, kFindCheckpoint, job_id);
}

void SaveCheckpoint(WriteTransaction& transaction, std::string_view job_id, std::string_view text) {
  transaction.connection().Run(kSaveCheckpoint, job_id, text);
}

void DropCheckpoint(WriteTransaction& transaction, std::string_view job_id) {
  transaction.connection().Run(kDropCheckpoint, job_id);
}

std::optional<std::string> FindMeta(Connection& connection, std::string_view key) {
  return FindText(connection, kFindMeta, key);
}

void SaveMeta(WriteTransaction& transaction, std::string_view key, std::string_view value) {
  transaction.connection().Run(kSaveMeta, key, value);
}

}  // namespace healthlake::store
