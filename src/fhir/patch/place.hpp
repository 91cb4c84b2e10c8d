// From what FHIRPath found to where it stands.
#pragma once

#include "fhir/patch/element.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::patch {

struct Place {
  Node node = EditTree::kNone;  // kNone: nowhere in the resource
  // What defines the object in which the element stands; none where R4 does not.
  StructureId around;
};

// `tree` is an untouched one of `resource`; `value` is part of the same Document, or of another.
Place FindPlace(EditTree& tree, const json::Value& resource, const json::Value& value);

}  // namespace healthlake::fhir::patch
