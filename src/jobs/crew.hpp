// Threads that claim work of data stores and carry it out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::jobs {

struct Task {
  std::string id;  // unique among the tasks of a crew
  store::DatastoreId datastore;
  std::function<void(const core::Cancel&)> carry;  // must not throw
};

// Thread-safe.
class Crew {
 public:
  // The next task, marked as taken; nullopt when there is none now. What it throws is logged, and
  // it is asked again a little later.
  using Claim = std::function<std::optional<Task>()>;

  Crew() = default;
  ~Crew() { Stop(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // More threads, which claim with `claim` whenever they are idle and woken.
  void Hire(std::size_t threads, const Claim& claim);
  // There may be something to claim.
  void Wake();
  // Cancels what runs, waits for it and lets the threads go, for good.
  void Stop();

  // From now on nothing of the store is begun; what runs is cancelled, and done on return.
  void StopTasksOf(const store::DatastoreId& datastore);
  bool IsClosed(const store::DatastoreId& datastore);

  // Sleeps for `time`; ends early, with true, when the crew is stopped.
  bool Pause(std::chrono::milliseconds time);
  // Calls `write` until it does not throw, with a pause after each failure, which `failed` is told
  // of: for ends that must be written though the disk is full. False: the crew was stopped or
  // `cancel` requested before it succeeded.
  bool Insist(const core::Cancel& cancel, const std::function<void()>& write,
              const std::function<void(const char* error)>& failed);

 private:
  struct Running {
    store::DatastoreId datastore;
    core::CancelSource cancel;
  };

  void Work(const Claim& claim);
  void Carry(const Task& task, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::uint64_t wakes_ = 0;
  std::map<std::string, Running> running_;
  std::set<store::DatastoreId> closed_;  // stores that go away
  std::vector<std::thread> threads_;
};

}  // namespace healthlake::jobs
