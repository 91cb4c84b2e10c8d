#include "healthlake/fhir/validation_level.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace healthlake::fhir {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"strict", "structure-only", "minimal"};

}  // namespace

std::string_view NameOf(ValidationLevel level) {
  return kNames[static_cast<std::size_t>(level)];
}

std::optional<ValidationLevel> FindValidationLevel(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ValidationLevel>(found - kNames.begin());
}

}  // namespace healthlake::fhir
