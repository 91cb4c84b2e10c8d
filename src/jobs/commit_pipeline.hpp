// Lets one thread parse the next batch while another commits the last one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "healthlake/datastore/datastore.hpp"

namespace healthlake::jobs {

enum class FileEnd {
  kGoesOn,  // the file's next lines come with the next batch
  kReadThrough,
  kUnreadable,  // the storage refused to give it, or the rest of it
};

// The lines of one file within a batch; a batch may hold those of many.
struct FilePart {
  std::uint64_t file = 0;   // place in the list of inputs
  std::uint64_t lines = 0;  // resources: blank lines are none
  FileEnd end = FileEnd::kGoesOn;
};

struct PendingBatch {
  std::unique_ptr<datastore::ImportBatch> lines;
  std::vector<FilePart> parts;
  std::vector<std::uint32_t> line_bytes;  // with the line break, in the order of adding
  // Where reading goes on once this is committed.
  std::uint64_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  std::uint64_t bytes_done = 0;  // of all input
};

// Push and Drain belong to one thread. Batches are committed in the order of pushing.
class CommitPipeline {
 public:
  explicit CommitPipeline(std::function<void(PendingBatch&)> commit);
  ~CommitPipeline();  // drops what is waiting, waits for the commit under way

  // Waits until the batch before is committed: one is committed while one is parsed, and more in
  // memory would not make either faster. Throws what a commit threw; nothing is committed then.
  void Push(PendingBatch batch);
  // Returns when everything pushed is committed; throws what a commit threw.
  void Drain();

 private:
  void Work();
  void RethrowFailure();

  std::function<void(PendingBatch&)> commit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<PendingBatch> next_;
  bool busy_ = false;
  bool closed_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace healthlake::jobs
