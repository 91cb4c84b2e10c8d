// Scans a store in pages, spools one NDJSON file after the other for each type, uploads them.
#include <map>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/jobs/output_layout.hpp"
#include "healthlake/objects/object_storage.hpp"
#include "jobs/export_checkpoint.hpp"
#include "jobs/output_folder.hpp"
#include "jobs/run.hpp"
#include "jobs/spool_file.hpp"

namespace healthlake::jobs {
namespace {

std::filesystem::path SpoolOf(const Run& run, std::string_view type, std::uint64_t part) {
  return run.spool / (std::string(type) + "-" + std::to_string(part) + ".ndjson");
}

// The files of the types, as far as a checkpoint knows them. After a throw of no use any more.
class ExportSpool {
 public:
  ExportSpool(const Run& run, ExportCheckpoint& checkpoint) : run_(run), checkpoint_(checkpoint) {
    MakeFolder(run_.spool);
    for (const auto& [type, part] : checkpoint_.types) {
      files_.emplace(type, SpoolFile(SpoolOf(run_, type, part.part), part.length));
    }
  }

  void Add(std::string_view type, std::string_view json) {
    auto found = files_.find(type);
    if (found == files_.end()) {
      checkpoint_.types.emplace(type, ExportPart{});
      found = files_.emplace(type, SpoolFile(SpoolOf(run_, type, 0), 0)).first;
    }
    SpoolFile& file = found->second;
    ExportPart& part = checkpoint_.types.find(type)->second;
    if (file.length() >= run_.options.export_file_bytes) {
      file.Flush();
      ++part.part;
      file = SpoolFile(SpoolOf(run_, type, part.part), 0);
    }
    file.Append(json);
    file.Append("\n");
    part.length = file.length();
    ++checkpoint_.resources;
    unsaved_ += json.size() + 1;
  }

  // Bytes added since the last Save.
  std::uint64_t unsaved() const noexcept { return unsaved_; }

  void Save() {
    for (auto& [type, file] : files_) file.Flush();
    run_.At(Stage::kRecorded);
    run_.store.SaveCheckpoint(run_.job.id.text(), checkpoint_.Write());
    unsaved_ = 0;
    run_.At(Stage::kCommitted);
  }

 private:
  const Run& run_;
  ExportCheckpoint& checkpoint_;
  std::map<std::string, SpoolFile, std::less<>> files_;
  std::uint64_t unsaved_ = 0;
};

// False: cancelled before the end.
bool ReadAll(const Run& run, ExportCheckpoint& checkpoint) {
  ExportSpool spool(run, checkpoint);
  std::optional<std::uint64_t> position = checkpoint.position;
  while (position) {
    if (run.cancel.Requested()) return false;
    position = run.store.Scan(
        *position, run.options.export_page,
        [&](const datastore::ScanItem& item) { spool.Add(fhir::NameOf(item.type), item.json); });
    if (position) {
      checkpoint.position = *position;
      if (spool.unsaved() >= run.options.export_checkpoint_bytes) spool.Save();
    }
  }
  checkpoint.phase = ExportPhase::kUploading;
  spool.Save();
  run.At(Stage::kSpooled);
  return true;
}

bool Upload(const Run& run, const ExportCheckpoint& checkpoint) {
  for (const auto& [type, last] : checkpoint.types) {
    for (std::uint64_t part = 0; part <= last.part; ++part) {
      if (run.cancel.Requested()) return false;
      run.objects.PutFile(OutputObject(run, ExportFileKey(type, run.job.id, part)),
                          SpoolOf(run, type, part));
      run.At(Stage::kUploadedFile);
    }
  }
  run.At(Stage::kUploaded);
  return true;
}

ExportCheckpoint LoadOrBegin(const Run& run) {
  if (const auto text = run.store.FindCheckpoint(run.job.id.text())) {
    if (auto checkpoint = ExportCheckpoint::Read(*text)) return *std::move(checkpoint);
    throw core::Error(core::ErrorKind::kInternal, "The job's checkpoint cannot be read");
  }
  RemoveTree(run.spool);
  return {};
}

}  // namespace

RunResult RunExport(const Run& run) {
  ExportCheckpoint checkpoint = LoadOrBegin(run);
  RunResult result{.ending = Ending::kParked, .progress = run.job.progress, .message = {}};
  if (checkpoint.phase == ExportPhase::kReading) {
    ProbeOutput(run);
    if (!ReadAll(run, checkpoint)) return result;
  }
  if (!Upload(run, checkpoint)) return result;
  result.ending = Ending::kCompleted;
  result.progress.resources_scanned = static_cast<std::int64_t>(checkpoint.resources);
  return result;
}

}  // namespace healthlake::jobs
