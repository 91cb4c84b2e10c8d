// The types that expressions name, and their hierarchy.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/fhirpath/ast.hpp"

namespace healthlake::fhir::fhirpath {

// By name ("Patient", "HumanName", "Element"); 0: none. Elements with children of their own
// ("Patient.contact") are not named by expressions.
std::uint16_t FindStructureByName(std::string_view name);
// That of "string", "code", …
std::optional<r4::Kind> FindPrimitive(std::string_view name);
std::string_view NameOf(r4::Kind primitive);
std::string_view NameOf(ItemType system_type);  // "Boolean"

// The structure that the JSON of a resource names in its resourceType; 0: none.
std::uint16_t StructureOfResource(const json::Value& resource);

// nullopt: no such type. `space` is "FHIR", "System" or empty.
std::optional<TypeSpecifier> FindType(std::string_view space, std::string_view name);

// What operators take a primitive of that type for; kElement for complex types.
ItemType SystemTypeOf(r4::Kind kind);

// Whether the item is of that type or of one derived from it.
bool IsOfType(const Item& item, const TypeSpecifier& type);

}  // namespace healthlake::fhir::fhirpath
