// Where the next page of a search or a history begins, as opaque text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "datastore/page_position.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/store/commit_log.hpp"

namespace healthlake::datastore {

// The last version of the page before, and the commit that wrote it: its place stays the same
// whatever is written later.
struct HistoryPosition {
  std::uint64_t change = 0;
  store::LoggedVersion version;
};

// The last resource of the page before, by name: it need not exist any more.
struct EverythingPosition {
  fhir::ResourceType type;
  std::string id;
};

// Makes and reads the tokens of one data store: sealed, base64 with its '=' (reference 4.14), of
// use with the query that they were made for only; the number of entries a page is not part of
// that. Reading throws core::Error{kInvalid} for a text that is no token of the query. Immutable;
// thread-safe.
class PageTokens {
 public:
  // The id must outlive the object.
  PageTokens(const core::Seal& seal, std::string_view datastore_id)
      : seal_(seal), datastore_id_(datastore_id) {}

  std::string Make(const fhir::SearchQuery& query, const PagePosition& position) const;
  std::string Make(const HistoryQuery& query, const HistoryPosition& position) const;
  std::string Make(const EverythingQuery& query, const EverythingPosition& position) const;
  // Of the query's `page`, which is not empty.
  PagePosition Read(const fhir::SearchQuery& query) const;
  HistoryPosition Read(const HistoryQuery& query) const;
  EverythingPosition Read(const EverythingQuery& query) const;

 private:
  core::Seal seal_;
  std::string_view datastore_id_;
};

}  // namespace healthlake::datastore
