// What an open data store consists of.
#pragma once

#include <atomic>
#include <string_view>

#include "datastore/page_token.hpp"
#include "datastore/sort_way.hpp"
#include "datastore/workspace_pool.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/body_codec.hpp"
#include "healthlake/store/resource_tables.hpp"
#include "healthlake/store/store_file.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

struct ParseWorkspace;

// What reading and writing of one store share. Outlives every transaction.
struct StoreParts {
  store::StoreFile& file;
  const store::BodyCodec& codec;
  store::SymbolTable& symbols;
  index::Index& index;
  const core::Clock& clock;
  // Given away outside of the write transaction; a number that is not used in the end stays unused.
  std::atomic<store::Rid>& next_rid;
  std::string_view datastore_id;
  store::KeyBits key_bits;
  std::size_t page_bytes;  // OpenOptions::page_bytes
  SortWay sort_way;        // OpenOptions::sort_way
  PageTokens tokens;
  WorkspacePool<ParseWorkspace>& workspaces;
};

}  // namespace healthlake::datastore
