// How far each job of the process has come and how fast: behind RemainingEstimate.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/ids.hpp"

namespace healthlake::jobs {

// Thread-safe.
class PaceBook {
 public:
  explicit PaceBook(const core::Clock& clock) : clock_(clock) {}

  void Begin(const store::JobId& job);
  // `done` of `total` bytes; what was done before the first note does not count towards the rate.
  void Note(const store::JobId& job, std::uint64_t done, std::uint64_t total);
  void End(const store::JobId& job);

  // How long the bytes that are left will take at the rate so far; nullopt: too early to tell, or
  // not running.
  std::optional<std::chrono::nanoseconds> Remaining(const store::JobId& job) const;

 private:
  struct Pace {
    std::chrono::nanoseconds began{};
    std::optional<std::uint64_t> done_before;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::chrono::nanoseconds noted{};
  };

  const core::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<store::JobId, Pace> running_;
};

}  // namespace healthlake::jobs
