// The bounded request pool: threads for what may block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace healthlake::http {

// Thread-safe. Jobs must not throw. They start in the order given.
class Pool {
 public:
  using Job = std::function<void()>;

  Pool(std::size_t threads, std::size_t max_waiting);
  ~Pool();  // stops

  // False when max_waiting jobs wait already, or the pool is stopped: the job is not run.
  bool TrySubmit(Job job);
  // For the continuation of work that was admitted before: over the bound when it must be. False
  // only when the pool is stopped.
  bool SubmitAdmitted(Job job);

  // Drops the jobs that wait, and returns when those that run have ended.
  void Stop();

 private:
  bool Submit(Job&& job, std::size_t bound);
  void Work();

  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> waiting_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace healthlake::http
