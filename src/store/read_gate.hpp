// Lets the writer find a moment without readers, to restart the WAL.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace healthlake::store {

// Thread-safe.
class ReadGate {
 public:
  // Waits while the gate is closed.
  void Enter() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return !closed_; });
    ++readers_;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    if (--readers_ == 0 && closed_) empty_.notify_all();
  }

  // Closes the gate, waits until the last reader has left (false: `patience` ended before), runs
  // `work` then, and opens the gate again in any case.
  template <typename Work>
  bool WithoutReaders(std::chrono::milliseconds patience, const Work& work) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    const bool alone = empty_.wait_for(lock, patience, [this] { return readers_ == 0; });
    if (alone) {
      lock.unlock();
      work();
      lock.lock();
    }
    closed_ = false;
    opened_.notify_all();
    return alone;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  std::condition_variable empty_;
  std::size_t readers_ = 0;
  bool closed_ = false;
};

}  // namespace healthlake::store
