#include "datastore/write_session.hpp"

#include <algorithm>
#include <utility>

#include "datastore/resource_draft.hpp"
#include "datastore/value_difference.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/store/idempotency_keys.hpp"
#include "healthlake/store/store_notes.hpp"

namespace healthlake::datastore {
namespace {

bool IsAmong(const std::vector<std::uint64_t>& versions, std::uint64_t version) {
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

void CheckPrecondition(const Precondition& precondition,
                       const std::optional<store::ResourceRow>& current) {
  using core::ErrorKind;
  if (precondition.if_none_match && current) {
    throw core::Error(ErrorKind::kPreconditionFailed, "The id is in use already");
  }
  const bool live = current && !current->deleted();
  if (precondition.must_exist && !live) {
    throw core::Error(ErrorKind::kPreconditionFailed,
                      "If-Match: there is no such resource to match.");
  }
  if (live && precondition.unmodified_since &&
      std::chrono::floor<std::chrono::seconds>(current->last_updated) >
          *precondition.unmodified_since) {
    throw core::Error(ErrorKind::kPreconditionFailed, "The resource was updated since then.");
  }
  if (precondition.if_match.empty()) return;
  if (!live || !IsAmong(precondition.if_match, current->version)) {
    throw core::Error(
        ErrorKind::kPreconditionFailed,
        "The current version is not " + std::to_string(precondition.if_match.front()));
  }
}

store::VersionKind CreatedBy(WriteMethod method) {
  return method == WriteMethod::kPost ? store::VersionKind::kCreatedByPost
                                      : store::VersionKind::kCreatedByPut;
}

}  // namespace

store::ResourceRow WriteSession::NextVersion(const std::optional<store::ResourceRow>& current,
                                             fhir::ResourceType type) const {
  store::ResourceRow next;
  next.type = type.number();
  next.version = current ? current->version + 1 : 1;
  next.last_updated = current ? std::max(now_, current->last_updated) : now_;
  if (current) next.rid = current->rid;
  return next;
}

Reading& WriteSession::ReadingOf(const store::ResourceKey& key) {
  if (pending_.Holds(key)) pending_.Flush();
  return reading_;
}

Reading& WriteSession::ReadingOfAll() {
  pending_.Flush();
  return reading_;
}

std::optional<StoredVersion> WriteSession::Find(fhir::ResourceType type, std::string_view id) {
  return ReadingOf({type.number(), id}).Find(type, id);
}

std::optional<StoredVersion> WriteSession::FindVersion(fhir::ResourceType type, std::string_view id,
                                                       std::uint64_t version) {
  return ReadingOf({type.number(), id}).FindVersion(type, id, version);
}

SearchPage WriteSession::Search(const fhir::SearchQuery& query, const core::Cancel& cancel) {
  Reading& reading = ReadingOfAll();
  return reading.Search(query, *parts_.index.Open(transaction_), cancel);
}

HistoryPage WriteSession::History(const HistoryQuery& query, const core::Cancel& cancel) {
  Reading& reading = ReadingOfAll();
  pending_.Log();
  return reading.History(query, cancel);
}

std::optional<EverythingPage> WriteSession::Everything(const EverythingQuery& query,
                                                       const core::Cancel& cancel) {
  Reading& reading = ReadingOfAll();
  return reading.Everything(query, *parts_.index.Open(transaction_), {}, cancel);
}

WriteResult WriteSession::Put(Draft& draft, const Precondition& precondition) {
  auto& resource = dynamic_cast<ResourceDraft&>(draft);
  const store::ResourceKey key{resource.type().number(), resource.id()};
  const auto current = ReadingOf(key).tables().Find(key);
  if (current && resource.method() == WriteMethod::kPost) {
    throw core::Error(core::ErrorKind::kConflict, "The id is in use already");
  }
  CheckPrecondition(precondition, current);
  store::ResourceRow next = NextVersion(current, resource.type());
  if (!current) next.rid = parts_.next_rid.fetch_add(1);
  if (!current || current->deleted()) next.kind = CreatedBy(resource.method());
  WriteResult result;
  result.id = resource.id();
  result.issues = resource.issues();
  result.stored.json = resource.Text(next.version, next.last_updated);
  CollectIndex(current, next, resource.values());
  pending_.Add(resource.id(), result.stored.json, current, next);
  if (pending_.Full()) pending_.Flush();
  result.kind = current && !current->deleted() ? WriteKind::kUpdated : WriteKind::kCreated;
  result.stored.version = next.version;
  result.stored.last_updated = next.last_updated;
  return result;
}

DeleteResult WriteSession::Delete(fhir::ResourceType type, std::string_view id,
                                  const Precondition& precondition) {
  const auto current = ReadingOf({type.number(), id}).tables().Find({type.number(), id});
  CheckPrecondition(precondition, current);
  DeleteResult result;
  if (!current) return result;
  result.existed = true;
  StoredVersion& tombstone = result.tombstone.emplace();
  tombstone.deleted = true;
  tombstone.version = current->version;
  tombstone.last_updated = current->last_updated;
  if (current->deleted()) return result;
  store::ResourceRow next = NextVersion(current, type);
  next.kind = store::VersionKind::kDeleted;
  CollectIndex(current, next, {});
  pending_.Add(id, {}, current, next);
  tombstone.version = next.version;
  tombstone.last_updated = next.last_updated;
  return result;
}

void WriteSession::SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) {
  store::SaveCheckpoint(transaction_, job_id, checkpoint);
}

std::optional<Writing::Created> WriteSession::FindIdempotencyKey(std::string_view key) {
  const auto found =
      store::FindIdempotencyKey(transaction_.connection(), key, now_ - kIdempotencyLifetime);
  if (!found) return std::nullopt;
  return Created{fhir::ResourceType::FromNumber(found->type), found->id};
}

void WriteSession::SaveIdempotencyKey(std::string_view key, fhir::ResourceType type,
                                      std::string_view id) {
  store::SaveIdempotencyKey(transaction_, key, {type.number(), id}, now_,
                            now_ - kIdempotencyLifetime);
}

void WriteSession::Commit() {
  pending_.Flush();
  pending_.Log();
  transaction_.Commit();
  after_commit_();
}

core::Timestamp WriteSession::CreationOf(const store::ResourceRow& row) {
  if (row.version == 1) return row.last_updated;
  const auto first = reading_.tables().FindVersion(row.rid, 1);
  return first ? first->last_updated : row.last_updated;
}

void WriteSession::CollectIndex(const std::optional<store::ResourceRow>& current,
                                const store::ResourceRow& next,
                                std::span<const fhir::IndexValue> after) {
  const fhir::ResourceType type = fhir::ResourceType::FromNumber(next.type);
  const bool was_live = current && !current->deleted();
  NewSymbols symbols(parts_.symbols, transaction_);
  before_.Clear();
  after_.Clear();
  OwnValues own_before{type, next.rid, {}};
  const OwnValues own_now{type, next.rid, next.last_updated};
  if (was_live) {
    const WorkspacePool<ParseWorkspace>::Loan workspace(workspaces_);
    own_before.last_updated = current->last_updated;
    EncodeStored(reading_.tables().LoadBody(current->body).json, own_before, parts_.datastore_id,
                 *workspace, symbols, before_);
  }
  if (!next.deleted()) {
    ValueEncoder(symbols).Encode(type, after, next.rid, after_);
    SortValues(after_);
  }
  IndexChange& change = pending_.change();
  if (was_live && !next.deleted()) {
    AppendUpdate(before_, own_before, after_, own_now, change);
  } else {
    const core::Timestamp created = current ? CreationOf(*current) : next.last_updated;
    if (was_live) {
      AppendWhole(before_, own_before, created, index::Sign::kRemove, change);
    } else {
      AppendWhole(after_, own_now, created, index::Sign::kAdd, change);
    }
  }
}

}  // namespace healthlake::datastore
