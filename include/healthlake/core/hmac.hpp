// Hashes that only the holder of a key can make.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace healthlake::core {

inline constexpr std::size_t kSha256Bytes = 32;

// HMAC-SHA256 (RFC 2104, FIPS 180-4).
std::array<unsigned char, kSha256Bytes> HmacSha256(std::string_view key, std::string_view text);

}  // namespace healthlake::core
