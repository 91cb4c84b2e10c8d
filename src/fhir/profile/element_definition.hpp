// ElementDefinitions (elementdefinition.html) as read, and the tree that they describe.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/profile/datum.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

inline constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

struct TypeDefinition {
  std::string code;
  std::vector<std::string> profiles;
  std::vector<std::string> target_profiles;
  bool operator==(const TypeDefinition&) const = default;
};

struct ConstraintDefinition {
  std::string key;
  std::string expression;
};

struct BindingDefinition {
  enum class Strength : std::uint8_t { kExample, kPreferred, kExtensible, kRequired };
  Strength strength = Strength::kExample;
  std::string value_set;
  std::string max_value_set;  // of the extension elementdefinition-maxValueSet
  bool operator==(const BindingDefinition&) const = default;
};

struct DiscriminatorDefinition {
  enum class Type : std::uint8_t { kValue, kPattern, kExists, kType, kProfile };
  Type type = Type::kValue;
  std::string path;
};

struct SlicingDefinition {
  enum class Rules : std::uint8_t { kOpen, kClosed, kOpenAtEnd };
  std::vector<DiscriminatorDefinition> discriminators;
  Rules rules = Rules::kOpen;
  bool ordered = false;
};

// What is said of one element; absent: as in the base.
struct ElementDefinition {
  std::string id;    // "Patient.extension:race.url"; made from the path where it is missing
  std::string path;  // "Patient.extension.url"
  std::optional<std::uint32_t> min;
  std::optional<std::uint32_t> max;
  std::optional<std::vector<TypeDefinition>> types;
  std::shared_ptr<const Datum> fixed;
  std::shared_ptr<const Datum> pattern;
  std::shared_ptr<const Datum> min_value;
  std::shared_ptr<const Datum> max_value;
  std::optional<std::uint32_t> max_length;
  std::optional<BindingDefinition> binding;
  std::optional<SlicingDefinition> slicing;
  std::vector<ConstraintDefinition> constraints;  // those of severity error
  std::string content_reference;                  // an id
};

// Reads the `element` of a snapshot or differential. Throws core::Error{kInvalid} that says what
// cannot be understood.
std::vector<ElementDefinition> ReadElements(const json::Value& elements);

// One element with what lies below it, as far as anything is said of it.
struct ElementNode {
  std::string name;  // "value" for value[x]; of a slice its name
  ElementDefinition definition;
  ElementNode* parent = nullptr;
  bool slice = false;  // then `parent` is the sliced element
  bool typed = false;  // a choice whose types are those that it is written as
  std::vector<std::unique_ptr<ElementNode>> children;  // elements
  std::vector<std::unique_ptr<ElementNode>> slices;

  const ElementNode* FindChild(std::string_view child) const;
  const ElementNode* FindSlice(std::string_view slice_name) const;
  // The element sliced, at the same place below the sliced element: what the slice adds to. Null
  // outside slices.
  const ElementNode* Unsliced() const;
};

// Puts elements into the tree: what they say replaces what was there, constraints add up. A choice
// written as one of its types ("Observation.valueQuantity") becomes a slice of it.
void Apply(ElementNode& root, std::vector<ElementDefinition> elements);

// Adds the elements whose children are those of an element in the tree (contentReference), which a
// differential need not mention.
void AddContentPlaces(ElementNode& root);

// Follows an id ("Questionnaire.item") from the root; null when nothing is said of it.
const ElementNode* FindById(const ElementNode& root, std::string_view id);

}  // namespace healthlake::fhir
