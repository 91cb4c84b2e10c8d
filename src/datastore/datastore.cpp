// The single writes: prepared outside of the transaction, committed in one of their own.
#include "healthlake/datastore/datastore.hpp"

namespace healthlake::datastore {
namespace {

WriteResult PutAndCommit(Datastore& store, Draft& draft, const Precondition& precondition,
                         const core::Cancel& cancel) {
  const std::unique_ptr<Writing> writing = store.BeginWrite(cancel);
  WriteResult result = writing->Put(draft, precondition);
  writing->Commit();
  return result;
}

}  // namespace

WriteResult Datastore::Create(fhir::ResourceType type, const json::Value& resource,
                              fhir::ValidationLevel level, const core::Cancel& cancel) {
  const auto draft = Prepare({type, WriteMethod::kPost, {}, level}, resource);
  return PutAndCommit(*this, *draft, {}, cancel);
}

WriteResult Datastore::Update(fhir::ResourceType type, std::string_view id,
                              const json::Value& resource, fhir::ValidationLevel level,
                              const Precondition& precondition, const core::Cancel& cancel) {
  const auto draft = Prepare({type, WriteMethod::kPut, std::string(id), level}, resource);
  return PutAndCommit(*this, *draft, precondition, cancel);
}

DeleteResult Datastore::Delete(fhir::ResourceType type, std::string_view id,
                               const Precondition& precondition, const core::Cancel& cancel) {
  const std::unique_ptr<Writing> writing = BeginWrite(cancel);
  DeleteResult result = writing->Delete(type, id, precondition);
  writing->Commit();
  return result;
}

}  // namespace healthlake::datastore
