#include "fhir/r4/tables.hpp"

#include <array>

namespace healthlake::fhir::r4 {

#include "fhir/r4/tables.inc"  // generated

namespace {

// In the order of Kind, from kBase64Binary on.
constexpr std::array<std::string_view, 20> kPrimitiveNames = {
    "base64Binary", "boolean",     "canonical", "code",     "date", "dateTime",    "decimal",
    "id",           "instant",     "integer",   "markdown", "oid",  "positiveInt", "string",
    "time",         "unsignedInt", "uri",       "url",      "uuid", "xhtml"};
constexpr auto kFirstPrimitive = static_cast<std::size_t>(Kind::kBase64Binary);

}  // namespace

std::string_view NameOf(Kind kind) noexcept {
  return IsPrimitive(kind) ? kPrimitiveNames[static_cast<std::size_t>(kind) - kFirstPrimitive]
                           : std::string_view();
}

Kind FindKind(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kPrimitiveNames.size(); ++i) {
    if (kPrimitiveNames[i] == name) return static_cast<Kind>(i + kFirstPrimitive);
  }
  return Kind::kComplex;
}

}  // namespace healthlake::fhir::r4
