#include "healthlake/core/hash.hpp"

#include <xxhash.h>

namespace healthlake::core {

std::uint64_t Hash64(std::string_view text, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

Hash128Value Hash128(std::string_view text) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.low64, hash.high64};
}

}  // namespace healthlake::core
