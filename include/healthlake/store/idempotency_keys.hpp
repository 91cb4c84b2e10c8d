// Which resource a client's idempotency key has made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::store {

class Connection;
class WriteTransaction;

struct KeyedResource {
  TypeNumber type = 0;
  std::string id;
};

// What `key` was saved with at `oldest` or later; older keys are forgotten.
std::optional<KeyedResource> FindIdempotencyKey(Connection& connection, std::string_view key,
                                                core::Timestamp oldest);
// Takes the place of what the key was saved with before. Removes some of the keys saved before
// `oldest`, more than are added, so that only those of the time since remain.
void SaveIdempotencyKey(WriteTransaction& transaction, std::string_view key,
                        const ResourceKey& resource, core::Timestamp now, core::Timestamp oldest);

}  // namespace healthlake::store
