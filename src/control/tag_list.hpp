// Tags between AWS's form and rows (reference 1.9).
#pragma once

#include "healthlake/json/tree.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::control {

// Adds a TagList to the store's tags; a key that is there, or comes twice, takes the last value.
// Throws core::Error{kInvalid} when the store would then have more than 200.
void PutTags(store::ControlTables& tables, const store::DatastoreId& id, const json::Tree& tags);

}  // namespace healthlake::control
