// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <chrono>

#include "healthlake/core/clock.hpp"

namespace healthlake::support {

// Thread-safe. Starts at 2026-01-02T03:04:05.678Z, with no time elapsed.
class FakeClock final : public core::Clock {
 public:
  core::Timestamp Now() const override {
    return kStart + std::chrono::duration_cast<std::chrono::milliseconds>(Elapsed());
  }
  std::chrono::nanoseconds Elapsed() const override {
    return std::chrono::nanoseconds(elapsed_.load());
  }
  void Advance(std::chrono::nanoseconds by) { elapsed_.fetch_add(by.count()); }

  static constexpr core::Timestamp kStart{std::chrono::milliseconds{1'767'323'045'678}};

 private:
  std::atomic<std::int64_t> elapsed_{0};
};

}  // namespace healthlake::support
