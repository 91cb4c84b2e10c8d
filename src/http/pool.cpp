#include "http/pool.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace healthlake::http {

Pool::Pool(std::size_t threads, std::size_t max_waiting) : max_waiting_(max_waiting) {
  const std::size_t count = std::max<std::size_t>(threads, 1);
  idle_ = count;  // also those that have not come round to wait yet
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
}

Pool::~Pool() {
  Stop();
}

bool Pool::TrySubmit(Job job) {
  return Submit(std::move(job), max_waiting_);
}

bool Pool::SubmitAdmitted(Job job) {
  return Submit(std::move(job), std::numeric_limits<std::size_t>::max());
}

bool Pool::Submit(Job&& job, std::size_t bound) {
  {
    const std::lock_guard lock(mutex_);
    // An idle thread takes one each, so those do not count as waiting.
    if (stopped_ || (waiting_.size() >= idle_ && waiting_.size() - idle_ >= bound)) return false;
    waiting_.push_back(std::move(job));
  }
  ready_.notify_one();
  return true;
}

void Pool::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    --idle_;
    {
      const Job job = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
    ++idle_;
  }
}

void Pool::Stop() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace healthlake::http
