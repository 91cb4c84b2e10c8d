#include "healthlake/store/resource_tables.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "healthlake/core/error.hpp"
#include "healthlake/core/hash.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::store {
namespace {

// The columns of a ResourceRow, in the order that ReadRow expects.
#define HEALTHLAKE_ROW_COLUMNS "rid, type, version, change, last_updated, kind, block, slot"

// The way of every read by id, in one statement: three cost twice as much.
constexpr Query kFindKey{"find resource by key",
                         "SELECT " HEALTHLAKE_ROW_COLUMNS
                         ", data FROM resource_current LEFT JOIN body_block ON id = block"
                         " WHERE rid = (SELECT rid FROM resource_key WHERE hash = ?1)"};
constexpr int kDataColumn = 8;
constexpr Query kFindRow{"find resource",
                         "SELECT " HEALTHLAKE_ROW_COLUMNS " FROM resource_current WHERE rid = ?1"};
constexpr Query kFindOld{"find version", "SELECT " HEALTHLAKE_ROW_COLUMNS
                                         " FROM resource_history WHERE rid = ?1 AND version = ?2"};
constexpr Query kListOld{"list versions", "SELECT " HEALTHLAKE_ROW_COLUMNS
                                          " FROM resource_history WHERE rid = ?1 AND version < ?2"
                                          " ORDER BY version DESC LIMIT ?3"};
constexpr Query kScanAll{"scan resources",
                         "SELECT " HEALTHLAKE_ROW_COLUMNS
                         " FROM resource_current WHERE rid > ?1 ORDER BY rid LIMIT ?2"};
constexpr Query kScanLive{
    "scan live resources",
    "SELECT " HEALTHLAKE_ROW_COLUMNS
    // 1 is VersionKind::kDeleted.
    " FROM resource_current WHERE rid > ?1 AND kind <> 1 ORDER BY rid LIMIT ?2"};
constexpr Query kLoadBlock{"load body block", "SELECT data FROM body_block WHERE id = ?1"};
constexpr Query kLastRid{"last resource", "SELECT max(rid) FROM resource_current"};

constexpr Query kAddBlock{"add body block", "INSERT INTO body_block (data) VALUES (?1)"};
constexpr Query kAddKey{"add key",
                        "INSERT INTO resource_key (hash, rid) VALUES (?1, ?2)"
                        " ON CONFLICT (hash) DO NOTHING"};
constexpr Query kAddRow{"add resource", "INSERT INTO resource_current (" HEALTHLAKE_ROW_COLUMNS
                                        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
constexpr Query kKeepOld{"keep old version",
                         "INSERT INTO resource_history (" HEALTHLAKE_ROW_COLUMNS
                         ") SELECT " HEALTHLAKE_ROW_COLUMNS
                         " FROM resource_current WHERE rid = ?1 AND version = ?2"};
constexpr Query kReplaceRow{
    "replace resource",
    "UPDATE resource_current SET version = ?2, change = ?3, last_updated = ?4,"
    " kind = ?5, block = ?6, slot = ?7 WHERE rid = ?1"};

#undef HEALTHLAKE_ROW_COLUMNS

constexpr std::uint64_t kHashMask = std::numeric_limits<std::int64_t>::max();

std::int64_t Milliseconds(core::Timestamp time) {
  return time.time_since_epoch().count();
}

ResourceRow ReadRow(const Statement& statement) {
  ResourceRow row;
  row.rid = static_cast<Rid>(statement.Integer(0));
  row.type = static_cast<TypeNumber>(statement.Integer(1));
  row.version = statement.Unsigned(2);
  row.change = statement.Unsigned(3);
  row.last_updated = core::Timestamp(std::chrono::milliseconds(statement.Integer(4)));
  row.kind = static_cast<VersionKind>(statement.Integer(5));
  row.body = {statement.Unsigned(6), static_cast<std::uint32_t>(statement.Integer(7))};
  return row;
}

std::vector<ResourceRow> ReadRows(Statement& statement) {
  std::vector<ResourceRow> rows;
  while (statement.Step()) rows.push_back(ReadRow(statement));
  return rows;
}

// As a bound LIMIT or bound: SQLite's integers are signed.
std::int64_t Signed(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min(value, kHashMask));
}

}  // namespace

ResourceTables::ResourceTables(Connection& connection, const BodyCodec& codec, KeyBits bits)
    : connection_(connection),
      codec_(codec),
      hash_mask_(bits.count >= 63 ? kHashMask : (std::uint64_t{1} << bits.count) - 1) {}

ResourceTables::~ResourceTables() = default;

std::uint64_t ResourceTables::HashOf(const ResourceKey& key) const {
  return core::Hash64(key.id, key.type) & hash_mask_;
}

std::uint64_t ResourceTables::NextHash(std::uint64_t hash) {
  return (hash + 1) & kHashMask;
}

// Keys are never removed, so a chain of taken numbers ends at the first free one.
template <typename Each>
void ResourceTables::ForEachOfHash(std::uint64_t hash, const Each& each) {
  for (;; hash = NextHash(hash)) {
    Statement find = connection_.Prepare(kFindKey);
    find.BindAll(hash);
    if (!find.Step()) return;
    const ResourceRow row = ReadRow(find);
    if (each(row, find)) return;
  }
}

std::optional<ResourceRow> ResourceTables::Find(const ResourceKey& key) {
  return FindFrom(HashOf(key), key);
}

std::optional<ResourceRow> ResourceTables::FindFrom(std::uint64_t hash, const ResourceKey& key) {
  std::optional<ResourceRow> found;
  ForEachOfHash(hash, [&](const ResourceRow& row, Statement& find) {
    if (row.type != key.type) return false;
    if (last_.number != row.body.block) KeepBlock(row.body.block, find.Text(kDataColumn));
    if (LoadBody(row.body).id != key.id) return false;
    found = row;
    return true;
  });
  return found;
}

void ResourceTables::FindByHash(std::uint64_t hash, const EachCollision& each) {
  ForEachOfHash(hash & hash_mask_, [&](const ResourceRow& row, Statement& find) {
    if (last_.number != row.body.block) KeepBlock(row.body.block, find.Text(kDataColumn));
    return each(row, LoadBody(row.body));
  });
}

std::vector<std::optional<ResourceRow>> ResourceTables::FindAll(std::span<const ResourceKey> keys) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(keys.size());
  for (std::size_t at = 0; at < keys.size(); ++at) order.emplace_back(HashOf(keys[at]), at);
  std::sort(order.begin(), order.end());
  std::vector<std::optional<ResourceRow>> rows(keys.size());
  for (const auto& [hash, at] : order) rows[at] = FindFrom(hash, keys[at]);
  return rows;
}

std::optional<ResourceRow> ResourceTables::FindByRid(Rid rid) {
  Statement find = connection_.Prepare(kFindRow);
  find.BindAll(rid);
  if (!find.Step()) return std::nullopt;
  return ReadRow(find);
}

std::optional<ResourceRow> ResourceTables::FindVersion(Rid rid, std::uint64_t version) {
  const std::optional<ResourceRow> current = FindByRid(rid);
  if (!current || current->version == version) return current;
  Statement find = connection_.Prepare(kFindOld);
  find.BindAll(rid, Signed(version));
  if (!find.Step()) return std::nullopt;
  return ReadRow(find);
}

std::vector<ResourceRow> ResourceTables::Versions(Rid rid, std::uint64_t before,
                                                  std::size_t limit) {
  std::vector<ResourceRow> rows;
  const std::optional<ResourceRow> current = FindByRid(rid);
  if (current && current->version < before && limit > 0) rows.push_back(*current);
  Statement list = connection_.Prepare(kListOld);
  list.BindAll(rid, Signed(before), Signed(limit - rows.size()));
  while (list.Step()) rows.push_back(ReadRow(list));
  return rows;
}

void ResourceTables::KeepBlock(std::uint64_t number, std::string_view data) {
  last_.number = 0;
  codec_.Decompress(data, last_.block);
  last_.number = number;
}

const BodyBlock& ResourceTables::LoadBlock(std::uint64_t number) {
  if (last_.number == number) return last_.block;
  Statement load = connection_.Prepare(kLoadBlock);
  load.BindAll(number);
  if (!load.Step()) throw core::Error(core::ErrorKind::kInternal, "a body block is missing");
  KeepBlock(number, load.Text(0));
  return last_.block;
}

BodyView ResourceTables::LoadBody(const BodyPlace& place) {
  const BodyBlock& block = LoadBlock(place.block);
  if (place.slot >= block.size()) {
    throw core::Error(core::ErrorKind::kInternal, "a body is missing from its block");
  }
  return block[place.slot];
}

void ResourceTables::LoadBodies(std::span<const Rid> rids, const EachResource& each) {
  for (const Rid rid : rids) {
    const std::optional<ResourceRow> row = FindByRid(rid);
    if (row) each(*row, LoadBody(row->body));
  }
}

std::vector<ResourceRow> ResourceTables::ScanCurrent(Rid after, std::size_t limit,
                                                     ScanFilter filter) {
  Statement scan = connection_.Prepare(filter == ScanFilter::kLive ? kScanLive : kScanAll);
  scan.BindAll(after, Signed(limit));
  return ReadRows(scan);
}

Rid ResourceTables::NextRid() {
  const auto last = static_cast<std::uint64_t>(connection_.FindInteger(kLastRid).value_or(0));
  if (last >= std::numeric_limits<Rid>::max()) {
    throw core::Error(core::ErrorKind::kUnavailable, "the data store has no free number left");
  }
  return static_cast<Rid>(last + 1);
}

std::uint64_t ResourceTables::AddBlock(WriteTransaction& transaction, std::string_view block) {
  Connection& connection = transaction.connection();
  connection.Run(kAddBlock, Blob{block});
  return static_cast<std::uint64_t>(connection.last_insert_rowid());
}

void ResourceTables::InsertNew(WriteTransaction& transaction,
                               std::span<const NewResource> resources) {
  Connection& connection = transaction.connection();
  const std::uint64_t change = transaction.change();
  {
    Statement add = connection.Prepare(kAddRow);
    for (const auto& [id, row] : resources) {
      add.BindAll(row.rid, row.type, row.version, change, Milliseconds(row.last_updated),
                  static_cast<int>(row.kind), row.body.block, row.body.slot);
      add.Run();
    }
  }
  // In the order of the hashes: scattered insertion is what makes a large import slow.
  std::vector<std::pair<std::uint64_t, Rid>> keys;
  keys.reserve(resources.size());
  for (const auto& [id, row] : resources) keys.emplace_back(HashOf({row.type, id}), row.rid);
  std::sort(keys.begin(), keys.end());
  Statement add = connection.Prepare(kAddKey);
  for (auto [hash, rid] : keys) {
    for (;; hash = NextHash(hash)) {
      add.BindAll(hash, rid);
      add.Run();
      if (connection.changes() != 0) break;
    }
  }
}

void ResourceTables::ReplaceCurrent(WriteTransaction& transaction, const ResourceRow& current,
                                    ResourceRow& next) {
  Connection& connection = transaction.connection();
  connection.Run(kKeepOld, current.rid, Signed(current.version));
  if (connection.changes() != 1) {
    throw core::Error(core::ErrorKind::kConflict, "the resource has changed meanwhile");
  }
  next.change = transaction.change();
  connection.Run(kReplaceRow, current.rid, next.version, next.change,
                 Milliseconds(next.last_updated), static_cast<int>(next.kind), next.body.block,
                 next.body.slot);
}

}  // namespace healthlake::store
