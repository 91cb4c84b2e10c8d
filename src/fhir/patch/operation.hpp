// The operations of a FHIRPath Patch, read from its Parameters (fhirpatch.html).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/patch/failure.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::patch {

// What a part holds: value[x], a resource, or parts that spell an element out. Views into the
// Parameters.
struct GivenValue {
  std::string_view type;  // "HumanName", "code", "Resource"; empty: spelled out in `parts`
  bool primitive = false;
  json::Value value;  // absent: a primitive that has a twin only
  json::Value twin;
  json::Value parts;  // an array
};

enum class PathOp : std::uint8_t { kAdd, kInsert, kDelete, kReplace, kMove };

struct PathOperation {
  PathOp op = PathOp::kAdd;
  OperationName name;
  std::string_view element;  // of add
  std::optional<GivenValue> value;
  std::optional<std::size_t> index;
  std::optional<std::size_t> source;
  std::optional<std::size_t> destination;
};

// Throws core::Error{kInvalid} for what is no FHIRPath Patch. Parameters and parts of other names
// are passed over.
std::vector<PathOperation> ReadPathOperations(const json::Value& parameters);

// What a part holds. Throws kInvalid when that is nothing, or several things.
GivenValue ReadValue(const json::Value& part, const OperationName& operation);
// The name of a part; empty when it has none.
std::string_view NameOfPart(const json::Value& part);

}  // namespace healthlake::fhir::patch
