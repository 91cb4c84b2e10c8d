// Named wake-ups between rooms: a job's end wakes the requests that wait for it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace healthlake::core {

// Thread-safe. A signal carries no data and is not remembered: whoever waits looks at the truth (a
// row) first, subscribes, looks again, and then sleeps.
class Signals {
 public:
  using Callback = std::function<void()>;
  using Subscription = std::uint64_t;

  // `callback` runs on the notifying thread, under no lock; it must be quick and must not throw. It
  // is called for every Notify of `topic` until Unsubscribe, which may race with one last call.
  Subscription Subscribe(std::string_view topic, Callback callback);
  void Unsubscribe(Subscription subscription);
  void Notify(std::string_view topic);

 private:
  std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::map<std::string, std::map<Subscription, Callback>, std::less<>> topics_;
  std::map<Subscription, std::string> topic_of_;
};

}  // namespace healthlake::core
