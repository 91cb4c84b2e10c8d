// How much memory the import batches of the process hold, all stores together.
#pragma once

#include <atomic>
#include <cstddef>

namespace healthlake::datastore {

// Thread-safe. Nobody waits for it: batches that are being filled end sooner while it is spent.
class BatchBudget {
 public:
  explicit BatchBudget(std::size_t limit = std::size_t{80} << 20) : limit_(limit) {}
  BatchBudget(const BatchBudget&) = delete;
  BatchBudget& operator=(const BatchBudget&) = delete;

  // Somebody who held `before` bytes holds `after` now.
  void Change(std::size_t before, std::size_t after) {
    used_.fetch_add(after - before, std::memory_order_relaxed);  // wraps around for fewer
  }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool Spent() const { return used() >= limit_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace healthlake::datastore
