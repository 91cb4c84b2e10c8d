// What answering one search works with.
#pragma once

#include <cstddef>

#include "datastore/store_parts.hpp"
#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// One transaction's view of the store; confined to its thread.
struct SearchSource {
  const StoreParts& parts;
  store::Connection& connection;
  index::Reader& reader;
  store::ResourceTables& tables;
  core::Timestamp now;  // for the prefix ap
  core::Cancel cancel;
  bool code_may_be_system = false;  // as in SearchQuery
  std::size_t chain_limit = 0;      // as in SearchQuery
  bool explain = false;             // as in SearchQuery
  std::uint64_t& bodies;            // how many have been read so far
};

// Throws core::Error{kUnavailable} once nobody waits for the answer.
void StopWhenCancelled(const core::Cancel& cancel);

}  // namespace healthlake::datastore
