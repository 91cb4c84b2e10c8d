// The FHIRPath expressions of the registry's search parameters, compiled (Bundle-searchParams.json
// of the official examples).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/fhir/official_examples.hpp"
#include "fhir/fhirpath/expression.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::oracle {

struct Component {
  SearchType type;
  fhirpath::Expression expression;
};
// A union takes 1.0 and 1.00 for the same, but an index keeps both: so each side is asked alone.
struct Definition {
  std::vector<fhirpath::Expression> alternatives;
  std::vector<Component> components;  // of a composite
};

// By SearchParam::definition. Throws std::runtime_error for what does not compile.
std::map<std::string, Definition> LoadDefinitions(const OfficialExamples& examples);

}  // namespace healthlake::fhir::oracle
