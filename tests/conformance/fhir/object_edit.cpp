#include "conformance/fhir/object_edit.hpp"

#include <algorithm>

namespace healthlake::fhir {

std::string MemberText(std::string_view name, std::string_view raw) {
  return '"' + std::string(name) + "\":" + std::string(raw);
}

std::string_view ElementName(StructureId structure, std::string_view json_name) {
  const Element* element = FindElement(structure, json_name);
  return element ? element->name : std::string_view();
}

std::string Changed(const json::Value& object, StructureId structure,
                    std::span<const MemberChange> changes, bool keep_others) {
  const auto replaced = [&](std::string_view key) {
    const std::string_view name = key.starts_with('_') ? key.substr(1) : key;
    const std::string_view element = ElementName(structure, name);
    return std::ranges::any_of(changes, [&](const MemberChange& change) {
      return change.name == name ||
             (!element.empty() && ElementName(structure, change.name) == element);
    });
  };
  std::string out = "{";
  const auto add = [&](std::string_view name, std::string_view raw) {
    if (out.size() > 1) out += ',';
    out += MemberText(name, raw);
  };
  for (const json::Value child : object) {
    const bool stays = keep_others ? !replaced(child.key()) : child.key() == "resourceType";
    if (stays) add(child.key(), child.raw());
  }
  for (const MemberChange& change : changes) {
    if (!change.raw.empty()) add(change.name, change.raw);
  }
  return out + "}";
}

}  // namespace healthlake::fhir
