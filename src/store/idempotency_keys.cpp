#include "healthlake/store/idempotency_keys.hpp"

#include "healthlake/store/connection.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::store {
namespace {

constexpr Query kFindKey{"find idempotency key",
                         "SELECT type, id FROM idempotency_key WHERE key = ?1 AND time >= ?2"};
constexpr Query kSaveKey{"save idempotency key",
                         "INSERT INTO idempotency_key (key, type, id, time) VALUES (?1, ?2, ?3, ?4)"
                         " ON CONFLICT (key) DO UPDATE SET type = excluded.type, id = excluded.id,"
                         " time = excluded.time"};
// A few at a time: the first write after a quiet day must not pay for all of the day before.
constexpr Query kForgetKeys{"forget idempotency keys",
                            "DELETE FROM idempotency_key WHERE key IN (SELECT key FROM"
                            " idempotency_key WHERE time < ?1 ORDER BY time LIMIT 8)"};

std::int64_t Milliseconds(core::Timestamp time) {
  return time.time_since_epoch().count();
}

}  // namespace

std::optional<KeyedResource> FindIdempotencyKey(Connection& connection, std::string_view key,
                                                core::Timestamp oldest) {
  Statement find = connection.Prepare(kFindKey);
  find.BindAll(key, Milliseconds(oldest));
  if (!find.Step()) return std::nullopt;
  return KeyedResource{static_cast<TypeNumber>(find.Integer(0)), std::string(find.Text(1))};
}

void SaveIdempotencyKey(WriteTransaction& transaction, std::string_view key,
                        const ResourceKey& resource, core::Timestamp now, core::Timestamp oldest) {
  Connection& connection = transaction.connection();
  connection.Run(kForgetKeys, Milliseconds(oldest));
  connection.Run(kSaveKey, key, resource.type, resource.id, Milliseconds(now));
}

}  // namespace healthlake::store
