// The one walk over a value along the model's table.
#pragma once

#include <string>
#include <vector>

#include "healthlake/json/tree.hpp"

namespace healthlake::aws {

// Checks `value` against shape `shape` of the model and returns what of it the model knows: members
// that are unknown or null are left out. Violations are appended in AWS's wording, in the order of
// the model. Throws core::Error{kSerialization} at the first value of the wrong JSON type.
json::Tree CheckShape(int shape, const json::Tree& value, std::vector<std::string>& violations);

// "1 validation error detected: …", "2 validation errors detected: …; …".
std::string DescribeViolations(const std::vector<std::string>& violations);

}  // namespace healthlake::aws
