#include "fhir/profile/code_system.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace healthlake::fhir {
namespace {

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

bool IsParentProperty(std::string_view code) {
  return code == "parent" || code == "subsumedBy" || code == "partOf";
}

// "value[x]" of a property, whatever its type.
std::string PropertyValue(const json::Value& property) {
  for (const json::Value member : property) {
    if (!member.key().starts_with("value")) continue;
    if (member.is_string()) return std::string(member.string());
    if (member.is_object()) return Text(member, "code");
    return std::string(member.raw());
  }
  return {};
}

bool InList(std::string_view list, std::string_view value) {
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t to = std::min(list.find(',', from), list.size());
    if (list.substr(from, to - from) == value) return true;
    from = to + 1;
  }
  return false;
}

}  // namespace

CodeSystem::CodeSystem(const json::Value& resource)
    : url_(Text(resource, "url")), complete_(Text(resource, "content") == "complete") {
  if (const auto concepts = resource.Find("concept")) Read(*concepts, kNoParent);
  LinkParents();
}

void CodeSystem::Read(const json::Value& concepts, std::size_t parent) {
  if (!concepts.is_array()) return;
  for (const json::Value each : concepts) {
    const std::size_t index = concepts_.size();
    Concept& added = concepts_.emplace_back();
    added.code = Text(each, "code");
    if (parent != kNoParent) added.parents.push_back(parent);
    if (const auto properties = each.Find("property"); properties && properties->is_array()) {
      for (const json::Value property : *properties) {
        added.properties.emplace(Text(property, "code"), PropertyValue(property));
      }
    }
    by_code_.emplace(added.code, index);
    if (const auto below = each.Find("concept")) Read(*below, index);
  }
}

void CodeSystem::LinkParents() {
  for (Concept& each : concepts_) {
    for (const auto& [property, value] : each.properties) {
      const auto parent = by_code_.find(value);
      if (IsParentProperty(property) && parent != by_code_.end()) {
        each.parents.push_back(parent->second);
      }
    }
  }
}

std::vector<bool> CodeSystem::Descendants(std::string_view code) const {
  std::vector<bool> below(concepts_.size());
  const auto root = by_code_.find(std::string(code));
  if (root == by_code_.end()) return below;
  std::vector<std::vector<std::size_t>> children(concepts_.size());
  for (std::size_t i = 0; i < concepts_.size(); ++i) {
    for (const std::size_t parent : concepts_[i].parents) children[parent].push_back(i);
  }
  std::vector<std::size_t> open = {root->second};
  below[root->second] = true;
  while (!open.empty()) {
    const std::size_t parent = open.back();
    open.pop_back();
    for (const std::size_t child : children[parent]) {
      if (!below[child]) open.push_back(child);
      below[child] = true;
    }
  }
  return below;
}

std::optional<std::vector<bool>> CodeSystem::ByProperty(const ConceptFilter& filter) const {
  const bool defined = std::ranges::any_of(
      concepts_, [&](const Concept& each) { return each.properties.contains(filter.property); });
  const bool code = filter.property == "code" || filter.property == "concept";
  if (!defined && !code) return std::nullopt;
  const re2::RE2 pattern(filter.op == "regex" ? filter.value : "", re2::RE2::Quiet);
  if (!pattern.ok()) return std::nullopt;
  const auto fits = [&](const std::string& value) {
    if (filter.op == "regex") return re2::RE2::FullMatch(value, pattern);
    if (filter.op == "=") return value == filter.value;
    return InList(filter.value, value);
  };
  std::vector<bool> selected(concepts_.size());
  for (std::size_t i = 0; i < concepts_.size(); ++i) {
    const auto [first, last] = concepts_[i].properties.equal_range(filter.property);
    const bool fit = code ? fits(concepts_[i].code)
                          : std::any_of(first, last, [&](const auto& e) { return fits(e.second); });
    if (filter.op == "exists") {
      selected[i] = (first != last) == (filter.value == "true");
    } else {
      selected[i] = fit != (filter.op == "not-in");
    }
  }
  return selected;
}

std::optional<std::vector<bool>> CodeSystem::Apply(const ConceptFilter& filter) const {
  if (filter.op == "is-a" || filter.op == "descendent-of" || filter.op == "is-not-a") {
    std::vector<bool> selected = Descendants(filter.value);
    if (filter.op == "is-not-a") selected.flip();
    const auto root = by_code_.find(filter.value);
    if (filter.op == "descendent-of" && root != by_code_.end()) selected[root->second] = false;
    return selected;
  }
  constexpr std::string_view kByProperty[] = {"=", "in", "not-in", "regex", "exists"};
  if (std::ranges::find(kByProperty, filter.op) == std::end(kByProperty)) return std::nullopt;
  return ByProperty(filter);
}

std::optional<std::unordered_set<std::string>> CodeSystem::Select(
    const std::vector<ConceptFilter>& filters) const {
  if (!complete_) return std::nullopt;
  std::vector<bool> selected(concepts_.size(), true);
  for (const ConceptFilter& filter : filters) {
    const auto passed = Apply(filter);
    if (!passed) return std::nullopt;
    for (std::size_t i = 0; i < selected.size(); ++i) selected[i] = selected[i] && (*passed)[i];
  }
  std::unordered_set<std::string> codes;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (selected[i]) codes.insert(concepts_[i].code);
  }
  return codes;
}

}  // namespace healthlake::fhir
