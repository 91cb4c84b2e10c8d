// The functions by name.
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/fhirpath/ast.hpp"

namespace healthlake::fhir::fhirpath {

class Call;
enum class Truth : std::uint8_t;

// One of `run` and `test` is set.
struct FunctionRow {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
  void (*run)(Call& call);    // its results: those after Call::BeginResult
  Truth (*test)(Call& call);  // for functions whose result is a Boolean
};

const FunctionRow* FindFunction(std::string_view name);  // null: none
Function FunctionOf(const FunctionRow& row);
const FunctionRow& RowOf(Function function);

}  // namespace healthlake::fhir::fhirpath
