#include "jobs/commit_pipeline.hpp"

#include <utility>

namespace healthlake::jobs {

CommitPipeline::CommitPipeline(std::function<void(PendingBatch&)> commit)
    : commit_(std::move(commit)), thread_([this] { Work(); }) {}

CommitPipeline::~CommitPipeline() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    next_.reset();
  }
  changed_.notify_all();
  thread_.join();
}

void CommitPipeline::Push(PendingBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (!next_ && !busy_) || failure_; });
  RethrowFailure();
  next_ = std::move(batch);
  changed_.notify_all();
}

void CommitPipeline::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (!next_ && !busy_) || failure_; });
  RethrowFailure();
}

void CommitPipeline::RethrowFailure() {
  if (failure_) std::rethrow_exception(failure_);
}

void CommitPipeline::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return next_ || closed_; });
    if (closed_) return;
    PendingBatch batch = *std::move(next_);
    next_.reset();
    busy_ = true;
    lock.unlock();

    std::exception_ptr failure;
    try {
      commit_(batch);
    } catch (...) {
      failure = std::current_exception();
    }
    batch = PendingBatch();

    lock.lock();
    busy_ = false;
    failure_ = failure;
    changed_.notify_all();
    if (failure) return;
  }
}

}  // namespace healthlake::jobs
