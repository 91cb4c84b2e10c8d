// The single writes of an open data store.
#include <algorithm>
#include <utility>

#include "datastore/open_datastore.hpp"
#include "datastore/resource_text.hpp"
#include "datastore/write_check.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

enum class IdSource { kServer, kClient };

void CheckPrecondition(const Precondition& precondition,
                       const std::optional<store::ResourceRow>& current) {
  if (precondition.if_none_match && current) {
    throw core::Error(core::ErrorKind::kPreconditionFailed, "The id is in use already");
  }
  if (!precondition.if_match) return;
  if (!current || current->deleted || current->version != *precondition.if_match) {
    throw core::Error(core::ErrorKind::kPreconditionFailed,
                      "The current version is not " + std::to_string(*precondition.if_match));
  }
}

// Stored texts hold the id unescaped.
void CheckId(std::string_view id) {
  const bool good = !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.';
  });
  if (!good) {
    throw core::Error(core::ErrorKind::kInvalid,
                      "An id has 1 to 64 letters, digits, '-' and '.' (FHIR R4, id)");
  }
}

store::ResourceRow NextVersion(const std::optional<store::ResourceRow>& current,
                               fhir::ResourceType type, core::Timestamp now) {
  store::ResourceRow next;
  next.type = type.number();
  next.version = current ? current->version + 1 : 1;
  next.last_updated = current ? std::max(now, current->last_updated) : now;
  if (current) next.rid = current->rid;
  return next;
}

}  // namespace

// What is written, by whose name.
struct OpenDatastore::Target {
  fhir::ResourceType type;
  std::string_view id;
  IdSource source;
  fhir::ValidationLevel level;
};

WriteResult OpenDatastore::Create(fhir::ResourceType type, const json::Value& resource,
                                  fhir::ValidationLevel level, const core::Cancel& cancel) {
  const std::string id = ids_.Uuid();
  return Write({type, id, IdSource::kServer, level}, resource, {}, cancel);
}

WriteResult OpenDatastore::Update(fhir::ResourceType type, std::string_view id,
                                  const json::Value& resource, fhir::ValidationLevel level,
                                  const Precondition& precondition, const core::Cancel& cancel) {
  return Write({type, id, IdSource::kClient, level}, resource, precondition, cancel);
}

WriteResult OpenDatastore::Write(const Target& target, const json::Value& resource,
                                 const Precondition& precondition, const core::Cancel& cancel) {
  CheckId(target.id);
  const WorkspacePool<ParseWorkspace>::Loan workspace(workspaces_);
  fhir::ResourceWalk& walk = workspace->walk;
  const Verdict verdict = Check(resource, {target.level, options_.profiles, id_.text()}, walk);
  if (verdict == Verdict::kRefused) {
    throw core::Error(core::ErrorKind::kInvalid, "The resource is not valid", walk.issues());
  }
  if (walk.type() != target.type) {
    throw core::Error(core::ErrorKind::kInvalid, "The resource is of another type");
  }
  WriteResult result;
  result.id = target.id;
  result.issues = walk.issues();
  // The text with a guessed version and time is made outside of the lock, the usual case of a first
  // version needs no second one.
  std::string text;
  const StampPlaces places =
      StampResource(resource, {.id = target.id, .flagged = verdict == Verdict::kFlagged}, text);

  store::WriteTransaction transaction = file_.Write(cancel);
  store::ResourceTables tables(transaction.connection(), *codec_, options_.key_bits);
  const store::ResourceKey key{target.type.number(), target.id};
  const auto current = tables.Find(key);
  if (current && target.source == IdSource::kServer) {
    throw core::Error(core::ErrorKind::kConflict, "The id is in use already");
  }
  CheckPrecondition(precondition, current);
  store::ResourceRow next = NextVersion(current, target.type, clock_.Now());
  if (!current) next.rid = next_rid_.fetch_add(1);
  Restamp(text, places, next.version, next.last_updated, result.stored.json);
  const store::BodyView body{target.id, result.stored.json};
  next.body = {tables.AddBlock(transaction, codec_->Compress({&body, 1})), 0};
  WriteIndex(transaction, tables, current, next, walk.values());
  if (current) {
    tables.ReplaceCurrent(transaction, *current, next);
  } else {
    const store::ResourceTables::NewResource fresh{target.id, next};
    tables.InsertNew(transaction, {&fresh, 1});
  }
  transaction.Commit();
  AfterCommit();
  workspace->ReleaseLarge(text.size());
  result.kind = current && !current->deleted ? WriteKind::kUpdated : WriteKind::kCreated;
  result.stored.version = next.version;
  result.stored.last_updated = next.last_updated;
  return result;
}

DeleteResult OpenDatastore::Delete(fhir::ResourceType type, std::string_view id,
                                   const Precondition& precondition, const core::Cancel& cancel) {
  store::WriteTransaction transaction = file_.Write(cancel);
  store::ResourceTables tables(transaction.connection(), *codec_, options_.key_bits);
  const auto current = tables.Find({type.number(), id});
  CheckPrecondition(precondition, current);
  DeleteResult result;
  if (!current) return result;
  result.existed = true;
  StoredVersion& tombstone = result.tombstone.emplace();
  tombstone.deleted = true;
  if (current->deleted) {
    tombstone.version = current->version;
    tombstone.last_updated = current->last_updated;
    return result;
  }
  store::ResourceRow next = NextVersion(current, type, clock_.Now());
  next.deleted = true;
  WriteIndex(transaction, tables, current, next, {});
  const store::BodyView body{id, {}};
  next.body = {tables.AddBlock(transaction, codec_->Compress({&body, 1})), 0};
  tables.ReplaceCurrent(transaction, *current, next);
  transaction.Commit();
  AfterCommit();
  tombstone.version = next.version;
  tombstone.last_updated = next.last_updated;
  return result;
}

core::Timestamp OpenDatastore::CreationOf(store::ResourceTables& tables,
                                          const store::ResourceRow& row) const {
  if (row.version == 1) return row.last_updated;
  const auto first = tables.FindVersion(row.rid, 1);
  return first ? first->last_updated : row.last_updated;
}

void OpenDatastore::WriteIndex(store::WriteTransaction& transaction, store::ResourceTables& tables,
                               const std::optional<store::ResourceRow>& current,
                               const store::ResourceRow& next,
                               std::span<const fhir::IndexValue> after) {
  const fhir::ResourceType type = fhir::ResourceType::FromNumber(next.type);
  const bool was_live = current && !current->deleted;
  NewSymbols symbols(symbols_, transaction);
  EncodedValues before;
  EncodedValues now;
  OwnValues own_before{type, next.rid, {}};
  const OwnValues own_now{type, next.rid, next.last_updated};
  if (was_live) {
    const WorkspacePool<ParseWorkspace>::Loan workspace(workspaces_);
    own_before.last_updated = current->last_updated;
    EncodeStored(tables.LoadBody(current->body).json, own_before, id_.text(), *workspace, symbols,
                 before);
  }
  if (!next.deleted) {
    ValueEncoder(symbols).Encode(type, after, next.rid, now);
    SortValues(now);
  }
  IndexChange change;
  if (was_live && !next.deleted) {
    AppendUpdate(before, own_before, now, own_now, change);
  } else {
    const core::Timestamp created = current ? CreationOf(tables, *current) : next.last_updated;
    if (was_live) {
      AppendWhole(before, own_before, created, index::Sign::kRemove, change);
    } else {
      AppendWhole(now, own_now, created, index::Sign::kAdd, change);
    }
  }
  index_.WriteDifference(transaction, change.entries, change.strings);
}

}  // namespace healthlake::datastore
