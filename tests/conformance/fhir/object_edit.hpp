// Objects of a document as text, with other members.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

std::string MemberText(std::string_view name, std::string_view raw);

// Of a choice without its type: "value" for "valueQuantity"; empty when there is no such element.
std::string_view ElementName(StructureId structure, std::string_view json_name);

struct MemberChange {
  std::string_view name;
  std::string_view raw;  // empty: removed
};

// The object's text after the changes. A choice given a type, or removed, loses what it had.
std::string Changed(const json::Value& object, StructureId structure,
                    std::span<const MemberChange> changes, bool keep_others = true);

}  // namespace healthlake::fhir
