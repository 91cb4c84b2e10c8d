#include "jobs/job_message.hpp"

#include <cstddef>

namespace healthlake::jobs {
namespace {

constexpr std::size_t kMaxCharacters = 2048;
constexpr std::string_view kAllowed = " _.:/=+-%@";
constexpr std::string_view kLeftOut = "\"'`()[]{}<>,;!?";
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string JobMessage(std::string_view text) {
  std::string message;
  for (const char c : text) {
    if (message.size() + 3 > kMaxCharacters) break;
    if (IsAlphanumeric(c) || kAllowed.find(c) != std::string_view::npos) {
      message += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      message += ' ';
    } else if (kLeftOut.find(c) == std::string_view::npos) {
      const auto byte = static_cast<unsigned char>(c);
      message += '%';
      message += kHexDigits[byte >> 4U];
      message += kHexDigits[byte & 15U];
    }
  }
  return message.empty() ? "The job failed." : message;
}

}  // namespace healthlake::jobs
