// Evaluates compiled expressions over the elements of a parsed resource.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/fhirpath/expression.hpp"
#include "fhir/fhirpath/node.hpp"
#include "healthlake/core/clock.hpp"

namespace healthlake::fhir::fhirpath {

class Item;  // fhirpath/item.hpp: an element, or a value of a system type

enum class Truth : std::uint8_t;

// The value sets that memberOf() may ask for.
class ValueSets {
 public:
  virtual ~ValueSets() = default;
  // Whether a code, Coding or CodeableConcept is in the value set; unknown when that cannot be
  // told, and the evaluation is an error then.
  virtual Truth Holds(std::string_view value_set, const Node& coded) const = 0;
};

// What %resource, %rootResource and %context stand for, and whatever else an expression can ask of
// its surroundings.
struct Environment {
  Node resource;       // the nearest resource around the focus, contained ones included
  Node root_resource;  // its container where it is contained, else itself
  Node bundle;         // the Bundle around, if any: where resolve() looks for an entry
  const ValueSets* value_sets = nullptr;  // null: those of the base specification
  std::optional<core::Timestamp> now;     // of now(), today() and timeOfDay(): empty without it
};

// What an evaluation came to as a truth (FHIRPath 4.5: singleton evaluation of collections).
enum class Truth : std::uint8_t {
  kFalse,
  kTrue,
  kUnknown,  // empty, or the evaluation is an error (several items where one is needed, …)
};

inline Truth TruthOf(bool value) noexcept {
  return value ? Truth::kTrue : Truth::kFalse;
}
inline Truth Not(Truth truth) noexcept {
  return truth == Truth::kUnknown ? truth : TruthOf(truth == Truth::kFalse);
}

// Work and memory are bounded by the size of the focus's JSON text, so both are linear in it: an
// evaluation that exceeds a limit ends as an error. A step is about an item looked at or 16 bytes
// of text read.
struct Limits {
  std::size_t least;     // for a focus of no size
  std::size_t per_byte;  // of the focus
};
inline constexpr Limits kMaxSteps = {20'000, 16};
inline constexpr Limits kMaxItems = {20'000, 1};         // held at a time
inline constexpr Limits kMaxTextBytes = {1'000'000, 2};  // made by functions and operators

// The node of a resource: its type is that of its resourceType.
Node NodeOfResource(const json::Value& resource) noexcept;

// Confined to one thread; meant to be kept, as its memory stays: a warm evaluation allocates
// nothing for paths, comparisons and functions that make no text.
class Evaluator {
 public:
  Evaluator();
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  Truth Test(const Expression& expression, const Node& focus, const Environment& environment);

  // The items, valid until the next call; none when the evaluation is an error.
  std::span<const Item> Evaluate(const Expression& expression, const Node& focus,
                                 const Environment& environment);

  // Why the last evaluation is an error; empty when it is none.
  std::string_view error() const noexcept;
  // What the last evaluation took.
  std::size_t steps() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace healthlake::fhir::fhirpath
