// Elements as defined → rules to check.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/profile/definition.hpp"
#include "fhir/profile/element_definition.hpp"
#include "fhir/profile/element_rules.hpp"
#include "fhir/profile/terminology.hpp"

namespace healthlake::fhir {

// Leaves out what the base definitions demand already. Definitions referred to must outlive the
// rules. Throws core::Error{kInvalid}.
std::unique_ptr<const ElementRules> CompileRules(const Definition& definition,
                                                 const ElementNode& tree,
                                                 const ProfileSet::Rules& set,
                                                 Terminology& terminology);

// What the parts of a compilation share.
class RuleContext {
 public:
  RuleContext(const Definition& compiled, const ProfileSet::Rules& rules, Terminology& terms)
      : definition(compiled), set(rules), terminology(terms) {}

  const Definition* Find(std::string_view canonical) const;
  // The elements of another definition; null when it is not known. Kept for the context's life.
  const ElementNode* FindTree(std::string_view canonical);

  const Definition& definition;
  const ProfileSet::Rules& set;
  Terminology& terminology;

 private:
  std::vector<std::pair<const Definition*, std::unique_ptr<ElementNode>>> trees_;
};

// How to tell the items of a slice: all tests must pass. Nullopt: the definitions do not say.
std::optional<std::vector<SliceTest>> CompileSliceTests(const ElementNode& slice,
                                                        const SlicingDefinition& slicing,
                                                        RuleContext& context);

}  // namespace healthlake::fhir
