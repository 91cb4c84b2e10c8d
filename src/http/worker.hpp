// One network thread: its event loop, its sessions and what they share.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "healthlake/http/server.hpp"
#include "http/network.hpp"
#include "http/pool.hpp"

namespace healthlake::http {

class Session;

// Counts connections, so that Stop can wait for the last one. Thread-safe.
class ConnectionCount {
 public:
  enum class Ending { kAtOnce, kLingered };

  // All of them.
  std::size_t open() const noexcept { return open_.load(std::memory_order_relaxed); }
  void Opened();
  void Closed(Ending ending);
  // Its last answer is sent; it only waits for the peer to close. Still open.
  void Lingers();

  // Both give up after `patience`, measured in real time, and say whether it was enough.
  bool WaitForNoneAtWork(std::chrono::milliseconds patience);
  bool WaitForNone(std::chrono::milliseconds patience);

 private:
  std::atomic<std::size_t> open_{0};
  std::mutex mutex_;
  std::size_t lingering_ = 0;
  std::condition_variable changed_;
};

// What every session needs; all of it outlives the workers.
struct Services {
  const ServerOptions& options;
  Application& application;
  const core::Clock& clock;
  core::IdGenerator& ids;
  core::Signals& signals;
  Pool& pool;
  ConnectionCount& connections;
};

// Lets a thread that may outlive the event loop post to it: a last signal can arrive during Stop.
class Mailbox {
 public:
  explicit Mailbox(net::io_context& context) : context_(&context) {}

  template <typename Function>
  void Post(Function function) {
    const std::lock_guard lock(mutex_);
    if (context_ != nullptr) PostTo(*context_, std::move(function));
  }
  void Close() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }

 private:
  template <typename Function>
  static void PostTo(net::io_context& context, Function&& function);

  std::mutex mutex_;
  net::io_context* context_;
};

class Worker {
 public:
  explicit Worker(const Services& services);
  ~Worker();

  const Services& services() const noexcept { return services_; }
  net::io_context& context() noexcept { return context_; }
  const std::shared_ptr<Mailbox>& mailbox() const noexcept { return mailbox_; }

  void Start();
  // Ends the loop and joins its thread; sessions that are left are destroyed with the worker.
  void Join();

  // The phases of a stop; from any thread.
  void BeginStop();   // idle connections close, sleepers wake, nobody keeps alive
  void CancelWork();  // requests in flight are told to give up
  void AbortAll();    // sockets are closed under them

  // The rest is for the worker's own thread.
  void Enter(Session& session);
  void Leave(Session& session);
  bool stopping() const noexcept { return stopping_; }
  std::string_view Date();  // of now, for the Date field

 private:
  void ScheduleSweep();
  void Sweep();
  template <typename Function>
  void OnEverySession(Function function);

  const Services services_;
  std::string date_;
  std::chrono::sys_seconds date_second_{};
  std::vector<Session*> sessions_;
  bool sweeping_ = false;
  bool stopping_ = false;
  // Destroyed first, because the coroutines that it owns refer to the members above.
  net::io_context context_{1};
  net::executor_work_guard<Executor> guard_{context_.get_executor()};
  Timer sweep_timer_{context_};
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>(context_);
  std::thread thread_;
};

template <typename Function>
void Mailbox::PostTo(net::io_context& context, Function&& function) {
  net::post(context, std::forward<Function>(function));
}

}  // namespace healthlake::http
