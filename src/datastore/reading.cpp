#include "datastore/reading.hpp"

#include "datastore/clause_cursor.hpp"
#include "datastore/page_token.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

void StopWhenCancelled(const core::Cancel& cancel) {
  if (cancel.Requested()) {
    throw core::Error(core::ErrorKind::kUnavailable, "The search was stopped");
  }
}

// How many members are read between two looks at the cancellation.
constexpr std::uint64_t kStride = 16'384;

std::uint64_t CountAll(index::Cursor& cursor, const core::Cancel& cancel) {
  std::uint64_t count = 0;
  for (index::Rid rid = cursor.Seek(0); rid != index::Cursor::kEnd; rid = cursor.Next(rid)) {
    if (++count % kStride == 0) StopWhenCancelled(cancel);
  }
  return count;
}

}  // namespace

StoredVersion Reading::Load(const store::ResourceRow& row) {
  StoredVersion stored;
  stored.version = row.version;
  stored.last_updated = row.last_updated;
  stored.deleted = row.deleted();
  if (!row.deleted()) stored.json = tables_.LoadBody(row.body).json;
  return stored;
}

std::optional<StoredVersion> Reading::Find(fhir::ResourceType type, std::string_view id) {
  const auto row = tables_.Find({type.number(), id});
  if (!row) return std::nullopt;
  return Load(*row);
}

std::optional<StoredVersion> Reading::FindVersion(fhir::ResourceType type, std::string_view id,
                                                  std::uint64_t version) {
  const auto current = tables_.Find({type.number(), id});
  if (!current) return std::nullopt;
  const auto row =
      current->version == version ? current : tables_.FindVersion(current->rid, version);
  if (!row) return std::nullopt;
  return Load(*row);
}

SearchPage Reading::Search(const fhir::SearchQuery& query, index::Reader& reader,
                           const core::Cancel& cancel) {
  const PagePosition position = query.page.empty() ? PagePosition{} : parts_.tokens.Read(query);
  ClauseCursors cursors({reader, connection_, parts_.symbols, tables_, parts_.clock.Now()},
                        query.types.front(), query.code_may_be_system);
  SearchPage page;
  if (query.count > 0) {
    const index::CursorPtr cursor = cursors.OpenQuery();
    std::vector<index::Rid> rids;
    index::Rid rid = cursor->Seek(position.rid + 1);
    for (; rid != index::Cursor::kEnd && rids.size() < query.count; rid = cursor->Next(rid)) {
      rids.push_back(rid);
    }
    if (rid != index::Cursor::kEnd) {
      page.next = parts_.tokens.Make(query, {PageTurn::kAfter, rids.back(), 0});
    }
    page.entries.reserve(rids.size());
    index::Rid last = 0;
    std::size_t bytes = 0;
    for (const index::Rid match : rids) {
      StopWhenCancelled(cancel);
      if (bytes >= parts_.page_bytes) {
        page.next = parts_.tokens.Make(query, {PageTurn::kAfter, last, 0});
        break;
      }
      const auto row = tables_.FindByRid(match);
      if (!row) continue;
      const store::BodyView body = tables_.LoadBody(row->body);
      bytes += body.json.size();
      page.entries.push_back({fhir::ResourceType::FromNumber(row->type), std::string(body.id),
                              std::string(body.json)});
      last = match;
    }
  }
  if (query.total == fhir::SearchTotal::kAccurate) {
    page.total = cursors.CountByKeys();
    if (!page.total) page.total = CountAll(*cursors.OpenQuery(), cancel);
  }
  return page;
}

}  // namespace healthlake::datastore
