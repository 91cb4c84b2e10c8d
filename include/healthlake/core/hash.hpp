// Hashes of text that end up on disk.
#pragma once

#include <cstdint>
#include <string_view>

namespace healthlake::core {

// XXH3, 64 and 128 bits. Stored in databases: the algorithm must not change.
std::uint64_t Hash64(std::string_view text, std::uint64_t seed = 0) noexcept;

struct Hash128Value {
  std::uint64_t low;
  std::uint64_t high;
};
Hash128Value Hash128(std::string_view text) noexcept;

}  // namespace healthlake::core
