// Identifiers that a test can name in advance.
#pragma once

#include <atomic>
#include <cstdint>

#include "healthlake/core/id_generator.hpp"

namespace healthlake::support {

// Thread-safe. Draws 1, 2, 3, …
class SequentialIds final : public core::IdGenerator {
 public:
  std::uint64_t Random64() override { return next_.fetch_add(1); }

 private:
  std::atomic<std::uint64_t> next_{1};
};

}  // namespace healthlake::support
