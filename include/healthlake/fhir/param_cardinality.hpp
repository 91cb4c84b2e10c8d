// How many values a resource may have of a search parameter.
#pragma once

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {

// Whether a resource without structural faults has one value of the parameter at most: its element
// and those around it do not repeat. Known of numbers, quantities and dates; false for all others.
bool HasOneValue(ParamId id);

}  // namespace healthlake::fhir
