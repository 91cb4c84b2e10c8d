// A slow and plain evaluator of the FHIRPath that R4's search parameters use: it reads the original
// expressions of the registry and shares nothing with the generated extraction but the element
// tables. What it finds is what the walk must find.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir::oracle {

struct Item {
  json::Value value;
  std::string type;       // "CodeableConcept", "dateTime"; the path of an element with children
  StructureId structure;  // none for primitives
};
using Items = std::vector<Item>;

struct Expression {
  enum class Op {
    kName,
    kText,
    kChild,
    kUnion,
    kAs,
    kIs,
    kIndex,
    kWhere,
    kResolve,
    kExists,
    kAnd,
    kEqual,
    kNotEqual,
    kThis
  };
  Op op = Op::kName;
  std::string text;  // name, type or literal
  std::size_t index = 0;
  std::unique_ptr<Expression> left;
  std::unique_ptr<Expression> right;
};

// Throws std::runtime_error for what it does not understand.
std::unique_ptr<Expression> Parse(std::string_view text);

struct Result {
  bool is_truth = false;  // the expression is a condition
  bool truth = false;
  Items items;
};
Result Evaluate(const Expression& expression, const Item& resource, const Item& context);

Item ResourceItem(const json::Value& resource);

// The index values that `items` give to a parameter of search type `type`, as text to compare.
// `implied` maps a code to the system of its element's binding.
std::vector<std::string> ValuesOf(const Result& result, SearchType type);

}  // namespace healthlake::fhir::oracle
