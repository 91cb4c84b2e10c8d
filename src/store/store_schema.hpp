// The schema of a data store's file.
#pragma once

#include "healthlake/store/migration.hpp"

namespace healthlake::store {

extern const FileFormat kStoreFormat;

}  // namespace healthlake::store
