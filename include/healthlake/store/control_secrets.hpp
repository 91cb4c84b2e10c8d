// Secrets of the process that outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace healthlake::store {

class Connection;

// Bytes by name. Confined to the transaction whose connection it has.
class SecretRepository {
 public:
  explicit SecretRepository(Connection& connection) : connection_(&connection) {}

  // Throws core::Error{kConflict} when there is one of that name.
  void Insert(std::string_view name, std::string_view value);
  std::optional<std::string> Find(std::string_view name) const;

 private:
  Connection* connection_;
};

}  // namespace healthlake::store
