// Reader over one snapshot.
#pragma once

#include <memory>

#include "healthlake/index/index.hpp"
#include "index/snapshot.hpp"

namespace healthlake::index {

std::unique_ptr<Reader> MakeReader(store::Connection& connection, Catalog& catalog, Seen seen);

}  // namespace healthlake::index
