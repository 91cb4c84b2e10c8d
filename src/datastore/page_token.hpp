// Where the next page of a search or a history begins, as opaque text.
#pragma once

#include <cstdint>
#include <string>

#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/entry.hpp"
#include "healthlake/store/commit_log.hpp"

namespace healthlake::datastore {

struct PagePosition {
  index::Rid last = 0;  // the last resource of the page before
};

// Base64 with its '=' (reference 4.14). Tells one query from another, so that a token is of use
// with its own query only.
std::string EncodePageToken(const fhir::SearchQuery& query, const PagePosition& position);
// Throws core::Error{kInvalid} for a text that is no token of this query.
PagePosition DecodePageToken(const fhir::SearchQuery& query);

// The last version of the page before, and the commit that wrote it: its place stays the same
// whatever is written later.
struct HistoryPosition {
  std::uint64_t change = 0;
  store::LoggedVersion version;
};

// The same for histories; the number of entries a page is not part of the query.
std::string EncodeHistoryToken(const HistoryQuery& query, const HistoryPosition& position);
HistoryPosition DecodeHistoryToken(const HistoryQuery& query);

// The last resource of the page before, by name: it need not exist any more.
struct EverythingPosition {
  fhir::ResourceType type;
  std::string id;
};

std::string EncodeEverythingToken(const EverythingQuery& query, const EverythingPosition& position);
EverythingPosition DecodeEverythingToken(const EverythingQuery& query);

}  // namespace healthlake::datastore
