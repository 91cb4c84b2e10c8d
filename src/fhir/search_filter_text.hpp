// The text of a _filter taken apart, whatever the type it is asked of.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

struct FilterNode;

// name or name[filter] of a path.
struct FilterStep {
  std::string_view name;
  std::unique_ptr<FilterNode> filter;
};

// A test when it has a path, else a combination of parts.
struct FilterNode {
  std::string_view text;   // as written
  std::size_t levels = 1;  // of parts within parts, itself included
  Combination::Rule rule = Combination::Rule::kAllOf;
  std::vector<FilterNode> parts;
  std::vector<FilterStep> path;
  std::string_view operation;  // "eq"
  std::string value;
};

// The views point into `text`. Linear in the text; parentheses and brackets nest at most 16 deep,
// parts 64 levels. nullopt: `why` tells
// what is wrong, and where.
std::optional<FilterNode> ParseFilter(std::string_view text, std::string& why);

}  // namespace healthlake::fhir
