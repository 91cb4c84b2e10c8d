// ClientTokens: which request was already answered, and with what.
#pragma once

#include <optional>
#include <string>

#include "healthlake/core/arn.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::store {

class Connection;

struct ClientTokenRow {
  core::Owner owner;
  std::string operation;  // AWS's name: a token of one operation says nothing about another
  std::string token;
  std::string request_hash;  // of the request without its token
  DatastoreId datastore;     // made by the request, or that its job belongs to
  JobId job;                 // made by the request; empty for data stores
  core::Timestamp time;
};

// Confined to the transaction whose connection it has.
class ClientTokenRepository {
 public:
  explicit ClientTokenRepository(Connection& connection) : connection_(&connection) {}

  // Throws core::Error{kConflict} when the owner has used the token for this operation.
  void Insert(const ClientTokenRow& row);
  std::optional<ClientTokenRow> Find(const core::Owner& owner, const std::string& operation,
                                     const std::string& token) const;

 private:
  Connection* connection_;
};

}  // namespace healthlake::store
