// Which concepts of a CodeSystem subsume which others (codesystem.html, 4.8.12 and 4.8.13).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// The resource must outlive it.
class CodeHierarchy {
 public:
  explicit CodeHierarchy(const json::Value& code_system);

  // `code` first, then what is below or above it in any distance, each once. Circles are fine.
  std::vector<std::string> AtOrBelow(std::string_view code) const;
  std::vector<std::string> AtOrAbove(std::string_view code) const;

 private:
  enum class Relation { kParent, kChild, kSubsumedBy };
  struct Concept {
    std::string_view code;
    std::vector<std::size_t> parents;
    std::vector<std::size_t> children;
  };
  using Neighbours = std::vector<std::size_t> Concept::*;

  void ReadRelations(const json::Value& code_system);
  void ReadConcepts(const json::Value& parent);
  void LinkBelow(const json::Value& parent);
  void LinkProperty(const json::Value& property, std::size_t self);
  void Link(std::size_t parent, std::size_t child);
  std::vector<std::string> Reach(std::string_view code, Neighbours next) const;

  bool is_a_ = true;                                          // what nesting, parent and child mean
  std::unordered_map<std::string_view, Relation> relations_;  // of properties, by code
  std::vector<Concept> concepts_;
  std::unordered_map<std::string_view, std::size_t> by_code_;
};

}  // namespace healthlake::fhir
