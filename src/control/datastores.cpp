// The operations on data stores (reference 1.7).
#include <vector>

#include "control/datastore_steps.hpp"
#include "control/idempotency.hpp"
#include "control/identity_provider.hpp"
#include "control/input.hpp"
#include "control/known_datastore.hpp"
#include "control/operations.hpp"
#include "control/page.hpp"
#include "control/tag_list.hpp"
#include "healthlake/aws/protocol.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"

namespace healthlake::control {
namespace {

using json::Tree;
using store::DatastoreId;
using store::DatastoreRow;
using store::DatastoreStatus;

std::string EndpointOf(const Call& call, const DatastoreId& id) {
  return call.base_url + "/datastore/" + id.text() + "/r4/";
}

// The four members that Create and Delete answer; the status is that of the request's moment,
// though by the next call the store has moved on (DESIGN 3.9).
Tree Brief(const Call& call, const DatastoreId& id, DatastoreStatus status) {
  return {{"DatastoreId", id.text()},
          {"DatastoreArn", core::DatastoreArn(call.owner, id.text())},
          {"DatastoreStatus", NameOf(status)},
          {"DatastoreEndpoint", EndpointOf(call, id)}};
}

// A kept structure, or the default that Describe shows where the request had none.
Tree Kept(const std::string& text, const char* otherwise) {
  return Tree::parse(text.empty() ? otherwise : text);
}

Tree IdentityOf(const DatastoreRow& row) {
  Tree identity = Kept(row.identity_configuration, R"({"AuthorizationStrategy":"AWS_AUTH"})");
  if (!identity.contains("FineGrainedAuthorizationEnabled")) {
    identity["FineGrainedAuthorizationEnabled"] = false;
  }
  return identity;
}

Tree Properties(const Call& call, const DatastoreRow& row) {
  Tree properties = {{"DatastoreId", row.id.text()},
                     {"DatastoreArn", core::DatastoreArn(row.owner, row.id.text())},
                     {"DatastoreName", row.name},
                     {"DatastoreStatus", NameOf(row.status)},
                     {"CreatedAt", aws::EncodeTimestamp(row.created_at)},
                     {"DatastoreTypeVersion", "R4"},
                     {"DatastoreEndpoint", EndpointOf(call, row.id)}};
  properties["SseConfiguration"] =
      Kept(row.sse_configuration, R"({"KmsEncryptionConfig":{"CmkType":"AWS_OWNED_KMS_KEY"}})");
  if (!row.preload_configuration.empty()) {
    properties["PreloadDataConfig"] = Tree::parse(row.preload_configuration);
  }
  properties["IdentityProviderConfiguration"] = IdentityOf(row);
  if (!row.error_message.empty()) {
    properties["ErrorCause"] = {{"ErrorMessage", row.error_message},
                                {"ErrorCategory", row.error_category}};
  }
  return properties;
}

DatastoreRow RowFrom(const Tree& input, const Call& call, const DatastoreId& id,
                     core::Timestamp now) {
  DatastoreRow row;
  row.id = id;
  row.owner = call.owner;
  row.name = FindText(input, "DatastoreName").value_or("datastore-" + id.text());
  row.created_at = now;
  row.sse_configuration = WriteMember(input, "SseConfiguration");
  row.preload_configuration = WriteMember(input, "PreloadDataConfig");
  row.identity_configuration = WriteMember(input, "IdentityProviderConfiguration");
  return row;
}

}  // namespace

Output CreateFHIRDatastore(Rooms& rooms, const Tree& input, const Call& call) {
  constexpr auto kOperation = aws::OperationId::kCreateFHIRDatastore;
  if (const Tree* identity = FindMember(input, "IdentityProviderConfiguration")) {
    CheckIdentityProvider(*identity);
  }
  const DatastoreId id(rooms.ids.HexId());
  {
    auto write = rooms.file.Write();
    if (const auto earlier = FindEarlier(*write, kOperation, call.owner, input)) {
      return Brief(call, earlier->datastore, DatastoreStatus::kCreating);
    }
    const core::Timestamp now = rooms.clock.Now();
    write->datastores.Insert(RowFrom(input, call, id, now));
    if (const Tree* tags = FindMember(input, "Tags")) PutTags(*write, id, *tags);
    Remember(*write, kOperation, call.owner, input, id, {}, now);
    write.Commit();
  }
  if (input.contains("PreloadDataConfig")) {
    core::Log(core::LogLevel::kWarning, "preload not supported, the store is empty",
              {{"datastore", id.text()}});
  }
  FinishCreation(rooms, id);
  return Brief(call, id, DatastoreStatus::kCreating);
}

Output DeleteFHIRDatastore(Rooms& rooms, const Tree& input, const Call& call) {
  const DatastoreId id(TextOf(input, "DatastoreId"));
  std::vector<store::JobId> ended;
  {
    auto write = rooms.file.Write();
    const DatastoreRow row = LoadDatastore(*write, call.owner, id);
    if (row.status == DatastoreStatus::kDeleted) ThrowDeleted(id);
    if (!MayFollow(row.status, DatastoreStatus::kDeleting)) {
      throw core::Error(core::ErrorKind::kConflict, "Data store " + id.text() +
                                                        " cannot be deleted while it is " +
                                                        std::string(NameOf(row.status)));
    }
    ended = BeginDeletion(*write, id, rooms.clock.Now());
    write.Commit();
  }
  NotifyEnds(rooms, ended);
  FinishDeletion(rooms, id);
  return Brief(call, id, DatastoreStatus::kDeleting);
}

Output DescribeFHIRDatastore(Rooms& rooms, const Tree& input, const Call& call) {
  const auto read = rooms.file.Read();
  const DatastoreRow row =
      LoadDatastore(*read, call.owner, DatastoreId(TextOf(input, "DatastoreId")));
  return Tree{{"DatastoreProperties", Properties(call, row)}};
}

Output ListFHIRDatastores(Rooms& rooms, const Tree& input, const Call& call) {
  const Page page(rooms.options.seal, aws::OperationId::kListFHIRDatastores, call.owner, input);
  store::DatastoreQuery query;
  query.owner = call.owner;
  query.before_sequence = page.before_sequence();
  query.limit = page.limit();
  if (const Tree* filter = FindMember(input, "Filter")) {
    query.name = FindText(*filter, "DatastoreName");
    if (const auto status = FindText(*filter, "DatastoreStatus")) {
      query.status = store::FindDatastoreStatus(*status);
    }
    query.created_before = FindTime(*filter, "CreatedBefore");
    query.created_after = FindTime(*filter, "CreatedAfter");
  }
  auto rows = rooms.file.Read()->datastores.List(query);
  Tree output = {{"DatastorePropertiesList", Tree::array()}};
  page.Cut(rows, output);
  for (const DatastoreRow& row : rows) {
    output["DatastorePropertiesList"].push_back(Properties(call, row));
  }
  return output;
}

}  // namespace healthlake::control
