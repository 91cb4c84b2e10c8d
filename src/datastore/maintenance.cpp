#include "datastore/maintenance.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "healthlake/core/log.hpp"

namespace healthlake::datastore {

Maintenance::Maintenance(Work work) : work_(std::move(work)), thread_([this] { Run(); }) {}

Maintenance::~Maintenance() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    cancel_current_.Request();
  }
  changed_.notify_all();
  thread_.join();
}

void Maintenance::Ask(const store::DatastoreId& id) {
  {
    const std::lock_guard lock(mutex_);
    if (std::find(waiting_.begin(), waiting_.end(), id) != waiting_.end()) return;
    waiting_.push_back(id);
  }
  changed_.notify_all();
}

void Maintenance::Drop(const store::DatastoreId& id) {
  std::unique_lock lock(mutex_);
  std::erase(waiting_, id);
  if (current_ != id) return;
  cancel_current_.Request();
  changed_.wait(lock, [&] { return current_ != id; });
}

void Maintenance::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    cancel_current_ = core::CancelSource();
    const store::DatastoreId id = current_;
    const core::Cancel cancel = cancel_current_.token();
    lock.unlock();
    try {
      work_(id, cancel);
    } catch (const std::exception& error) {
      core::Log(core::LogLevel::kWarning, "index maintenance failed",
                {{"datastore", std::string_view(id.text())}, {"reason", error.what()}});
    }
    lock.lock();
    current_ = store::DatastoreId();
    changed_.notify_all();
  }
}

}  // namespace healthlake::datastore
