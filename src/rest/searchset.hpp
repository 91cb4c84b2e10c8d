// The answer to a search.
#pragma once

#include <string_view>

#include "healthlake/fhir/search_query.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// Carries the query out and writes what it found as a searchset (search.html#return;
// reference 5.9). `target` is the URL that was searched, without a query: links are made with it,
// and are for GET however the search came. With Context::explain: the plan alone, as JSON.
http::Response AnswerSearch(const Interaction& interaction, fhir::SearchQuery query,
                            std::string_view target);

}  // namespace healthlake::rest
