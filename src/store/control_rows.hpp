// What the repositories of the control file have in common: rows, states and their steps.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/control_states.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {

// `read` makes a row's value of the statement that stands on it.
template <typename Read>
auto ReadFirst(Statement& statement, Read read)
    -> std::optional<std::invoke_result_t<Read, const Statement&>> {
  if (!statement.Step()) return std::nullopt;
  return read(statement);
}

template <typename Read>
auto ReadAll(Statement& statement, Read read)
    -> std::vector<std::invoke_result_t<Read, const Statement&>> {
  std::vector<std::invoke_result_t<Read, const Statement&>> rows;
  while (statement.Step()) rows.push_back(read(statement));
  return rows;
}

// A name in the file is one that this program wrote.
template <typename Status>
Status LoadStatus(std::optional<Status> found) {
  if (!found) throw core::Error(core::ErrorKind::kInternal, "control file: unknown status");
  return *found;
}

// Throws kInternal for a step that the table lacks.
template <typename Status>
void CheckStep(std::string_view subject, const std::string& id, Status from, Status to) {
  if (MayFollow(from, to)) return;
  std::string message(subject);
  message.append(" ").append(id).append(": no step from ").append(NameOf(from));
  message.append(" to ").append(NameOf(to));
  throw core::Error(core::ErrorKind::kInternal, message);
}

}  // namespace healthlake::store
