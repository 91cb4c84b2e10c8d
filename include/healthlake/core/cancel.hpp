// Tells long work that nobody waits for it any more.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "healthlake/core/clock.hpp"

namespace healthlake::core {

// A cheap, copyable view of one cancellation. Thread-safe. True once the peer has closed, the time
// limit has passed or the server stops; it never turns back.
class Cancel {
 public:
  Cancel() = default;  // never requested
  bool Requested() const noexcept {
    return (flag_ && flag_->load(std::memory_order_relaxed)) || TimedOut();
  }

  // The same with a time limit: requested as well once clock.Elapsed() has reached `deadline`. The
  // clock must outlive it.
  Cancel Until(const Clock& clock, std::chrono::nanoseconds deadline) const {
    Cancel limited(flag_);
    limited.clock_ = &clock;
    limited.deadline_ = deadline;
    return limited;
  }
  // Whether the limit of Until has passed.
  bool TimedOut() const noexcept { return clock_ != nullptr && clock_->Elapsed() >= deadline_; }

 private:
  friend class CancelSource;
  explicit Cancel(std::shared_ptr<const std::atomic<bool>> flag) : flag_(std::move(flag)) {}
  std::shared_ptr<const std::atomic<bool>> flag_;
  const Clock* clock_ = nullptr;  // null: no limit
  std::chrono::nanoseconds deadline_{};
};

class CancelSource {
 public:
  CancelSource() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void Request() noexcept { flag_->store(true, std::memory_order_relaxed); }
  Cancel token() const { return Cancel(flag_); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace healthlake::core
