// The profiles and extensions of the base specification (those of derivation "constraint"),
// embedded. Private to the room.
#pragma once

#include <span>
#include <string_view>

#include "fhir/r4/tables.hpp"

namespace healthlake::fhir::r4 {

struct BaseProfileRow {
  std::uint32_t url;
  std::uint32_t url_size;
  std::uint32_t json;
  std::uint32_t json_size;
};
extern const char kBaseProfileText[];
extern const BaseProfileRow kBaseProfiles[];
extern const std::uint16_t kBaseProfileCount;

inline std::span<const BaseProfileRow> BaseProfiles() noexcept {  // sorted by url
  return {kBaseProfiles, kBaseProfileCount};
}
inline std::string_view UrlOf(const BaseProfileRow& row) noexcept {
  return {kBaseProfileText + row.url, row.url_size};
}

// A StructureDefinition as compact JSON, with what a validator reads and nothing else:
//   url, version, name, type, kind, abstract, derivation, baseDefinition, context,
//   contextInvariant, snapshot.element[]: id, path, sliceName, slicing (discriminator, rules,
//   ordered), min, max,
//     contentReference, maxLength, isModifier (only when true), fixed[x], pattern[x], minValue[x],
//     maxValue[x], type[] (code, profile, targetProfile, aggregation, versioning),
//     binding (strength, valueSet, the extension elementdefinition-maxValueSet),
//     constraint[] (key, severity, expression).
// Type codes are those of FHIR ("string", never http://hl7.org/fhirpath/System.String). Invariants
// of the type that is constrained, and of the types of its elements, are left out: those are
// checked with the base. There are SimpleQuantity and MoneyQuantity, too.
inline std::string_view JsonOf(const BaseProfileRow& row) noexcept {
  return {kBaseProfileText + row.json, row.json_size};
}

// By canonical URL without version; null when the base specification has none of that URL.
const BaseProfileRow* FindBaseProfile(std::string_view url) noexcept;

}  // namespace healthlake::fhir::r4
