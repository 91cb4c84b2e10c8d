// The operations on tags (reference 1.9).
#include <string>
#include <vector>

#include "control/input.hpp"
#include "control/known_datastore.hpp"
#include "control/operations.hpp"
#include "control/tag_list.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::control {
namespace {

using json::Tree;
using store::DatastoreId;

constexpr std::size_t kMaxTags = 200;

// The store that an ARN names, which must be the caller's and not deleted (a deleted store has no
// tags to speak of: our choice). Throws core::Error{kNotFound} or {kGone}.
DatastoreId LoadTagged(const store::ControlTables& tables, const core::Owner& owner,
                       const Tree& input) {
  const std::string arn = TextOf(input, "ResourceARN");
  DatastoreId id(arn.substr(arn.rfind('/') + 1));
  const auto row = tables.datastores.Find(owner, id);
  if (!row || core::DatastoreArn(owner, id.text()) != arn) {
    throw core::Error(core::ErrorKind::kNotFound, "Resource " + arn + " was not found");
  }
  if (row->status == store::DatastoreStatus::kDeleted) ThrowDeleted(id);
  return id;
}

}  // namespace

void PutTags(store::ControlTables& tables, const DatastoreId& id, const Tree& tags) {
  std::vector<store::Tag> rows;
  for (const Tree& tag : tags) rows.push_back({TextOf(tag, "Key"), TextOf(tag, "Value")});
  tables.tags.Put(id, rows);
  if (tables.tags.Count(id) > kMaxTags) {
    throw core::Error(
        core::ErrorKind::kInvalid,
        "Data store " + id.text() + " would have more than " + std::to_string(kMaxTags) + " tags");
  }
}

Output TagResource(Rooms& rooms, const Tree& input, const Call& call) {
  auto write = rooms.file.Write();
  PutTags(*write, LoadTagged(*write, call.owner, input), input.at("Tags"));
  write.Commit();
  return Tree::object();
}

Output UntagResource(Rooms& rooms, const Tree& input, const Call& call) {
  auto write = rooms.file.Write();
  const DatastoreId id = LoadTagged(*write, call.owner, input);
  write->tags.Remove(id, input.at("TagKeys").get<std::vector<std::string>>());
  write.Commit();
  return Tree::object();
}

Output ListTagsForResource(Rooms& rooms, const Tree& input, const Call& call) {
  const auto read = rooms.file.Read();
  Tree tags = Tree::array();
  for (const store::Tag& tag : read->tags.List(LoadTagged(*read, call.owner, input))) {
    tags.push_back({{"Key", tag.key}, {"Value", tag.value}});
  }
  return Tree{{"Tags", std::move(tags)}};
}

}  // namespace healthlake::control
