// One small GET, for the health sub-command.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace healthlake::http {

// The status of the answer; nullopt when there was none within `timeout`. Never throws.
std::optional<int> ProbeStatus(const std::string& host, std::uint16_t port,
                               const std::string& target, std::chrono::milliseconds timeout);

}  // namespace healthlake::http
