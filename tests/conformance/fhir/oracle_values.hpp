// What the extraction of search values must find: the FHIRPath engine selects the elements by the
// registry's own expressions, and plain code says what each gives to a parameter of its type. It
// shares nothing with the generated extraction but the element tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fhir/fhirpath/item.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::oracle {

// The index values that `items` give to a parameter of search type `type`, as text to compare.
std::vector<std::string> ValuesOf(std::span<const fhirpath::Item> items, SearchType type);

}  // namespace healthlake::fhir::oracle
