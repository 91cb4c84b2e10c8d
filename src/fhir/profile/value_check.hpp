// Single values against what a definition says of them.
#pragma once

#include <cstddef>

#include "fhir/fhirpath/node.hpp"
#include "fhir/profile/datum.hpp"
#include "fhir/profile/value_set.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// minValue[x], maxValue[x]: numbers, dates and times to the precision that both have, quantities of
// one unit. False where the two cannot be compared.
bool IsLess(const json::Value& value, const Datum& limit);
bool IsGreater(const json::Value& value, const Datum& limit);

// In characters; 0 for what is no string.
std::size_t LengthOf(const json::Value& value);

// A code, Coding, CodeableConcept (one of its codings), Quantity (its unit) or string; others are
// unknown.
Membership InCodeSet(const CodeSet& codes, const fhirpath::Node& node);

}  // namespace healthlake::fhir
