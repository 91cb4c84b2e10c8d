// An element of a resource as FHIRPath sees it.
#pragma once

#include <cstdint>

#include "fhir/r4/tables.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::fhirpath {

// A value, its "_name" twin (id and extensions of a primitive), or both; and the FHIR type that the
// definitions give it. Copied freely; valid as long as the Document is.
struct Node {
  json::Value value;  // may be absent, and then the twin is there
  json::Value twin;
  r4::Kind kind = r4::Kind::kComplex;
  std::uint16_t structure = 0;  // kComplex: its row in r4::kStructures; a resource has that of its
                                // own type. 0 for primitives
};

}  // namespace healthlake::fhir::fhirpath
