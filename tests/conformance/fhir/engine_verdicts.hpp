// What R4's invariants say of a resource when the FHIRPath engine evaluates each of them whole, on
// every element for which it holds. Knows nothing of the walk and its short cuts.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "fhir/fhirpath/evaluator.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

struct Verdict {
  std::string location;
  std::string key;
  auto operator<=>(const Verdict&) const = default;
};

struct Verdicts {
  std::vector<Verdict> violated;  // of severity error, sorted
  std::vector<Verdict> unknown;   // neither true nor false
  std::size_t evaluations = 0;
};

Verdicts EngineVerdicts(const json::Value& resource, fhirpath::Evaluator& evaluator);

}  // namespace healthlake::fhir
