// Reading members of input that aws::DecodeInput has checked.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::control {

// A required string.
std::string TextOf(const json::Tree& structure, std::string_view member);
std::optional<std::string> FindText(const json::Tree& structure, std::string_view member);
std::optional<core::Timestamp> FindTime(const json::Tree& structure, std::string_view member);
// Null when absent.
const json::Tree* FindMember(const json::Tree& structure, std::string_view member);
// The member as JSON text, empty when absent: how the control file keeps structures.
std::string WriteMember(const json::Tree& structure, std::string_view member);

}  // namespace healthlake::control
