#include "datastore/reading.hpp"

#include <chrono>

#include "datastore/query_selection.hpp"
#include "datastore/result_page.hpp"

namespace healthlake::datastore {

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
  const std::chrono::nanoseconds begin = parts_.clock.Elapsed();
  std::uint64_t bodies = 0;
  const SearchSource source{.parts = parts_,
                            .connection = connection_,
                            .reader = reader,
                            .tables = tables_,
                            .now = parts_.clock.Now(),
                            .cancel = cancel,
                            .code_may_be_system = query.code_may_be_system,
                            .chain_limit = query.chain_limit,
                            .explain = query.explain,
                            .bodies = bodies};
  StopWhenCancelled(cancel);
  QuerySelection selection(source, query);
  SearchPage page;
  if (query.explain) page.plan.emplace();
  if (query.count > 0) FillResultPage(query, source, selection, page);
  if (query.total == fhir::SearchTotal::kAccurate) page.total = selection.Count();
  if (page.plan) {
    selection.Explain(*page.plan);
    page.plan->bodies = bodies;
    page.plan->cursors = reader.work().cursors;
    page.plan->blocks = reader.work().blocks;
    const std::chrono::nanoseconds time = parts_.clock.Elapsed() - begin;
    page.plan->microseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(time).count());
  }
  return page;
}

}  // namespace healthlake::datastore
