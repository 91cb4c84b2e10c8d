#include "fhir/code_hierarchy.hpp"

#include <array>
#include <utility>

namespace healthlake::fhir {
namespace {

std::string_view Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

template <typename Function>
void ForEach(const json::Value& object, std::string_view name, const Function& function) {
  const auto list = object.Find(name);
  if (!list || !list->is_array()) return;
  for (const json::Value item : *list) function(item);
}

}  // namespace

CodeHierarchy::CodeHierarchy(const json::Value& code_system) {
  const std::string_view meaning = Text(code_system, "hierarchyMeaning");
  is_a_ = meaning.empty() || meaning == "is-a";
  ReadRelations(code_system);
  ReadConcepts(code_system);
  LinkBelow(code_system);
}

// A property goes by its own code, whose uri tells what it is.
void CodeHierarchy::ReadRelations(const json::Value& code_system) {
  constexpr std::array<std::pair<std::string_view, Relation>, 3> kDefined = {{
      {"parent", Relation::kParent},
      {"child", Relation::kChild},
      {"subsumedBy", Relation::kSubsumedBy},
  }};
  constexpr std::string_view kDefinitions = "http://hl7.org/fhir/concept-properties#";
  for (const auto& [code, relation] : kDefined) relations_.emplace(code, relation);
  ForEach(code_system, "property", [&](const json::Value& property) {
    const std::string_view uri = Text(property, "uri");
    if (!uri.starts_with(kDefinitions)) return;
    for (const auto& [code, relation] : kDefined) {
      if (uri.substr(kDefinitions.size()) == code) relations_[Text(property, "code")] = relation;
    }
  });
}

// Recursion, here and below, is as deep as the document, which its parser limits.
void CodeHierarchy::ReadConcepts(const json::Value& parent) {
  ForEach(parent, "concept", [&](const json::Value& each) {
    const std::string_view code = Text(each, "code");
    if (by_code_.emplace(code, concepts_.size()).second) concepts_.push_back({code, {}, {}});
    ReadConcepts(each);
  });
}

void CodeHierarchy::LinkBelow(const json::Value& parent) {
  const auto above = by_code_.find(Text(parent, "code"));
  ForEach(parent, "concept", [&](const json::Value& each) {
    const std::size_t self = by_code_.at(Text(each, "code"));
    if (is_a_ && above != by_code_.end()) Link(above->second, self);
    ForEach(each, "property", [&](const json::Value& property) { LinkProperty(property, self); });
    LinkBelow(each);
  });
}

void CodeHierarchy::LinkProperty(const json::Value& property, std::size_t self) {
  const auto relation = relations_.find(Text(property, "code"));
  if (relation == relations_.end()) return;
  const auto coding = property.Find("valueCoding");
  const std::string_view code = coding ? Text(*coding, "code") : Text(property, "valueCode");
  const auto other = by_code_.find(code.empty() ? Text(property, "valueString") : code);
  if (other == by_code_.end() || (!is_a_ && relation->second != Relation::kSubsumedBy)) return;
  if (relation->second == Relation::kChild) {
    Link(self, other->second);
  } else {
    Link(other->second, self);
  }
}

void CodeHierarchy::Link(std::size_t parent, std::size_t child) {
  concepts_[parent].children.push_back(child);
  concepts_[child].parents.push_back(parent);
}

std::vector<std::string> CodeHierarchy::Reach(std::string_view code, Neighbours next) const {
  const auto start = by_code_.find(code);
  if (start == by_code_.end()) return {std::string(code)};
  std::vector<bool> seen(concepts_.size());
  std::vector<std::size_t> open = {start->second};
  std::vector<std::string> codes;
  seen[start->second] = true;
  while (!open.empty()) {
    const Concept& each = concepts_[open.back()];
    open.pop_back();
    codes.emplace_back(each.code);
    for (const std::size_t other : each.*next) {
      if (!seen[other]) open.push_back(other);
      seen[other] = true;
    }
  }
  return codes;
}

std::vector<std::string> CodeHierarchy::AtOrBelow(std::string_view code) const {
  return Reach(code, &Concept::children);
}

std::vector<std::string> CodeHierarchy::AtOrAbove(std::string_view code) const {
  return Reach(code, &Concept::parents);
}

}  // namespace healthlake::fhir
