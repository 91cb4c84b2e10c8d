// A FHIRPath expression, compiled (http://hl7.org/fhirpath/N1, with FHIR's additions of
// fhirpath.html).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace healthlake::fhir::fhirpath {

struct Ast;  // fhirpath/ast.hpp

struct SyntaxError {
  std::string message;
  std::size_t position = 0;  // bytes from the start of the text
};

// Immutable; copied cheaply, shared by threads.
class Expression {
 public:
  // Time is linear in the text; nesting is limited. Regular expressions in literals are compiled
  // here, by RE2, so none backtracks.
  static std::variant<Expression, SyntaxError> Compile(std::string_view text);

  const Ast& ast() const noexcept { return *ast_; }

 private:
  explicit Expression(std::shared_ptr<const Ast> ast) : ast_(std::move(ast)) {}
  std::shared_ptr<const Ast> ast_;
};

}  // namespace healthlake::fhir::fhirpath
