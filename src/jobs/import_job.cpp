// Reads NDJSON, parses on this thread, commits on another, uploads the records at the end.
#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/fhir/validation_level.hpp"
#include "healthlake/jobs/output_layout.hpp"
#include "healthlake/json/ndjson_cursor.hpp"
#include "healthlake/objects/object_storage.hpp"
#include "jobs/commit_pipeline.hpp"
#include "jobs/import_inputs.hpp"
#include "jobs/import_recorder.hpp"
#include "jobs/job_message.hpp"
#include "jobs/manifest.hpp"
#include "jobs/output_folder.hpp"
#include "jobs/record_files.hpp"
#include "jobs/run.hpp"
#include "jobs/spool_file.hpp"

namespace healthlake::jobs {
namespace {

// So many files of next to nothing are a batch as well.
constexpr std::size_t kMaxParts = 10'000;
// Longer lines are imported one at a time.
constexpr std::size_t kSharedLine = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kCancelLook{100};

constexpr std::string_view kTypeName = "\"resourceType\"";
constexpr std::string_view kBinaryName = "\"Binary\"";

// Whether a text that begins like this, or is this, says "resourceType": "Binary".
enum class Says { kBinary, kOtherType, kNothing };

Says TypeSaid(std::string_view text) {
  const std::size_t found = text.find(kTypeName);
  if (found == std::string_view::npos) return Says::kNothing;
  std::string_view rest = text.substr(found + kTypeName.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t:"), rest.size()));
  return rest.starts_with(kBinaryName) ? Says::kBinary : Says::kOtherType;
}

bool IsUnreadable(const core::Error& error) {
  return error.kind() == core::ErrorKind::kNotFound ||
         error.kind() == core::ErrorKind::kAccessDenied ||
         error.kind() == core::ErrorKind::kInvalid;
}

// Fills batches with lines and hands them on.
class ImportReader {
 public:
  ImportReader(const Run& run, const ImportCheckpoint& start, CommitPipeline& pipeline)
      : run_(run),
        pipeline_(pipeline),
        file_(start.file),
        offset_(start.offset),
        line_(start.line),
        level_(fhir::FindValidationLevel(run.job.validation_level)
                   .value_or(fhir::ValidationLevel::kStrict)) {
    NewBatch();
  }

  // False: cancelled before the end.
  bool ReadAll() {
    InputList inputs(run_);
    for (std::uint64_t i = 0; i < file_; ++i) {
      if (const std::optional<Input> done = inputs.Next()) bytes_before_ += done->size;
    }
    while (std::optional<Input> input = inputs.Next()) {
      if (!ReadFile(*input)) return false;
    }
    Push();
    pipeline_.Drain();
    return !run_.cancel.Requested();
  }

 private:
  bool ReadFile(const Input& input) {
    batch_.parts.push_back({.file = file_, .lines = 0, .end = FileEnd::kGoesOn});
    FileEnd end = FileEnd::kReadThrough;
    try {
      if (!ReadLines(input)) return false;
    } catch (const StorageError& error) {
      if (!IsUnreadable(error.error)) throw error.error;
      core::Log(core::LogLevel::kWarning, "input file cannot be read",
                {{"job", run_.job.id.text()}, {"reason", error.error.what()}});
      end = FileEnd::kUnreadable;
    }
    batch_.parts.back().end = end;
    bytes_before_ += input.size;
    ++file_;
    offset_ = 0;
    line_ = 0;
    if (batch_.parts.size() >= kMaxParts) Push();
    return true;
  }

  bool ReadLines(const Input& input) {
    std::unique_ptr<objects::ObjectReader> reader;
    const auto guarded = [](auto&& call) {
      try {
        return call();
      } catch (const core::Error& error) {
        throw StorageError{error};
      }
    };
    guarded([&] {
      reader = run_.objects.OpenRead(input.uri, offset_);
      return 0;
    });
    json::NdjsonCursor cursor(
        [&](char* buffer, std::size_t capacity) {
          return guarded([&] { return reader->Read(buffer, capacity); });
        },
        {.max_line_bytes = run_.options.max_line_bytes,
         .allowed_bytes =
             [this](std::string_view start) {
               return TypeSaid(start) == Says::kOtherType ? std::size_t{0}
                                                          : run_.options.max_binary_bytes;
             }},
        {.offset = offset_, .lines_before = line_});
    json::NdjsonLine line;
    while (cursor.Next(line)) {
      if (run_.cancel.Requested()) return false;
      if (line.length > kSharedLine && !line.too_long) {
        if (!AddAlone(line)) return false;
      } else {
        AddLine(line);
        if (batch_.lines->full()) PushAndGoOn();
      }
    }
    return true;
  }

  void AddLine(const json::NdjsonLine& line) {
    const bool large = line.length > run_.options.max_line_bytes;
    if (line.too_long || (large && TypeSaid(line.text) != Says::kBinary)) {
      batch_.lines->Refuse(line.number, TooLong(line));
    } else {
      batch_.lines->Add(line.number, line.text);
    }
    ++batch_.parts.back().lines;
    batch_.line_bytes.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(
        line.next_offset - line.offset, std::numeric_limits<std::uint32_t>::max())));
    offset_ = line.next_offset;
    line_ = line.number;
  }

  // A large line takes many times its size until it is committed: no other one may be in memory
  // with it, neither of this job nor of another. False: cancelled, and the line is not imported.
  bool AddAlone(const json::NdjsonLine& line) {
    if (!batch_.lines->empty()) PushAndGoOn();
    pipeline_.Drain();
    std::unique_lock<std::timed_mutex> alone;
    if (run_.large_line != nullptr) {
      alone = std::unique_lock(*run_.large_line, std::defer_lock);
      while (!alone.try_lock_for(kCancelLook)) {
        if (run_.cancel.Requested()) return false;
      }
    }
    AddLine(line);
    PushAndGoOn();
    pipeline_.Drain();
    return true;
  }

  core::Issue TooLong(const json::NdjsonLine& line) const {
    const bool binary = TypeSaid(line.text) == Says::kBinary;
    const std::size_t limit = binary ? run_.options.max_binary_bytes : run_.options.max_line_bytes;
    return {core::Severity::kError, "too-long",
            "The resource has " + std::to_string(line.length) + " bytes, over the limit of " +
                std::to_string(limit) + (binary ? " for a Binary" : ""),
            ""};
  }

  void NewBatch() {
    batch_ = PendingBatch();
    batch_.lines = run_.store.NewImportBatch(level_);
  }

  void Push() {
    batch_.file = file_;
    batch_.offset = offset_;
    batch_.line = line_;
    batch_.bytes_done = bytes_before_ + offset_;
    if (!batch_.parts.empty()) pipeline_.Push(std::move(batch_));
    NewBatch();
  }

  void PushAndGoOn() {
    Push();
    batch_.parts.push_back({.file = file_, .lines = 0, .end = FileEnd::kGoesOn});
  }

  struct StorageError {
    core::Error error;
  };

  const Run& run_;
  CommitPipeline& pipeline_;
  PendingBatch batch_;
  std::uint64_t file_;
  std::uint64_t offset_;
  std::uint64_t line_;
  fhir::ValidationLevel level_;
  std::uint64_t bytes_before_ = 0;
};

ImportCheckpoint LoadOrBegin(const Run& run) {
  if (const auto text = run.store.FindCheckpoint(run.job.id.text())) {
    if (const auto checkpoint = ImportCheckpoint::Read(*text)) return *checkpoint;
    throw core::Error(core::ErrorKind::kInternal, "The job's checkpoint cannot be read");
  }
  RemoveTree(run.spool);
  const InputTotals totals = FindInputs(run);
  ImportCheckpoint checkpoint;
  checkpoint.progress.scanned_files = totals.files;
  checkpoint.progress.scanned_bytes = totals.bytes;
  run.store.SaveCheckpoint(run.job.id.text(), checkpoint.Write());
  run.At(Stage::kListed);
  return checkpoint;
}

bool Upload(const Run& run, const ImportCheckpoint& checkpoint) {
  InputList inputs(run);
  for (std::uint64_t file = 0; std::optional<Input> input = inputs.Next(); ++file) {
    if (run.cancel.Requested()) return false;
    for (const RecordFileRow& row : kRecordFiles) {
      const std::filesystem::path records = SpoolPath(run.spool, file, row);
      // Absent without such records, and where an earlier run has uploaded it.
      const bool always = row.folder == kSuccessFolder;
      if (!always && !std::filesystem::exists(records)) continue;
      run.objects.PutFile(OutputObject(run, std::string(row.folder) + input->relative), records);
    }
    run.At(Stage::kUploadedFile);
  }
  run.objects.Put(OutputObject(run, kManifestKey),
                  ManifestJson(run.job, checkpoint.progress, checkpoint.imported_bytes));
  run.At(Stage::kUploaded);
  return true;
}

bool ReadAndCommit(const Run& run, ImportCheckpoint& checkpoint) {
  ImportRecorder recorder(run, checkpoint);
  {
    CommitPipeline pipeline([&](PendingBatch& batch) { recorder.Commit(batch); });
    if (!ImportReader(run, checkpoint, pipeline).ReadAll()) return false;
  }
  recorder.EndReading();
  checkpoint = recorder.checkpoint();
  run.At(Stage::kSpooled);
  return true;
}

}  // namespace

RunResult RunImport(const Run& run) {
  ImportCheckpoint checkpoint = LoadOrBegin(run);
  RunResult result{.ending = Ending::kParked, .progress = checkpoint.progress, .message = {}};
  if (run.report) run.report(checkpoint.progress);
  if (checkpoint.phase == ImportPhase::kReading) {
    ProbeOutput(run);
    if (!ReadAndCommit(run, checkpoint)) return result;
  }
  if (!Upload(run, checkpoint)) return result;
  const store::JobProgress& progress = checkpoint.progress;
  const bool errors =
      progress.resources_with_customer_error > 0 || progress.files_read_with_customer_error > 0;
  result.ending = errors ? Ending::kCompletedWithErrors : Ending::kCompleted;
  result.progress = progress;
  if (progress.files_read_with_customer_error > 0) {
    result.message =
        JobMessage(std::to_string(progress.files_read_with_customer_error) + " of " +
                   std::to_string(progress.scanned_files) +
                   " input files could not be read. The log of the server says which and why.");
  }
  return result;
}

}  // namespace healthlake::jobs
