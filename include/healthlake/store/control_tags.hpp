// The tags of data stores.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "healthlake/store/ids.hpp"

namespace healthlake::store {

class Connection;

struct Tag {
  std::string key;
  std::string value;
  bool operator==(const Tag&) const = default;
};

// Confined to the transaction whose connection it has. Keys differ by case (AWS-wide).
class TagRepository {
 public:
  explicit TagRepository(Connection& connection) : connection_(&connection) {}

  // Adds the tags; a key that exists gets the new value and keeps its place.
  void Put(const DatastoreId& datastore, std::span<const Tag> tags);
  // Keys that are not there are ignored.
  void Remove(const DatastoreId& datastore, std::span<const std::string> keys);

  // In the order in which the keys were first put.
  std::vector<Tag> List(const DatastoreId& datastore) const;
  std::size_t Count(const DatastoreId& datastore) const;

 private:
  Connection* connection_;
};

}  // namespace healthlake::store
