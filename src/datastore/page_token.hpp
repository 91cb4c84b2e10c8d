// Where the next page of a search begins, as opaque text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/entry.hpp"

namespace healthlake::datastore {

struct PagePosition {
  index::Rid last = 0;  // the last resource of the page before
};

// Base64 with its '=' (reference 4.14). Tells one query from another, so that a token is of use
// with its own query only.
std::string EncodePageToken(const fhir::SearchQuery& query, const PagePosition& position);
// Throws core::Error{kInvalid} for a text that is no token of this query.
PagePosition DecodePageToken(const fhir::SearchQuery& query);

}  // namespace healthlake::datastore
