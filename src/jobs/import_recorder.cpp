#include "jobs/import_recorder.hpp"

#include <algorithm>
#include <cmath>

#include "healthlake/core/error.hpp"
#include "jobs/line_records.hpp"

namespace healthlake::jobs {
namespace {

bool Exists(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

void RemoveFile(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
}

bool HasRecords(const std::filesystem::path& spool, std::uint64_t file) {
  return std::any_of(kRecordFiles.begin(), kRecordFiles.end(),
                     [&](const RecordFileRow& row) { return Exists(SpoolPath(spool, file, row)); });
}

// Files are begun in order, so the first place without any ends them.
void RemoveFilesFrom(const std::filesystem::path& spool, std::uint64_t file) {
  for (; HasRecords(spool, file); ++file) {
    for (const RecordFileRow& row : kRecordFiles) RemoveFile(SpoolPath(spool, file, row));
  }
}

}  // namespace

ImportRecorder::ImportRecorder(const Run& run, const ImportCheckpoint& checkpoint)
    : run_(run), checkpoint_(checkpoint), measured_(run.clock.Elapsed()) {
  const std::uint64_t file = checkpoint_.file;
  RemoveFilesFrom(run_.spool, file + 1);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const RecordFileRow& row = kRecordFiles[i];
    const std::uint64_t length = checkpoint_.*row.length;
    if (length > 0) {
      files_[i].emplace(SpoolPath(run_.spool, file, row), length);
    } else {
      RemoveFile(SpoolPath(run_.spool, file, row));
    }
  }
}

SpoolFile& ImportRecorder::FileOf(RecordFile record_file) {
  const auto i = static_cast<std::size_t>(record_file);
  if (!files_[i]) files_[i].emplace(SpoolPath(run_.spool, checkpoint_.file, kRecordFiles[i]), 0);
  return *files_[i];
}

void ImportRecorder::Commit(PendingBatch& batch) {
  const auto record = [&](std::span<const datastore::LineOutcome> outcomes) {
    std::string text = Record(batch, outcomes);
    run_.At(Stage::kRecorded);
    return text;
  };
  if (batch.lines->empty()) {
    run_.store.SaveCheckpoint(run_.job.id.text(), record({}));
  } else {
    run_.store.CommitImport(*batch.lines, run_.job.id.text(), record, run_.cancel);
  }
  if (run_.report) run_.report(checkpoint_.progress);
  if (run_.pace) {
    run_.pace(batch.bytes_done, static_cast<std::uint64_t>(checkpoint_.progress.scanned_bytes));
  }
  run_.At(Stage::kCommitted);
}

std::string ImportRecorder::Record(const PendingBatch& batch,
                                   std::span<const datastore::LineOutcome> outcomes) {
  std::size_t next = 0;
  for (const FilePart& part : batch.parts) {
    FileOf(RecordFile::kSuccess);
    for (std::uint64_t i = 0; i < part.lines; ++i, ++next) {
      if (next >= outcomes.size() || next >= batch.line_bytes.size()) {
        throw core::Error(core::ErrorKind::kInternal, "A batch has fewer outcomes than lines");
      }
      RecordLine(outcomes[next], batch.line_bytes[next]);
    }
    for (std::optional<SpoolFile>& file : files_) {
      if (file) file->Flush();
    }
    if (part.end != FileEnd::kGoesOn) EndFile(part.end);
  }
  checkpoint_.file = batch.file;
  checkpoint_.offset = batch.offset;
  checkpoint_.line = batch.line;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    checkpoint_.*kRecordFiles[i].length = files_[i] ? files_[i]->length() : 0;
  }
  Measure();
  return checkpoint_.Write();
}

void ImportRecorder::RecordLine(const datastore::LineOutcome& outcome, std::uint32_t bytes) {
  store::JobProgress& progress = checkpoint_.progress;
  ++progress.resources_scanned;
  const RecordFile kind = RecordFileOf(outcome);
  if (kind == RecordFile::kFailure) {
    ++progress.resources_with_customer_error;
  } else {
    ++progress.resources_imported;
    checkpoint_.imported_bytes += bytes;
  }
  SpoolFile& file = FileOf(kind);
  record_.clear();
  if (kind == RecordFile::kSuccess) {
    AppendSuccessRecord(record_, file.length() == 0, outcome);
  } else {
    AppendOutcomeRecord(record_, file.length() == 0, outcome);
  }
  file.Append(record_);
}

void ImportRecorder::CloseFiles() {
  for (std::optional<SpoolFile>& file : files_) file.reset();
}

void ImportRecorder::EndFile(FileEnd end) {
  store::JobProgress& progress = checkpoint_.progress;
  ++(end == FileEnd::kReadThrough ? progress.imported_files
                                  : progress.files_read_with_customer_error);
  CloseFiles();
  ++checkpoint_.file;
}

void ImportRecorder::Measure() {
  const std::chrono::nanoseconds now = run_.clock.Elapsed();
  checkpoint_.busy_ns += (now - measured_).count();
  measured_ = now;
  if (checkpoint_.busy_ns <= 0) return;
  const double megabytes = static_cast<double>(checkpoint_.imported_bytes) / 1e6;
  const double seconds = static_cast<double>(checkpoint_.busy_ns) / 1e9;
  checkpoint_.progress.throughput_mb_per_second = std::round(megabytes / seconds * 100) / 100;
}

void ImportRecorder::EndReading() {
  CloseFiles();
  checkpoint_.phase = ImportPhase::kUploading;
  run_.store.SaveCheckpoint(run_.job.id.text(), checkpoint_.Write());
}

}  // namespace healthlake::jobs
