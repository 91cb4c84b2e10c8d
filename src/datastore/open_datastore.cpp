#include "datastore/open_datastore.hpp"

#include <utility>

#include "datastore/key_codec.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/store/store_notes.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::string_view kDefinitionsKey = "definitions";
constexpr std::string_view kKeyFormatKey = "key_format";

StoredVersion ToStored(store::ResourceTables& tables, const store::ResourceRow& row) {
  StoredVersion stored;
  stored.version = row.version;
  stored.last_updated = row.last_updated;
  stored.deleted = row.deleted;
  if (!row.deleted) stored.json = tables.LoadBody(row.body).json;
  return stored;
}

}  // namespace

OpenDatastore::OpenDatastore(store::DatastoreId id, const std::filesystem::path& path,
                             store::ConnectionBudget& budget, const core::Clock& clock,
                             core::IdGenerator& ids, const OpenOptions& options,
                             std::function<void()> needs_maintenance)
    : id_(std::move(id)),
      clock_(clock),
      ids_(ids),
      options_(options),
      needs_maintenance_(std::move(needs_maintenance)),
      file_(path, options.durability, budget),
      codec_(store::BodyCodec::Load(file_)),
      symbols_(file_),
      index_(file_, options.index) {
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
  store::ReadTransaction read = file_.Read();
  store::ResourceTables tables(read.connection(), *codec_, options_.key_bits);
  const auto row = tables.Find({type.number(), id});
  if (!row) return std::nullopt;
  return ToStored(tables, *row);
}

std::optional<StoredVersion> OpenDatastore::FindVersion(fhir::ResourceType type,
                                                        std::string_view id,
                                                        std::uint64_t version) {
  store::ReadTransaction read = file_.Read();
  store::ResourceTables tables(read.connection(), *codec_, options_.key_bits);
  const auto current = tables.Find({type.number(), id});
  if (!current) return std::nullopt;
  const auto row =
      current->version == version ? current : tables.FindVersion(current->rid, version);
  if (!row) return std::nullopt;
  return ToStored(tables, *row);
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
  const StoreParts parts{file_,  *codec_,   symbols_,   index_,
                         clock_, next_rid_, id_.text(), options_.key_bits};
  lines.ResolveSymbols(symbols_);
  ImportCommit commit(parts, lines, *workspace);
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
