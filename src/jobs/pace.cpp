#include "jobs/pace.hpp"

#include <algorithm>

namespace healthlake::jobs {

void PaceBook::Begin(const store::JobId& job) {
  const std::lock_guard lock(mutex_);
  running_[job] = Pace{.began = clock_.Elapsed(), .done_before = {}};
}

void PaceBook::Note(const store::JobId& job, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(job);
  if (found == running_.end()) return;
  Pace& pace = found->second;
  if (!pace.done_before) {
    pace.done_before = done;
    pace.began = clock_.Elapsed();
  }
  pace.done = done;
  pace.total = total;
  pace.noted = clock_.Elapsed();
}

void PaceBook::End(const store::JobId& job) {
  const std::lock_guard lock(mutex_);
  running_.erase(job);
}

std::optional<std::chrono::nanoseconds> PaceBook::Remaining(const store::JobId& job) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(job);
  if (found == running_.end()) return std::nullopt;
  const Pace& pace = found->second;
  if (!pace.done_before || pace.done <= *pace.done_before) return std::nullopt;
  const auto spent = static_cast<double>((pace.noted - pace.began).count());
  const auto worked = static_cast<double>(pace.done - *pace.done_before);
  const auto left = static_cast<double>(pace.total - std::min(pace.total, pace.done));
  const double since = static_cast<double>((clock_.Elapsed() - pace.noted).count());
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::max(0.0, left / worked * spent - since)));
}

}  // namespace healthlake::jobs
