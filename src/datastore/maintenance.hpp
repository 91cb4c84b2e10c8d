// The thread that folds and merges the indexes of the process's data stores, one store at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "healthlake/core/cancel.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::datastore {

// Thread-safe. A store that is asked for again while it waits is maintained once.
class Maintenance {
 public:
  // `work` is called on the thread; what it throws is logged, and the store's turn is over.
  using Work = std::function<void(const store::DatastoreId&, const core::Cancel&)>;
  explicit Maintenance(Work work);
  ~Maintenance();  // stops the work under way

  void Ask(const store::DatastoreId& id);
  // Forgets the store; on return it is not being worked on.
  void Drop(const store::DatastoreId& id);

 private:
  void Run();

  Work work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<store::DatastoreId> waiting_;
  store::DatastoreId current_;
  core::CancelSource cancel_current_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace healthlake::datastore
