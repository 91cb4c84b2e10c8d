// CodeSystems of packages (codesystem.html), as far as value sets select from them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

struct ConceptFilter {
  std::string property;
  std::string op;
  std::string value;
};

class CodeSystem {
 public:
  explicit CodeSystem(const json::Value& resource);

  const std::string& url() const noexcept { return url_; }
  // Whether it lists all its concepts; otherwise it says nothing of a code.
  bool complete() const noexcept { return complete_; }

  // The codes that all filters select (valueset-filter-operator); nullopt when one of them cannot
  // be told from the concepts.
  std::optional<std::unordered_set<std::string>> Select(
      const std::vector<ConceptFilter>& filters) const;

 private:
  struct Concept {
    std::string code;
    std::vector<std::size_t> parents;
    std::unordered_multimap<std::string, std::string> properties;
  };
  static constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

  void Read(const json::Value& concepts, std::size_t parent);
  void LinkParents();
  std::optional<std::vector<bool>> Apply(const ConceptFilter& filter) const;
  std::vector<bool> Descendants(std::string_view code) const;
  std::optional<std::vector<bool>> ByProperty(const ConceptFilter& filter) const;

  std::string url_;
  bool complete_ = false;
  std::vector<Concept> concepts_;
  std::unordered_map<std::string, std::size_t> by_code_;
};

}  // namespace healthlake::fhir
