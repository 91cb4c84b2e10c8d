#include "store/control_schema.hpp"

#include <array>

namespace healthlake::store {
namespace {

// Rows of a data store go with it, by the foreign keys. AUTOINCREMENT: a sequence is never given
// twice, even after a reset, so that a page token of before cannot name a row of after.
constexpr std::array<std::string_view, 10> kVersion1 = {
    R"sql(
CREATE TABLE datastore (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  sse_configuration TEXT NOT NULL,
  preload_configuration TEXT NOT NULL,
  identity_configuration TEXT NOT NULL,
  error_message TEXT NOT NULL DEFAULT '',
  error_category TEXT NOT NULL DEFAULT ''
) STRICT)sql",
    "CREATE INDEX datastore_by_owner ON datastore (account, region, sequence)",
    R"sql(
CREATE TABLE datastore_transition (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  datastore TEXT NOT NULL REFERENCES datastore (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT)sql",
    "CREATE INDEX datastore_transition_by_store ON datastore_transition (datastore, sequence)",
    R"sql(
CREATE TABLE job (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  datastore TEXT NOT NULL REFERENCES datastore (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  submit_time INTEGER NOT NULL,
  end_time INTEGER,
  input_uri TEXT NOT NULL,
  output_uri TEXT NOT NULL,
  kms_key_id TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  validation_level TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  parameters TEXT NOT NULL,
  process INTEGER NOT NULL DEFAULT 0,
  scanned_files INTEGER NOT NULL DEFAULT 0,
  scanned_bytes INTEGER NOT NULL DEFAULT 0,
  imported_files INTEGER NOT NULL DEFAULT 0,
  resources_scanned INTEGER NOT NULL DEFAULT 0,
  resources_imported INTEGER NOT NULL DEFAULT 0,
  resources_with_customer_error INTEGER NOT NULL DEFAULT 0,
  files_read_with_customer_error INTEGER NOT NULL DEFAULT 0,
  throughput_mb_per_second REAL NOT NULL DEFAULT 0
) STRICT)sql",
    "CREATE INDEX job_by_store ON job (datastore, kind, sequence)",
    "CREATE INDEX job_unended ON job (kind, sequence) WHERE end_time IS NULL",
    R"sql(
CREATE TABLE job_transition (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX job_transition_by_job ON job_transition (job, sequence))sql",
    R"sql(
CREATE TABLE tag (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  datastore TEXT NOT NULL REFERENCES datastore (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (datastore, key)
) STRICT)sql",
    R"sql(
CREATE TABLE client_token (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  operation TEXT NOT NULL,
  token TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  datastore TEXT NOT NULL REFERENCES datastore (id) ON DELETE CASCADE,
  job TEXT NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (account, region, operation, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_token_by_store ON client_token (datastore))sql",
};

constexpr std::array<std::string_view, 2> kVersion2 = {
    R"sql(
CREATE TABLE transaction_request (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  datastore TEXT NOT NULL REFERENCES datastore (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  submit_time INTEGER NOT NULL,
  end_time INTEGER,
  base TEXT NOT NULL,
  headers TEXT NOT NULL,
  process INTEGER NOT NULL DEFAULT 0,
  response_status INTEGER NOT NULL DEFAULT 0,
  response TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX transaction_pending ON transaction_request (sequence, datastore, status)
  WHERE end_time IS NULL;
CREATE INDEX transaction_ended ON transaction_request (end_time) WHERE end_time IS NOT NULL;
CREATE INDEX transaction_by_store ON transaction_request (datastore))sql",
    R"sql(
CREATE TABLE transaction_bundle (
  request TEXT PRIMARY KEY REFERENCES transaction_request (id) ON DELETE CASCADE,
  packed BLOB NOT NULL
) STRICT)sql",
};

constexpr std::array<std::string_view, 1> kVersion3 = {
    "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
};

constexpr std::array<Migration, 3> kMigrations = {Migration(kVersion1), Migration(kVersion2),
                                                  Migration(kVersion3)};

}  // namespace

const FileFormat kControlFormat{"control file", 0x484C6374 /* "HLct" */, kMigrations};

}  // namespace healthlake::store
