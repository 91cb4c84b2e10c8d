// Values that a primitive type does not allow.
#pragma once

#include <span>
#include <string_view>

namespace healthlake::fhir {

// As JSON tokens; empty for a type of which every value of the right JSON type is allowed.
std::span<const std::string_view> BadValuesOf(std::string_view primitive_type);

// The content of Narrative.div.
std::span<const std::string_view> BadNarratives();

// A value that the type allows, as a JSON token; an object that is not empty for complex types.
std::string_view GoodValueOf(std::string_view type);

}  // namespace healthlake::fhir
