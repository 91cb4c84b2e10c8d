// Faults put into a sound resource, one at a time, wherever its definition makes them possible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

enum class MutationKind : std::uint8_t {
  kUnknownElement,
  kWrongJsonType,
  kMissingRequired,
  kTooMany,
  kTwoChoices,
  kBadCode,
  kBadPrimitive,
  kEmptyObject,
  kEmptyArray,
  kEmptyString,
  kNull,
  kDuplicateKey,
  kNotJson,
  kWrongChoiceType,
  kWrongReferenceTarget,
  kBrokenReference,
  kBrokenContained,
  kBrokenExtension,
  kBrokenNarrative,
  kBrokenResourceType,
  kViolatedInvariant,
};
inline constexpr std::size_t kMutationKinds = 21;
std::string_view NameOf(MutationKind kind);

struct Mutant {
  MutationKind kind = MutationKind::kUnknownElement;
  std::string rule;  // which of its kind: "id" among the bad primitives, "per-1" among invariants
  std::string path;  // of the element mutated: "Patient.contact[1].name"
  std::string name;  // its JSON name
  std::string element;  // and that without the type of a choice: "value" for "valueQuantity"
  std::string said;     // what the diagnostics must say; may be empty
  // The edit: these bytes of the document's text become `text`.
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
};

// Of the invariants: what breaks them, from invariant_violations.json.
struct Violation {
  std::string_view invariant;
  std::string_view element;  // "Period", "Patient.contact"; "DomainResource" is any of them, and
                             // "Element" whatever is no resource
  json::Value members;       // the element gets these; null removes one (a choice by "value")
  bool becomes = false;      // and loses all others
};
std::vector<Violation> ViolationsIn(const json::Document& file);

// One place is mutated for each rule chosen.
struct Sampling {
  std::uint64_t seed = 0;  // decides which places, rules and kinds
  // With all kinds, every type of bad primitive and every invariant of a resource type is tried
  // beside this number of others.
  std::size_t rules_per_kind = 2;
  std::size_t kinds = kMutationKinds;
};

std::vector<Mutant> MutantsOf(const json::Document& document,
                              const std::vector<Violation>& violations, const Sampling& sampling);

}  // namespace healthlake::fhir
