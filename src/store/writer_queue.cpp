#include "store/writer_queue.hpp"

#include <algorithm>
#include <chrono>

#include "healthlake/core/error.hpp"

namespace healthlake::store {
namespace {

// A Cancel can only be looked at, not waited for.
constexpr std::chrono::milliseconds kLookAtCancel(10);

}  // namespace

void WriterQueue::Enter(const core::Cancel& cancel) {
  std::unique_lock lock(mutex_);
  if (!busy_) {
    busy_ = true;
    return;
  }
  Waiter self;
  waiters_.push_back(&self);
  while (!self.granted) {
    self.turn.wait_for(lock, kLookAtCancel);
    if (self.granted || !cancel.Requested()) continue;
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
    throw core::Error(core::ErrorKind::kUnavailable, "cancelled while waiting to write");
  }
}

void WriterQueue::Leave() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    busy_ = false;
    return;
  }
  // busy_ stays: the turn goes over without a gap that a newcomer could slip into. Notified under
  // the lock, as the waiter's condition variable lives on its stack.
  waiters_.front()->granted = true;
  waiters_.front()->turn.notify_one();
  waiters_.pop_front();
}

std::size_t WriterQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

}  // namespace healthlake::store
