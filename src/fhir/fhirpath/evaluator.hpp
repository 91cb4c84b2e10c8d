// Evaluates compiled expressions over the elements of a parsed resource.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "fhir/fhirpath/expression.hpp"
#include "fhir/fhirpath/node.hpp"

namespace healthlake::fhir::fhirpath {

class Item;  // fhirpath/item.hpp: an element, or a value of a system type

// What %resource, %rootResource and %context stand for.
struct Environment {
  Node resource;       // the nearest resource around the focus, contained ones included
  Node root_resource;  // its container where it is contained, else itself
};

// What an evaluation came to as a truth (FHIRPath 4.5: singleton evaluation of collections).
enum class Truth : std::uint8_t {
  kFalse,
  kTrue,
  kUnknown,  // empty, or the evaluation is an error (several items where one is needed, …)
};

// Confined to one thread; meant to be kept, as its memory stays: a warm evaluation allocates
// nothing for paths, comparisons and functions that make no text. Work is bounded: an evaluation
// that exceeds `kMaxSteps` steps ends as unknown.
class Evaluator {
 public:
  Evaluator();
  ~Evaluator();

  Truth Test(const Expression& expression, const Node& focus, const Environment& environment);

  // The items, valid until the next call.
  std::span<const Item> Evaluate(const Expression& expression, const Node& focus,
                                 const Environment& environment);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace healthlake::fhir::fhirpath
