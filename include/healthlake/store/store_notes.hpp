// Small facts kept in a data store's file: how far jobs have come, what the file was made with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace healthlake::store {

class Connection;
class WriteTransaction;

// checkpoint_table: where a job goes on after a crash; opaque text, committed with the job's batch.
std::optional<std::string> FindCheckpoint(Connection& connection, std::string_view job_id);
void SaveCheckpoint(WriteTransaction& transaction, std::string_view job_id, std::string_view text);
void DropCheckpoint(WriteTransaction& transaction, std::string_view job_id);

// meta table: named facts about the file, such as the hash of the definitions that its index was
// built with.
std::optional<std::string> FindMeta(Connection& connection, std::string_view key);
void SaveMeta(WriteTransaction& transaction, std::string_view key, std::string_view value);

}  // namespace healthlake::store
