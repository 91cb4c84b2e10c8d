// Tells long work that nobody waits for it any more.
#pragma once

#include <atomic>
#include <memory>

namespace healthlake::core {

// A cheap, copyable view of one cancellation. Thread-safe. True once the peer has closed, the time
// limit has passed or the server stops; it never turns back.
class Cancel {
 public:
  Cancel() = default;  // never requested
  bool Requested() const noexcept { return flag_ && flag_->load(std::memory_order_relaxed); }

 private:
  friend class CancelSource;
  explicit Cancel(std::shared_ptr<const std::atomic<bool>> flag) : flag_(std::move(flag)) {}
  std::shared_ptr<const std::atomic<bool>> flag_;
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
