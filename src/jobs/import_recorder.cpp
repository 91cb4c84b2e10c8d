#include "jobs/import_recorder.hpp"

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

// Files are begun in order, so the first place without any ends them.
void RemoveFilesFrom(const std::filesystem::path& spool, std::uint64_t file) {
  for (; Exists(SuccessSpool(spool, file)) || Exists(FailureSpool(spool, file)); ++file) {
    RemoveFile(SuccessSpool(spool, file));
    RemoveFile(FailureSpool(spool, file));
  }
}

}  // namespace

std::filesystem::path SuccessSpool(const std::filesystem::path& spool, std::uint64_t file) {
  return spool / (std::to_string(file) + ".success");
}

std::filesystem::path FailureSpool(const std::filesystem::path& spool, std::uint64_t file) {
  return spool / (std::to_string(file) + ".failure");
}

ImportRecorder::ImportRecorder(const Run& run, const ImportCheckpoint& checkpoint)
    : run_(run), checkpoint_(checkpoint), measured_(run.clock.Elapsed()) {
  const std::uint64_t file = checkpoint_.file;
  RemoveFilesFrom(run_.spool, file + 1);
  if (checkpoint_.failure == 0) RemoveFile(FailureSpool(run_.spool, file));
  if (checkpoint_.line == 0) {
    RemoveFile(SuccessSpool(run_.spool, file));
  } else {
    success_.emplace(SuccessSpool(run_.spool, file), checkpoint_.success);
    if (checkpoint_.failure > 0)
      failure_.emplace(FailureSpool(run_.spool, file), checkpoint_.failure);
  }
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
    if (!success_) success_.emplace(SuccessSpool(run_.spool, part.file), 0);
    for (std::uint64_t i = 0; i < part.lines; ++i, ++next) {
      if (next >= outcomes.size() || next >= batch.line_bytes.size()) {
        throw core::Error(core::ErrorKind::kInternal, "A batch has fewer outcomes than lines");
      }
      RecordLine(outcomes[next], batch.line_bytes[next]);
    }
    success_->Flush();
    if (failure_) failure_->Flush();
    if (part.end != FileEnd::kGoesOn) EndFile(part.end);
  }
  checkpoint_.file = batch.file;
  checkpoint_.offset = batch.offset;
  checkpoint_.line = batch.line;
  checkpoint_.success = success_ ? success_->length() : 0;
  checkpoint_.failure = failure_ ? failure_->length() : 0;
  Measure();
  return checkpoint_.Write();
}

void ImportRecorder::RecordLine(const datastore::LineOutcome& outcome, std::uint32_t bytes) {
  store::JobProgress& progress = checkpoint_.progress;
  ++progress.resources_scanned;
  record_.clear();
  if (outcome.status < 400) {
    ++progress.resources_imported;
    checkpoint_.imported_bytes += bytes;
    AppendSuccessRecord(record_, success_->length() == 0, outcome);
    success_->Append(record_);
    return;
  }
  ++progress.resources_with_customer_error;
  if (!failure_) {
    failure_.emplace(FailureSpool(run_.spool, checkpoint_.file), 0);
  }
  AppendFailureRecord(record_, failure_->length() == 0, outcome);
  failure_->Append(record_);
}

void ImportRecorder::EndFile(FileEnd end) {
  store::JobProgress& progress = checkpoint_.progress;
  ++(end == FileEnd::kReadThrough ? progress.imported_files
                                  : progress.files_read_with_customer_error);
  success_.reset();
  failure_.reset();
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
  success_.reset();
  failure_.reset();
  checkpoint_.phase = ImportPhase::kUploading;
  run_.store.SaveCheckpoint(run_.job.id.text(), checkpoint_.Write());
}

}  // namespace healthlake::jobs
