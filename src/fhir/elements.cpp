#include <algorithm>
#include <vector>

#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

bool IsStructure(StructureId structure) {
  return structure.number() > 0 && structure.number() <= r4::kStructureCount;
}

// The public form of the element rows, made at first use.
struct Elements {
  std::vector<ElementType> types;  // as r4::kMembers
  std::vector<ResourceType> targets;
  std::vector<Element> elements;  // as r4::kElements

  Elements() {
    for (std::size_t i = 0; i < r4::kTargetCount; ++i) {
      targets.push_back(ResourceType::FromNumber(r4::kTargets[i]));
    }
    for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
      const r4::StructureRow& structure = r4::kStructures[number];
      for (std::size_t i = 0; i < structure.member_count; ++i) {
        types.push_back(TypeOf(r4::kMembers[structure.first_member + i]));
      }
    }
    for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
      const r4::StructureRow& structure = r4::kStructures[number];
      for (std::size_t i = 0; i < structure.element_count; ++i) {
        Add(structure, r4::kElements[structure.first_element + i]);
      }
    }
  }

 private:
  ElementType TypeOf(const r4::MemberRow& row) const {
    ElementType type;
    type.code = r4::View(row.code);
    type.json_name = r4::View(row.name);
    type.primitive = r4::IsPrimitive(row.kind);
    type.structure = StructureId::FromNumber(row.structure);
    type.targets =
        std::span<const ResourceType>(targets).subspan(row.first_target, row.target_count);
    return type;
  }

  void Add(const r4::StructureRow& structure, const r4::ElementRow& row) {
    Element element;
    element.name = r4::View(row.name);
    element.min = row.min;
    element.array = (row.flags & r4::kArray) != 0;
    element.max = element.array ? 0 : 1;
    element.choice = (row.flags & r4::kChoice) != 0;
    element.summary = (row.flags & r4::kSummary) != 0;
    element.modifier = (row.flags & r4::kModifier) != 0;
    element.required_codes = CodeSetId::FromNumber(row.codes);
    element.types = std::span<const ElementType>(types).subspan(
        std::size_t{structure.first_member} + row.first_member, row.member_count);
    element.targets =
        std::span<const ResourceType>(targets).subspan(row.first_target, row.target_count);
    elements.push_back(element);
  }
};

const Elements& Loaded() {
  static const Elements elements;
  return elements;
}

}  // namespace

StructureId StructureOf(ResourceType type) {
  if (type.number() > r4::kTypeCount) return {};
  return StructureId::FromNumber(r4::kTypes[type.number()].structure);
}

StructureId FindStructure(std::string_view path) {
  const std::span<const r4::StructureRow> rows(r4::kStructures + 1, r4::kStructureCount);
  const auto name = [](const r4::StructureRow& row) { return r4::View(row.path); };
  const auto found = std::ranges::lower_bound(rows, path, {}, name);
  if (found == rows.end() || name(*found) != path) return {};
  return StructureId::FromNumber(static_cast<std::uint16_t>(found - rows.begin() + 1));
}

std::string_view PathOf(StructureId structure) {
  return IsStructure(structure) ? r4::View(r4::kStructures[structure.number()].path)
                                : std::string_view();
}

StructureId BaseOf(StructureId structure) {
  if (!IsStructure(structure)) return {};
  return StructureId::FromNumber(r4::kStructures[structure.number()].base);
}

bool DerivesFrom(StructureId structure, StructureId base) {
  if (base.IsNone()) return false;
  while (!structure.IsNone() && structure != base) structure = BaseOf(structure);
  return structure == base;
}

std::span<const Element> ElementsOf(StructureId structure) {
  if (!IsStructure(structure)) return {};
  const r4::StructureRow& row = r4::kStructures[structure.number()];
  return std::span<const Element>(Loaded().elements).subspan(row.first_element, row.element_count);
}

const Element* FindElement(StructureId structure, std::string_view name) {
  const std::span<const Element> elements = ElementsOf(structure);
  if (elements.empty()) return nullptr;
  const r4::StructureRow& row = r4::kStructures[structure.number()];
  const int member = r4::FindMember(row, name, r4::NameHash(name));
  if (member >= 0) return &elements[r4::kMembers[row.first_member + member].element];
  const auto found = std::ranges::find(elements, name, &Element::name);
  return found != elements.end() ? &*found : nullptr;
}

}  // namespace healthlake::fhir
