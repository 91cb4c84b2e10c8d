// One page of a search: matches in their order, what they include, and where other pages begin.
#pragma once

#include "datastore/includes.hpp"
#include "datastore/page_position.hpp"
#include "datastore/page_rows.hpp"
#include "datastore/search_source.hpp"
#include "datastore/selection.hpp"
#include "healthlake/datastore/view.hpp"

namespace healthlake::datastore {

// Fills entries, tokens and the order of the plan into `page`.
// Throws as View::Search does.
void FillResultPage(const fhir::SearchQuery& query, const SearchSource& source,
                    Selection& selection, SearchPage& page);

}  // namespace healthlake::datastore
