// Buffers that are worth keeping between writes, for as many threads as need them at once.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace healthlake::datastore {

// Thread-safe. Keeps what is given back, up to a number.
template <typename Item>
class WorkspacePool {
 public:
  std::unique_ptr<Item> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!items_.empty()) {
        std::unique_ptr<Item> item = std::move(items_.back());
        items_.pop_back();
        return item;
      }
    }
    return std::make_unique<Item>();
  }

  void Give(std::unique_ptr<Item> item) {
    if (!item) return;
    const std::lock_guard lock(mutex_);
    if (items_.size() < kKept) items_.push_back(std::move(item));
  }

  // Given back at the end of the scope.
  class Loan {
   public:
    explicit Loan(WorkspacePool& pool) : pool_(pool), item_(pool.Take()) {}
    ~Loan() { pool_.Give(std::move(item_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Item& operator*() const { return *item_; }
    Item* operator->() const { return item_.get(); }

   private:
    WorkspacePool& pool_;
    std::unique_ptr<Item> item_;
  };

 private:
  static constexpr std::size_t kKept = 8;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Item>> items_;
};

}  // namespace healthlake::datastore
