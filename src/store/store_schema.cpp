#include "store/store_schema.hpp"

#include <array>

namespace healthlake::store {
namespace {

// What each table is for, and its columns byte by byte: src/store/README.md.
constexpr auto kVersion1 = std::to_array<std::string_view>({
    // The number of the last commit; one row.
    "CREATE TABLE store_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  change INTEGER NOT NULL) STRICT",
    "INSERT INTO store_state (id, change) VALUES (1, 0)",
    "CREATE TABLE meta ("
    "  key TEXT NOT NULL PRIMARY KEY,"
    "  value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE checkpoint_table ("
    "  job_id TEXT NOT NULL PRIMARY KEY,"
    "  text TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE idempotency_key ("
    "  key TEXT NOT NULL PRIMARY KEY,"
    "  type INTEGER NOT NULL,"
    "  id TEXT NOT NULL,"
    "  time INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX idempotency_key_time ON idempotency_key (time)",

    // Resources: key to number, current versions, older versions, bodies.
    "CREATE TABLE resource_key ("
    "  hash INTEGER PRIMARY KEY,"
    "  rid INTEGER NOT NULL) STRICT",
    "CREATE TABLE resource_current ("
    "  rid INTEGER PRIMARY KEY,"
    "  type INTEGER NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  change INTEGER NOT NULL,"
    "  last_updated INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  block INTEGER NOT NULL,"
    "  slot INTEGER NOT NULL) STRICT",
    "CREATE TABLE resource_history ("
    "  rid INTEGER NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  type INTEGER NOT NULL,"
    "  change INTEGER NOT NULL,"
    "  last_updated INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  block INTEGER NOT NULL,"
    "  slot INTEGER NOT NULL,"
    "  PRIMARY KEY (rid, version)) STRICT, WITHOUT ROWID",
    "CREATE TABLE commit_log ("
    "  change INTEGER PRIMARY KEY,"
    "  time INTEGER NOT NULL,"
    "  versions BLOB NOT NULL) STRICT",
    "CREATE TABLE body_block ("
    "  id INTEGER PRIMARY KEY,"
    "  data BLOB NOT NULL) STRICT",
    "CREATE TABLE body_dictionary ("
    "  id INTEGER PRIMARY KEY,"
    "  hash INTEGER NOT NULL,"
    "  data BLOB NOT NULL) STRICT",

    "CREATE TABLE symbol ("
    "  id INTEGER PRIMARY KEY,"
    "  text TEXT NOT NULL UNIQUE) STRICT",

    // The tables of the index room: src/index/README.md.
    "CREATE TABLE index_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  generation INTEGER NOT NULL,"
    "  next_run INTEGER NOT NULL) STRICT",
    "INSERT INTO index_state (id, generation, next_run) VALUES (1, 0, 1)",
    "CREATE TABLE index_run ("
    "  run INTEGER PRIMARY KEY,"
    "  state INTEGER NOT NULL,"
    "  level INTEGER NOT NULL,"
    "  age INTEGER NOT NULL,"
    "  adds INTEGER NOT NULL,"
    "  removes INTEGER NOT NULL,"
    "  blocks INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL) STRICT",
    "CREATE TABLE index_block ("
    "  id INTEGER PRIMARY KEY,"
    "  data BLOB NOT NULL) STRICT",
    "CREATE TABLE index_directory ("
    "  id INTEGER PRIMARY KEY,"
    "  data BLOB NOT NULL) STRICT",
    "CREATE TABLE index_delta ("
    "  param INTEGER NOT NULL,"
    "  ord INTEGER NOT NULL,"
    "  chk INTEGER NOT NULL,"
    "  rid INTEGER NOT NULL,"
    "  sign INTEGER NOT NULL,"
    "  PRIMARY KEY (param, ord, chk, rid)) STRICT, WITHOUT ROWID",
    "CREATE TABLE index_string ("
    "  param INTEGER NOT NULL,"
    "  normal TEXT NOT NULL,"
    "  exact TEXT NOT NULL,"
    "  rid INTEGER NOT NULL,"
    "  PRIMARY KEY (param, normal, exact, rid)) STRICT, WITHOUT ROWID",
});

constexpr auto kMigrations = std::to_array<Migration>({kVersion1});

}  // namespace

const FileFormat kStoreFormat{"data store", 0x484c6473 /* HLds */, kMigrations};

}  // namespace healthlake::store
