// A page of a search without _sort: in the order of first storing.
#pragma once

#include "datastore/page_position.hpp"
#include "datastore/page_rows.hpp"
#include "datastore/search_source.hpp"
#include "datastore/selection.hpp"

namespace healthlake::datastore {

// Hands the members from `position` on to `rows` until it is full; backwards the last one first.
void ReadByRid(const SearchSource& source, Selection& selection, Candidate& candidate,
               const PagePosition& position, PageRows& rows);

}  // namespace healthlake::datastore
