#include "jobs/crew.hpp"

#include <exception>
#include <utility>

#include "healthlake/core/log.hpp"

namespace healthlake::jobs {
namespace {

// Before trying again to write to a control file whose disk is full.
constexpr std::chrono::seconds kRetry{1};

}  // namespace

void Crew::Hire(std::size_t threads, const Claim& claim) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, claim] { Work(claim); });
  }
}

void Crew::Wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void Crew::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, running] : running_) running.cancel.Request();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Crew::StopTasksOf(const store::DatastoreId& datastore) {
  std::unique_lock lock(mutex_);
  closed_.insert(datastore);
  for (auto& [id, running] : running_) {
    if (running.datastore == datastore) running.cancel.Request();
  }
  changed_.wait(lock, [&] {
    for (const auto& [id, running] : running_) {
      if (running.datastore == datastore) return false;
    }
    return true;
  });
}

bool Crew::IsClosed(const store::DatastoreId& datastore) {
  const std::lock_guard lock(mutex_);
  return closed_.contains(datastore);
}

bool Crew::Pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return stopping_; });
}

bool Crew::Insist(const core::Cancel& cancel, const std::function<void()>& write,
                  const std::function<void(const char* error)>& failed) {
  while (true) {
    try {
      write();
      return true;
    } catch (const std::exception& error) {
      failed(error.what());
    }
    if (Pause(kRetry) || cancel.Requested()) return false;
  }
}

void Crew::Work(const Claim& claim) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::uint64_t wakes = wakes_;
    lock.unlock();
    std::optional<Task> task;
    bool failed = false;
    try {
      task = claim();
    } catch (const std::exception& error) {
      core::Log(core::LogLevel::kError, "claiming a job failed", {{"error", error.what()}});
      failed = true;
    }
    lock.lock();
    const auto woken = [&] { return stopping_ || wakes_ != wakes; };
    if (failed) {
      changed_.wait_for(lock, kRetry, woken);
    } else if (!task) {
      changed_.wait(lock, woken);
    } else if (!stopping_ && !closed_.contains(task->datastore)) {
      Carry(*task, lock);
    }
  }
}

void Crew::Carry(const Task& task, std::unique_lock<std::mutex>& lock) {
  Running running{.datastore = task.datastore, .cancel = {}};
  const core::Cancel cancel = running.cancel.token();
  running_.insert_or_assign(task.id, std::move(running));
  lock.unlock();
  task.carry(cancel);
  lock.lock();
  running_.erase(task.id);
  // The store's next task may be claimed now, by whoever is idle.
  ++wakes_;
  changed_.notify_all();
}

}  // namespace healthlake::jobs
