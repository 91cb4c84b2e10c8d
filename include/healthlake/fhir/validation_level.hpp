// How much of a resource is checked before it is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace healthlake::fhir {

// Reference 2.9; the names are those of the AWS model and of the header
// x-amzn-healthlake-fhir-validation-level.
enum class ValidationLevel : std::uint8_t {
  kStrict,         // base R4 and the profiles that meta.profile names
  kStructureOnly,  // base R4; profiles are ignored
  kMinimal,        // base R4; stored all the same, with an extension that says so
};

std::string_view NameOf(ValidationLevel level);  // "strict", "structure-only", "minimal"
std::optional<ValidationLevel> FindValidationLevel(std::string_view name);

}  // namespace healthlake::fhir
