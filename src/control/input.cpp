#include "control/input.hpp"

#include "healthlake/aws/protocol.hpp"

namespace healthlake::control {

const json::Tree* FindMember(const json::Tree& structure, std::string_view member) {
  const auto found = structure.find(member);
  return found == structure.end() ? nullptr : &*found;
}

std::string TextOf(const json::Tree& structure, std::string_view member) {
  return FindText(structure, member).value_or("");
}

std::optional<std::string> FindText(const json::Tree& structure, std::string_view member) {
  const json::Tree* found = FindMember(structure, member);
  if (found == nullptr) return std::nullopt;
  return found->get<std::string>();
}

std::optional<core::Timestamp> FindTime(const json::Tree& structure, std::string_view member) {
  const json::Tree* found = FindMember(structure, member);
  if (found == nullptr) return std::nullopt;
  return aws::DecodeTimestamp(*found);
}

std::string WriteMember(const json::Tree& structure, std::string_view member) {
  const json::Tree* found = FindMember(structure, member);
  return found == nullptr ? std::string() : json::Write(*found);
}

}  // namespace healthlake::control
