// Histories (FHIR R4 http.html#history): of one resource by its versions, of a type or of all by
// the commit log.
#include <algorithm>

#include "datastore/page_token.hpp"
#include "datastore/reading.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/store/commit_log.hpp"

namespace healthlake::datastore {
namespace {

using store::LoggedVersion;
using store::ResourceRow;
using store::ResourceTables;

void StopWhenCancelled(const core::Cancel& cancel) {
  if (cancel.Requested()) {
    throw core::Error(core::ErrorKind::kUnavailable, "The history was stopped");
  }
}

WriteMethod MethodOf(store::VersionKind kind) {
  switch (kind) {
    case store::VersionKind::kDeleted:
      return WriteMethod::kDelete;
    case store::VersionKind::kCreatedByPost:
      return WriteMethod::kPost;
    case store::VersionKind::kUpdated:
    case store::VersionKind::kCreatedByPut:
      break;
  }
  return WriteMethod::kPut;
}

HistoryItem LoadItem(ResourceTables& tables, const ResourceRow& row) {
  const store::BodyView body = tables.LoadBody(row.body);
  HistoryItem item;
  item.type = fhir::ResourceType::FromNumber(row.type);
  item.id = body.id;
  item.method = MethodOf(row.kind);
  item.created = row.kind == store::VersionKind::kCreatedByPost ||
                 row.kind == store::VersionKind::kCreatedByPut;
  item.stored.version = row.version;
  item.stored.last_updated = row.last_updated;
  item.stored.deleted = row.deleted();
  item.stored.json = body.json;
  return item;
}

HistoryPosition PositionOf(const ResourceRow& row) {
  return {row.change, {row.type, row.rid, row.version}};
}

// The first of versions 1 to `last` for which `late` holds, `last` + 1 when there is none. A
// version is never older than the one before it.
template <typename Late>
std::uint64_t FirstLate(ResourceTables& tables, const ResourceRow& last, const Late& late) {
  std::uint64_t low = 1;
  std::uint64_t high = last.version + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto row = tables.FindVersion(last.rid, middle);
    if (row && late(row->last_updated)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// The versions of one resource that a query lists: they are neighbours.
struct VersionRange {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
};

VersionRange FindRange(ResourceTables& tables, const ResourceRow& current,
                       const HistoryQuery& query) {
  VersionRange range{1, current.version};
  if (query.since) {
    range.first = FirstLate(tables, current, [&](auto time) { return time >= *query.since; });
  }
  if (query.at) {
    // The last version that began by `from` was still current then.
    const std::uint64_t after =
        FirstLate(tables, current, [&](auto time) { return time > query.at->from; });
    if (after > 1) range.first = std::max(range.first, after - 1);
    range.last = FirstLate(tables, current, [&](auto time) { return time >= query.at->until; }) - 1;
  }
  return range;
}

HistoryPage ListInstance(ResourceTables& tables, const ResourceRow& current,
                         const HistoryQuery& query, const StoreParts& parts,
                         const core::Cancel& cancel) {
  const VersionRange range = FindRange(tables, current, query);
  HistoryPage page;
  page.total = range.last >= range.first ? range.last - range.first + 1 : 0;
  std::uint64_t before = range.last + 1;
  if (!query.page.empty()) before = std::min(before, parts.tokens.Read(query).version.version);
  std::size_t bytes = 0;
  for (const ResourceRow& row : tables.Versions(current.rid, before, query.count)) {
    StopWhenCancelled(cancel);
    if (row.version < range.first) break;
    page.items.push_back(LoadItem(tables, row));
    bytes += page.items.back().stored.json.size();
    if (page.items.size() < query.count && bytes < parts.page_bytes) continue;
    if (row.version > range.first) page.next = parts.tokens.Make(query, PositionOf(row));
    break;
  }
  return page;
}

// Versions of many resources, in the order of the commit log.
class LogReader {
 public:
  LogReader(const StoreParts& parts, ResourceTables& tables, store::Connection& connection,
            const HistoryQuery& query, const core::Cancel& cancel)
      : parts_(parts), tables_(tables), connection_(connection), query_(query), cancel_(cancel) {}

  // At most `limit` rows.
  std::vector<ResourceRow> Read(std::size_t limit) {
    std::optional<HistoryPosition> after;
    if (!query_.page.empty()) after = parts_.tokens.Read(query_);
    store::CommitWalk commits(connection_, after ? after->change : UINT64_MAX);
    std::optional<store::TypeNumber> type;
    if (!query_.type.IsNone()) type = query_.type.number();
    std::vector<ResourceRow> rows;
    while (rows.size() < limit && commits.Next()) {
      StopWhenCancelled(cancel_);
      if (query_.since && commits.time() < *query_.since) break;
      versions_.clear();
      commits.Read(type, versions_);
      auto next = versions_.begin();
      if (after && commits.change() == after->change) {
        next = std::upper_bound(versions_.begin(), versions_.end(), after->version);
      }
      for (; next != versions_.end() && rows.size() < limit; ++next) AddMatching(*next, rows);
    }
    return rows;
  }

 private:
  void AddMatching(const LoggedVersion& version, std::vector<ResourceRow>& rows) {
    StopWhenCancelled(cancel_);
    const auto row = tables_.FindVersion(version.rid, version.version);
    if (!row) return;
    if (query_.since && row->last_updated < *query_.since) return;
    if (query_.at && !WasCurrent(*row)) return;
    rows.push_back(*row);
  }

  bool WasCurrent(const ResourceRow& row) {
    if (row.last_updated >= query_.at->until) return false;
    const auto next = tables_.FindVersion(row.rid, row.version + 1);
    return !next || next->last_updated > query_.at->from;
  }

  const StoreParts& parts_;
  ResourceTables& tables_;
  store::Connection& connection_;
  const HistoryQuery& query_;
  const core::Cancel& cancel_;
  std::vector<LoggedVersion> versions_;
};

}  // namespace

HistoryPage Reading::History(const HistoryQuery& query, const core::Cancel& cancel) {
  if (!query.id.empty()) {
    const auto current = tables_.Find({query.type.number(), query.id});
    return current ? ListInstance(tables_, *current, query, parts_, cancel) : HistoryPage();
  }
  HistoryPage page;
  // One more than asked for tells whether there is a next page.
  std::vector<ResourceRow> rows =
      LogReader(parts_, tables_, connection_, query, cancel).Read(query.count + 1);
  const bool more = rows.size() > query.count;
  if (more) rows.pop_back();
  if (more && !rows.empty()) page.next = parts_.tokens.Make(query, PositionOf(rows.back()));
  if (!more && query.page.empty()) page.total = rows.size();
  page.items.reserve(rows.size());
  std::size_t bytes = 0;
  for (const ResourceRow& row : rows) {
    StopWhenCancelled(cancel);
    page.items.push_back(LoadItem(tables_, row));
    bytes += page.items.back().stored.json.size();
    if (bytes < parts_.page_bytes || &row == &rows.back()) continue;
    page.next = parts_.tokens.Make(query, PositionOf(row));
    break;
  }
  return page;
}

}  // namespace healthlake::datastore
