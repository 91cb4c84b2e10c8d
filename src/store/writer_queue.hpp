// Whose turn it is to write.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

#include "healthlake/core/cancel.hpp"

namespace healthlake::store {

// Thread-safe. First come, first served.
class WriterQueue {
 public:
  // Returns when it is the caller's turn. Throws core::Error{kUnavailable} when `cancel` turns
  // first.
  void Enter(const core::Cancel& cancel);
  // From any thread.
  void Leave();
  std::size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable turn;
    bool granted = false;
  };

  mutable std::mutex mutex_;
  bool busy_ = false;
  std::deque<Waiter*> waiters_;
};

}  // namespace healthlake::store
