// Time is injected: every timestamp and transition of the process comes from a Clock.
#pragma once

#include <chrono>

namespace healthlake::core {

// A moment in UTC. Milliseconds are the resolution of the AWS protocol and of meta.lastUpdated.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// Thread-safe. Owned by app (SystemClock) or by a test (support/fake_clock.hpp).
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
  // Monotonic time since an arbitrary start, for durations and deadlines.
  virtual std::chrono::nanoseconds Elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  std::chrono::nanoseconds Elapsed() const override;
};

}  // namespace healthlake::core
