// Parts of resources for _summary and _elements (search.html of R4, 3.1.1.5.8 and 3.1.1.5.9;
// reference 5.6).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// What is left of a resource. `elements` counts where it is not empty, else `summary`: kTrue has
// the elements flagged Σ, in complex ones those of their children that are, and whole what has
// none; kText has text, id, meta and what is mandatory; kData all but text; kFalse and kCount all.
struct SubsetRule {
  SearchSummary summary = SearchSummary::kFalse;
  // Names of the root: those elements, id, meta, modifiers and what is mandatory. "value" is
  // value[x] of any type, "valueQuantity" that type alone. Unknown names are passed over.
  std::span<const std::string> elements;

  bool KeepsAll() const noexcept {
    return elements.empty() &&
           (summary == SearchSummary::kFalse || summary == SearchSummary::kCount);
  }
};

// The resource without what the rule leaves out, tagged SUBSETTED in meta.tag; as it is when the
// rule keeps all. What is kept keeps its bytes and its order; white space between tokens goes.
// `_name` goes with its `name`. The text is a resource: what is none is returned as it is. Time is
// linear in the text.
std::string Subset(std::string_view resource, const SubsetRule& rule);

}  // namespace healthlake::fhir
