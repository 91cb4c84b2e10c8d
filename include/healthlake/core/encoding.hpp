// Bytes as text: hex, base64, percent-encoding, UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace healthlake::core {

std::string HexEncode(std::string_view bytes);  // lower case

std::string Base64Encode(std::string_view bytes);  // RFC 4648 section 4, padded
std::optional<std::string> Base64Decode(std::string_view text);

// RFC 3986: everything but unreserved characters becomes %XX; '/' too unless `keep` names it.
std::string PercentEncode(std::string_view text, std::string_view keep = {});
// nullopt when a '%' is not followed by two hex digits. '+' stays '+'.
std::optional<std::string> PercentDecode(std::string_view text);

bool IsValidUtf8(std::string_view text) noexcept;
// Number of code points; `text` must be valid UTF-8.
std::size_t CodePoints(std::string_view text) noexcept;

}  // namespace healthlake::core
