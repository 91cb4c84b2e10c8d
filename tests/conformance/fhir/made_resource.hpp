// Resources that have every element, made from the definitions: for parameters that no official
// example exercises.
#pragma once

#include <string>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {

// A structurally sound resource. `variant` turns choices over their types, codes over their sets
// and references over their targets.
std::string MakeResource(ResourceType type, std::size_t variant);

}  // namespace healthlake::fhir
