#include "healthlake/store/control_tags.hpp"

#include "healthlake/store/connection.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {
namespace {

constexpr Query kPut{"put tag", R"sql(
INSERT INTO tag (datastore, key, value) VALUES (?1, ?2, ?3)
ON CONFLICT (datastore, key) DO UPDATE SET value = excluded.value)sql"};
constexpr Query kRemove{"remove tag", "DELETE FROM tag WHERE datastore = ?1 AND key = ?2"};
constexpr Query kList{"list tags",
                      "SELECT key, value FROM tag WHERE datastore = ?1 ORDER BY sequence"};
constexpr Query kCount{"count tags", "SELECT count(*) FROM tag WHERE datastore = ?1"};

}  // namespace

void TagRepository::Put(const DatastoreId& datastore, std::span<const Tag> tags) {
  for (const Tag& tag : tags) connection_->Run(kPut, datastore.text(), tag.key, tag.value);
}

void TagRepository::Remove(const DatastoreId& datastore, std::span<const std::string> keys) {
  for (const std::string& key : keys) connection_->Run(kRemove, datastore.text(), key);
}

std::vector<Tag> TagRepository::List(const DatastoreId& datastore) const {
  Statement row = connection_->Prepare(kList);
  row.BindAll(datastore.text());
  std::vector<Tag> tags;
  while (row.Step()) tags.push_back({TextOf(row, 0), TextOf(row, 1)});
  return tags;
}

std::size_t TagRepository::Count(const DatastoreId& datastore) const {
  return static_cast<std::size_t>(connection_->FindInteger(kCount, datastore.text()).value_or(0));
}

}  // namespace healthlake::store
