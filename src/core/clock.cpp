#include "healthlake/core/clock.hpp"

namespace healthlake::core {

Timestamp SystemClock::Now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::Elapsed() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace healthlake::core
