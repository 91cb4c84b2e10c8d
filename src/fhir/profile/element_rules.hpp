// What a profile demands beyond the base definitions: compiled, without what the base walk checks.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath/expression.hpp"
#include "fhir/profile/datum.hpp"
#include "fhir/profile/element_definition.hpp"
#include "fhir/profile/value_set.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {

class Definition;
struct Slicing;

// A FHIR type as the walk meets it.
struct TypeRef {
  r4::Kind kind = r4::Kind::kComplex;
  std::uint16_t structure = 0;  // kComplex; a resource has that of its own type
  bool operator==(const TypeRef&) const = default;
};

// Resource types that a reference may lead to.
class TargetSet {
 public:
  void Add(ResourceType type) { bits_[type.number() / 64] |= Bit(type); }
  bool Holds(ResourceType type) const { return (bits_[type.number() / 64] & Bit(type)) != 0; }

 private:
  static std::uint64_t Bit(ResourceType type) { return std::uint64_t{1} << (type.number() % 64); }
  std::array<std::uint64_t, 4> bits_{};
};

// Of the values of one type of an element.
struct TypeRule {
  TypeRef type;
  std::vector<const Definition*> profiles;  // one must hold, unless empty
  std::optional<TargetSet> targets;         // of a Reference
};

struct BindingRule {
  std::string value_set;
  std::shared_ptr<const CodeSet> codes;
  bool required = true;  // else extensible: of that only a notice tells
};

struct ConstraintRule {
  std::string key;
  std::string text;
  fhirpath::Expression expression;
  std::vector<BindingRule> value_sets;  // that it asks for by memberOf()
};

struct ElementRules;

// The children of one structure that have rules: a bit per element, rules in their order.
struct ChildRules {
  std::uint16_t structure = 0;
  std::uint64_t elements = 0;
  std::uint64_t demanding = 0;  // those of which more than notices can come
  std::vector<std::unique_ptr<const ElementRules>> rules;
  // Counters that one object needs: see ElementRules::slots.
  std::vector<std::uint32_t> first_slot;
  std::uint32_t slots = 0;

  void Add(std::uint8_t element, std::unique_ptr<ElementRules> added);
  // Its place in `rules`; -1 when it has none.
  int Find(std::uint8_t element, Notices notices) const {
    const std::uint64_t bit = std::uint64_t{1} << element;
    return ((notices == Notices::kOn ? elements : demanding) & bit) == 0
               ? -1
               : std::popcount(elements & (bit - 1));
  }
};

struct ElementRules {
  std::string path;  // for messages: "Patient.extension:race"
  std::string name;  // of the element: "extension"
  std::uint32_t min = 0;
  std::uint32_t max = kUnbounded;
  std::uint64_t members = ~std::uint64_t{0};  // the types allowed, a bit per member of the element
  std::string types_text;                     // the types allowed, for messages
  std::shared_ptr<const Datum> fixed;
  std::shared_ptr<const Datum> pattern;
  std::shared_ptr<const Datum> min_value;
  std::shared_ptr<const Datum> max_value;
  std::optional<std::uint32_t> max_length;
  std::vector<BindingRule> bindings;
  std::vector<ConstraintRule> constraints;
  std::vector<TypeRule> types;
  std::vector<TypeRef> resources;  // of an element that holds a resource: allowed; empty: any
  std::unique_ptr<const Slicing> slicing;
  std::vector<ChildRules> children;
  // contentReference: the element whose children are those of this one.
  const ElementRules* content = nullptr;
  bool refers = false;  // has a contentReference
  bool deep = false;    // needs more than to be counted
  // Counters: its own; when sliced also that of the last slice met, and those of each slice.
  std::uint32_t slots = 1;

  ElementRules();
  ~ElementRules();
  // Whether it demands nothing.
  bool empty() const;
  // Whether it demands something of the element's values themselves.
  bool OfItself() const;
  // Whether more than notices can come of it.
  bool Demanding() const;
  // Sets `deep` and `slots`.
  void Finish();
};

// Steps from a sliced element to what tells its slices apart (profiling.html#discriminator).
struct PathStep {
  enum class Op : std::uint8_t { kChild, kExtension, kResolve, kOfType };
  Op op = Op::kChild;
  std::string name;  // kChild: element; kExtension: url
  TypeRef type;      // kOfType
};

struct SliceTest {
  enum class Op : std::uint8_t { kFixed, kPattern, kBinding, kExists, kAbsent, kType, kProfile };
  std::vector<PathStep> path;
  Op op = Op::kExists;
  std::shared_ptr<const Datum> datum;
  std::shared_ptr<const CodeSet> codes;
  std::vector<TypeRef> types;
  std::vector<const Definition*> profiles;
};

struct Slice {
  std::string name;
  std::vector<SliceTest> tests;  // an item is in the slice when all pass
  bool decidable = true;         // whether the definitions say how to tell its items
  std::unique_ptr<const ElementRules> rules;
};

struct Slicing {
  std::vector<Slice> slices;
  SlicingDefinition::Rules rules = SlicingDefinition::Rules::kOpen;
  bool ordered = false;
  bool decidable = true;  // all slices are
  bool demanding = true;  // more than notices can come of it
};

}  // namespace healthlake::fhir
