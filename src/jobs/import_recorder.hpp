// Commits an import's batches: records of the lines into the spool, checkpoint into the store.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "jobs/commit_pipeline.hpp"
#include "jobs/import_checkpoint.hpp"
#include "jobs/record_files.hpp"
#include "jobs/run.hpp"
#include "jobs/spool_file.hpp"

namespace healthlake::jobs {

// Confined to one thread at a time. After a throw the recorder is of no use any more: the next run
// goes on from the checkpoint in the store.
class ImportRecorder {
 public:
  // `checkpoint` is the one committed last; the spool is cut back to what it says.
  ImportRecorder(const Run& run, const ImportCheckpoint& checkpoint);

  void Commit(PendingBatch& batch);
  // Of the last commit.
  const ImportCheckpoint& checkpoint() const noexcept { return checkpoint_; }
  // Everything is read: from now on there is only uploading to do.
  void EndReading();

 private:
  std::string Record(const PendingBatch& batch, std::span<const datastore::LineOutcome> outcomes);
  void RecordLine(const datastore::LineOutcome& outcome, std::uint32_t bytes);
  void EndFile(FileEnd end);
  void CloseFiles();
  // Opened, and emptied, when it is not open yet.
  SpoolFile& FileOf(RecordFile record_file);
  void Measure();

  const Run& run_;
  ImportCheckpoint checkpoint_;
  // Of the file that checkpoint_.file names, in the order of kRecordFiles.
  std::array<std::optional<SpoolFile>, kRecordFiles.size()> files_;
  std::string record_;
  std::chrono::nanoseconds measured_;
};

}  // namespace healthlake::jobs
