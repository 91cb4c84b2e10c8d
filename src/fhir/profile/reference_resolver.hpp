// What a Reference leads to, as far as the resource itself tells (references.html).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/node.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Confined to one thread. What one walk spends on references is bounded, so that many references
// into many or large resources do not multiply; beyond that only the text of a reference tells.
class ReferenceResolver {
 public:
  void Reset(std::size_t budget) { budget_ = budget; }

  // A contained resource, or that of a Bundle's entry; without value where only the type is known;
  // nullopt where nothing is.
  std::optional<fhirpath::Node> Resolve(const json::Value& reference,
                                        const fhirpath::Environment& around);
  // The structure of the resource type; 0 when it cannot be told.
  std::uint16_t TypeOf(const json::Value& reference, const fhirpath::Environment& around);
  // Of what is left; false when that is not enough.
  bool Spend(std::size_t amount = 1) {
    if (amount > budget_) return false;
    budget_ -= amount;
    return true;
  }

 private:
  std::optional<fhirpath::Node> Contained(std::string_view id, const json::Value& container);
  std::optional<fhirpath::Node> Entry(std::string_view reference, const json::Value& bundle);

  std::size_t budget_ = 0;
};

}  // namespace healthlake::fhir
