// Resources that are read one by one to see whether they satisfy a condition.
#pragma once

#include "datastore/condition.hpp"

namespace healthlake::datastore {

// The members of `from` for which the condition holds on their bodies. Both `source` and
// `condition` must outlive the cursor.
index::CursorPtr ScanBodies(const SearchSource& source, index::CursorPtr from,
                            Condition& condition);

}  // namespace healthlake::datastore
