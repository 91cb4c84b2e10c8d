#include "healthlake/store/control_secrets.hpp"

#include "healthlake/store/connection.hpp"

namespace healthlake::store {
namespace {

constexpr Query kInsert{"insert secret", "INSERT INTO secret (name, value) VALUES (?1, ?2)"};
constexpr Query kFind{"find secret", "SELECT value FROM secret WHERE name = ?1"};

}  // namespace

void SecretRepository::Insert(std::string_view name, std::string_view value) {
  connection_->Run(kInsert, name, Blob{value});
}

std::optional<std::string> SecretRepository::Find(std::string_view name) const {
  Statement row = connection_->Prepare(kFind);
  row.BindAll(name);
  if (!row.Step()) return std::nullopt;
  return std::string(row.Text(0));
}

}  // namespace healthlake::store
