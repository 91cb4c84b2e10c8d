// What the definitions say of the place that a value is meant for, and the value made to fit it.
#pragma once

#include <string_view>

#include "fhir/patch/element.hpp"
#include "fhir/patch/failure.hpp"
#include "fhir/patch/operation.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::patch {

// An element that R4 defines, as one of its types.
struct Target {
  const Element* element = nullptr;
  const ElementType* type = nullptr;
  // "valueQuantity" of a choice, else the element's name.
  std::string_view json_name() const noexcept { return type->json_name; }
};

// The element of a structure that `name` means: "value", "value[x]" or "valueQuantity". Throws
// core::Error{kUnprocessable} when there is none.
const Element& LoadElement(StructureId structure, std::string_view name,
                           const OperationName& operation);

// As the type that the value has. Primitives stand for each other where they are written alike, and
// a type for what derives from it. Throws {kUnprocessable} when the element cannot have the type.
Target TargetOf(const Element& element, const GivenValue& value, const OperationName& operation);

// The nodes of the value. Throws {kInvalid} when it is not of its own type, {kUnprocessable} when
// it is spelled out with elements that the type does not have.
NewElement MakeElement(EditTree& tree, const Target& target, const GivenValue& value,
                       const OperationName& operation);

// Throws {kUnprocessable} when the object has the element already, as whatever type.
void CheckAbsent(EditTree& tree, Node object, const Element& element,
                 const OperationName& operation);

}  // namespace healthlake::fhir::patch
