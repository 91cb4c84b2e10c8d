// What the extraction of search values must find: the FHIRPath engine selects the elements by the
// registry's own expressions, and plain code says what each gives to a parameter of its type. It
// shares nothing with the generated extraction but the element tables.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "fhir/fhirpath/item.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir::oracle {

// What `items` give to a parameter of search type `type`. Systems that a binding implies, ids of
// parameters and the texts of tokens are left out. Views are into the Document and `texts`.
std::vector<IndexValue> IndexValuesOf(std::span<const fhirpath::Item> items, SearchType type,
                                      std::deque<std::string>& texts);
// The same as text to compare.
std::vector<std::string> ValuesOf(std::span<const fhirpath::Item> items, SearchType type);

}  // namespace healthlake::fhir::oracle
