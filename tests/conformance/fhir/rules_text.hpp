// Compiled rules as lines of text, so that two compilations can be compared.
#pragma once

#include <string>
#include <vector>

#include "fhir/profile/element_rules.hpp"

namespace healthlake::fhir {

// One line per demand, sorted: "Observation.code min 1".
std::vector<std::string> Lines(const ElementRules& rules);

}  // namespace healthlake::fhir
