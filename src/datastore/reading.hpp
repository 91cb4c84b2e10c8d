// Reading a data store through one open transaction, whichever kind it is.
#pragma once

#include <optional>
#include <string_view>

#include "datastore/everything_lists.hpp"
#include "datastore/store_parts.hpp"
#include "healthlake/core/cancel.hpp"
#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// Make one for each transaction. Confined to its thread.
class Reading {
 public:
  Reading(const StoreParts& parts, store::Connection& connection)
      : parts_(parts), connection_(connection), tables_(connection, parts.codec, parts.key_bits) {}

  std::optional<StoredVersion> Find(fhir::ResourceType type, std::string_view id);
  std::optional<StoredVersion> FindVersion(fhir::ResourceType type, std::string_view id,
                                           std::uint64_t version);
  // `reader`: the index as the same transaction sees it.
  SearchPage Search(const fhir::SearchQuery& query, index::Reader& reader,
                    const core::Cancel& cancel);
  HistoryPage History(const HistoryQuery& query, const core::Cancel& cancel);
  std::optional<EverythingPage> Everything(const EverythingQuery& query, index::Reader& reader,
                                           const EverythingPaging& paging,
                                           const core::Cancel& cancel);

  store::ResourceTables& tables() noexcept { return tables_; }

 private:
  StoredVersion Load(const store::ResourceRow& row);

  const StoreParts& parts_;
  store::Connection& connection_;
  store::ResourceTables tables_;
};

}  // namespace healthlake::datastore
