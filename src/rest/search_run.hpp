// Searches within their time limit.
#pragma once

#include "healthlake/datastore/view.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// View::Search, ended when the caller has gone or ServiceOptions::search_timeout has passed: then
// it throws core::Error{kUnavailable} with an issue "timeout" that names the option.
datastore::SearchPage RunSearch(const Context& context, datastore::View& view,
                                const fhir::SearchQuery& query);

}  // namespace healthlake::rest
