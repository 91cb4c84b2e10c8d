#include "fhir/fhirpath/types.hpp"

#include <algorithm>
#include <array>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

using r4::Kind;

struct PrimitiveRow {
  std::string_view name;
  Kind kind;
  Kind base;  // itself: derived from Element
  ItemType system;
};
// In the order of Kind.
constexpr std::array<PrimitiveRow, 20> kPrimitives = {{
    {"base64Binary", Kind::kBase64Binary, Kind::kBase64Binary, ItemType::kString},
    {"boolean", Kind::kBoolean, Kind::kBoolean, ItemType::kBoolean},
    {"canonical", Kind::kCanonical, Kind::kUri, ItemType::kString},
    {"code", Kind::kCode, Kind::kString, ItemType::kString},
    {"date", Kind::kDate, Kind::kDate, ItemType::kDate},
    {"dateTime", Kind::kDateTime, Kind::kDateTime, ItemType::kDateTime},
    {"decimal", Kind::kDecimal, Kind::kDecimal, ItemType::kDecimal},
    {"id", Kind::kId, Kind::kString, ItemType::kString},
    {"instant", Kind::kInstant, Kind::kInstant, ItemType::kDateTime},
    {"integer", Kind::kInteger, Kind::kInteger, ItemType::kInteger},
    {"markdown", Kind::kMarkdown, Kind::kString, ItemType::kString},
    {"oid", Kind::kOid, Kind::kUri, ItemType::kString},
    {"positiveInt", Kind::kPositiveInt, Kind::kInteger, ItemType::kInteger},
    {"string", Kind::kString, Kind::kString, ItemType::kString},
    {"time", Kind::kTime, Kind::kTime, ItemType::kTime},
    {"unsignedInt", Kind::kUnsignedInt, Kind::kInteger, ItemType::kInteger},
    {"uri", Kind::kUri, Kind::kUri, ItemType::kString},
    {"url", Kind::kUrl, Kind::kUri, ItemType::kString},
    {"uuid", Kind::kUuid, Kind::kUri, ItemType::kString},
    {"xhtml", Kind::kXhtml, Kind::kXhtml, ItemType::kString},
}};
const PrimitiveRow& RowOfPrimitive(Kind kind) {
  return kPrimitives[static_cast<std::size_t>(kind) -
                     static_cast<std::size_t>(Kind::kBase64Binary)];
}

constexpr std::array<std::string_view, 9> kSystemNames = {
    "", "Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity"};

bool IsDerived(std::uint16_t structure, std::uint16_t from) {
  for (; structure != 0; structure = r4::kStructures[structure].base) {
    if (structure == from) return true;
  }
  return false;
}

bool IsPrimitiveOfType(Kind kind, const TypeSpecifier& type) {
  const PrimitiveRow& row = RowOfPrimitive(kind);
  if (!type.is_fhir) return type.is_system && !type.qualified && type.system == row.system;
  if (type.kind == Kind::kComplex) return type.name == "Element";
  return type.kind == kind || type.kind == row.base;
}

}  // namespace

std::uint16_t FindStructureByName(std::string_view name) {
  if (name.find('.') != name.npos) return 0;
  return FindStructure(name).number();
}

std::optional<Kind> FindPrimitive(std::string_view name) {
  const auto found = std::ranges::lower_bound(kPrimitives, name, {}, &PrimitiveRow::name);
  if (found == kPrimitives.end() || found->name != name) return std::nullopt;
  return found->kind;
}

std::string_view NameOf(Kind primitive) {
  return RowOfPrimitive(primitive).name;
}

std::string_view NameOf(ItemType system_type) {
  return kSystemNames[static_cast<std::size_t>(system_type)];
}

std::uint16_t StructureOfResource(const json::Value& resource) {
  const auto name = resource.Find("resourceType");
  if (!name || !name->is_string()) return 0;
  const auto type = FindResourceType(name->string());
  return type ? r4::kTypes[type->number()].structure : std::uint16_t{0};
}

std::optional<TypeSpecifier> FindType(std::string_view space, std::string_view name) {
  TypeSpecifier type;
  type.name = name;
  type.qualified = !space.empty();
  if (space.empty() || space == "FHIR") {
    if (const auto primitive = FindPrimitive(name)) {
      type.is_fhir = true;
      type.kind = *primitive;
    } else if (const std::uint16_t structure = FindStructureByName(name)) {
      type.is_fhir = true;
      type.structure = structure;
    }
  }
  if (space.empty() || space == "System") {
    const auto found = std::ranges::find(kSystemNames, name);
    if (found != kSystemNames.end() && !name.empty()) {
      type.is_system = true;
      type.system = static_cast<ItemType>(found - kSystemNames.begin());
    }
  }
  if (!type.is_fhir && !type.is_system) return std::nullopt;
  return type;
}

ItemType SystemTypeOf(Kind kind) {
  return r4::IsPrimitive(kind) ? RowOfPrimitive(kind).system : ItemType::kElement;
}

bool IsOfType(const Item& item, const TypeSpecifier& type) {
  if (!item.IsElement()) return type.is_system && type.system == item.type();
  const Node& node = item.node();
  if (r4::IsPrimitive(node.kind)) return IsPrimitiveOfType(node.kind, type);
  return type.is_fhir && type.kind == Kind::kComplex && IsDerived(node.structure, type.structure);
}

}  // namespace healthlake::fhir::fhirpath
