#include "jobs/commit_pipeline.hpp"

#include <utility>

namespace healthlake::jobs {

CommitPipeline::CommitPipeline(std::function<void(PendingBatch&)> commit)
    : commit_(std::move(commit)), thread_([this] { Work(); }) {}

CommitPipeline::~CommitPipeline() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  thread_.join();
}

void CommitPipeline::Push(PendingBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kWaiting || failure_; });
  RethrowFailure();
  waiting_.push_back(std::move(batch));
  changed_.notify_all();
}

void CommitPipeline::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (waiting_.empty() && !busy_) || failure_; });
  RethrowFailure();
}

void CommitPipeline::RethrowFailure() {
  if (failure_) std::rethrow_exception(failure_);
}

void CommitPipeline::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !waiting_.empty() || closed_; });
    if (closed_) return;
    PendingBatch batch = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    changed_.notify_all();

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
