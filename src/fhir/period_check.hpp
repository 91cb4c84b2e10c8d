// The order of a Period's ends (datatypes.html, Period; invariant per-1).
#pragma once

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// False when both ends are there and the start is after the end, as far as the precision of both
// tells.
bool EndsInOrder(const json::Value& period);

}  // namespace healthlake::fhir
