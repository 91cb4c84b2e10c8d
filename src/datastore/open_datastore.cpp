#include "datastore/open_datastore.hpp"

#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/reading.hpp"
#include "datastore/resource_draft.hpp"
#include "datastore/write_session.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/store/store_notes.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::string_view kDefinitionsKey = "definitions";
constexpr std::string_view kKeyFormatKey = "key_format";

}  // namespace

OpenDatastore::OpenDatastore(store::DatastoreId id, const std::filesystem::path& path,
                             store::ConnectionBudget& budget, const core::Clock& clock,
                             core::IdGenerator& ids, const OpenOptions& options,
                             std::function<void()> needs_maintenance)
    : id_(std::move(id)),
      ids_(ids),
      options_(options),
      needs_maintenance_(std::move(needs_maintenance)),
      file_(path, options.durability, budget),
      codec_(store::BodyCodec::Load(file_)),
      symbols_(file_),
      index_(file_, options.index),
      parts_{file_,
             *codec_,
             symbols_,
             index_,
             clock,
             next_rid_,
             id_.text(),
             options_.key_bits,
             options_.page_bytes,
             options_.sort_way,
             PageTokens(options_.seal, id_.text()),
             workspaces_},
      cache_number_(options_.versions->NewStore()) {
  CheckFormat();
  index_.Recover();
  store::ReadTransaction read = file_.Read();
  next_rid_ = store::ResourceTables(read.connection(), *codec_, options_.key_bits).NextRid();
}

OpenDatastore::~OpenDatastore() = default;

// What the index holds follows from the tables and layouts that it was built with.
void OpenDatastore::CheckFormat() {
  const std::string definitions = std::to_string(fhir::DefinitionsHash());
  std::optional<std::string> found_definitions;
  std::optional<std::string> found_format;
  {
    store::ReadTransaction read = file_.Read();
    found_definitions = store::FindMeta(read.connection(), kDefinitionsKey);
    found_format = store::FindMeta(read.connection(), kKeyFormatKey);
  }
  if (!found_definitions) {
    store::WriteTransaction write = file_.Write();
    store::SaveMeta(write, kDefinitionsKey, definitions);
    store::SaveMeta(write, kKeyFormatKey, kKeyFormat);
    write.Commit();
  } else if (*found_definitions != definitions || found_format != kKeyFormat) {
    throw core::Error(core::ErrorKind::kUnavailable,
                      "data store " + id_.text() + " was indexed by another version");
  }
}

void OpenDatastore::AfterCommit() {
  if (needs_maintenance_ && index_.NeedsMaintenance()) needs_maintenance_();
}

std::optional<StoredVersion> OpenDatastore::Find(fhir::ResourceType type, std::string_view id) {
  const VersionCache::Key key{cache_number_, type, id};
  const std::optional<std::uint64_t> change = file_.settled_change();
  if (change) {
    if (auto known = options_.versions->Find(key, *change)) return known;
  }
  // One statement, and another where hashes collide: keys are never removed, so a chain may be
  // followed through later commits.
  store::ReadTransaction read = file_.ReadOnce();
  std::optional<StoredVersion> stored = Reading(parts_, read.connection()).Find(type, id);
  // No commit has come in between, so this is what the store says as of `change`.
  if (stored && change && file_.settled_change() == change) {
    options_.versions->Keep(key, *change, *stored);
  }
  return stored;
}

std::optional<StoredVersion> OpenDatastore::FindVersion(fhir::ResourceType type,
                                                        std::string_view id,
                                                        std::uint64_t version) {
  store::ReadTransaction read = file_.Read();
  return Reading(parts_, read.connection()).FindVersion(type, id, version);
}

SearchPage OpenDatastore::Search(const fhir::SearchQuery& query, const core::Cancel& cancel) {
  store::ReadTransaction read = file_.Read(cancel);
  return Reading(parts_, read.connection()).Search(query, *index_.Open(read), cancel);
}

HistoryPage OpenDatastore::History(const HistoryQuery& query, const core::Cancel& cancel) {
  store::ReadTransaction read = file_.Read(cancel);
  return Reading(parts_, read.connection()).History(query, cancel);
}

std::optional<EverythingPage> OpenDatastore::Everything(const EverythingQuery& query,
                                                        const core::Cancel& cancel) {
  store::ReadTransaction read = file_.Read(cancel);
  return Reading(parts_, read.connection())
      .Everything(query, *index_.Open(read),
                  {&everything_lists_, read.change(), options_.page_bytes}, cancel);
}

std::unique_ptr<Draft> OpenDatastore::Prepare(const DraftOptions& options,
                                              const json::Value& resource) {
  DraftOptions whole = options;
  if (whole.method == WriteMethod::kPost && whole.id.empty()) whole.id = NewId();
  auto draft = std::make_unique<ResourceDraft>(std::move(whole), workspaces_);
  draft->Read(resource, {options.level, options_.profiles, id_.text()});
  return draft;
}

std::unique_ptr<Writing> OpenDatastore::BeginWrite(const core::Cancel& cancel) {
  return std::make_unique<WriteSession>(parts_, workspaces_, cancel, [this] { AfterCommit(); });
}

std::unique_ptr<ImportBatch> OpenDatastore::NewImportBatch(fhir::ValidationLevel level) {
  LineBatch::Parts parts{batch_symbols_.Take(), workspaces_.Take()};
  const LineRules rules{options_.types, {level, options_.profiles, id_.text()}};
  return std::make_unique<LineBatch>(rules, options_.batch, options_.batch_budget, std::move(parts),
                                     [this](LineBatch::Parts returned) {
                                       batch_symbols_.Give(std::move(returned.symbols));
                                       workspaces_.Give(std::move(returned.workspace));
                                     });
}

void OpenDatastore::CommitImport(ImportBatch& batch, std::string_view job_id,
                                 const BeforeCommit& before, const core::Cancel& cancel) {
  auto& lines = dynamic_cast<LineBatch&>(batch);
  if (lines.released()) {
    throw core::Error(core::ErrorKind::kInternal, "an import batch is committed twice");
  }
  const WorkspacePool<ParseWorkspace>::Loan workspace(workspaces_);
  lines.ResolveSymbols(symbols_);
  ImportCommit commit(parts_, lines, *workspace);
  std::uint64_t seen = 0;
  {
    store::ReadTransaction read = file_.Read(cancel);
    seen = read.change();
    commit.Prepare(read.connection());
  }
  store::WriteTransaction write = file_.Write(cancel);
  const bool untouched = write.change() == seen + 1;
  if (!untouched && !commit.StillValid(write.connection())) commit.Prepare(write.connection());
  lines.ReleaseContent();
  commit.Write(write);
  store::SaveCheckpoint(write, job_id, before(lines.outcomes()));
  write.Commit();
  AfterCommit();
}

std::optional<std::string> OpenDatastore::FindCheckpoint(std::string_view job_id) {
  store::ReadTransaction read = file_.Read();
  return store::FindCheckpoint(read.connection(), job_id);
}

void OpenDatastore::SaveCheckpoint(std::string_view job_id, std::string_view checkpoint) {
  store::WriteTransaction write = file_.Write();
  store::SaveCheckpoint(write, job_id, checkpoint);
  write.Commit();
}

void OpenDatastore::DropCheckpoint(std::string_view job_id) {
  store::WriteTransaction write = file_.Write();
  store::DropCheckpoint(write, job_id);
  write.Commit();
}

std::optional<std::uint64_t> OpenDatastore::Scan(std::uint64_t position, std::size_t limit,
                                                 const std::function<void(const ScanItem&)>& each) {
  if (limit == 0) return position;
  if (position >= UINT32_MAX) return std::nullopt;
  store::ReadTransaction read = file_.Read();
  store::ResourceTables tables(read.connection(), *codec_, options_.key_bits);
  const std::vector<store::ResourceRow> rows =
      tables.ScanCurrent(static_cast<store::Rid>(position), limit, store::ScanFilter::kLive);
  for (const store::ResourceRow& row : rows) {
    each({fhir::ResourceType::FromNumber(row.type), tables.LoadBody(row.body).json});
  }
  if (rows.size() < limit) return std::nullopt;
  return rows.back().rid;
}

}  // namespace healthlake::datastore
