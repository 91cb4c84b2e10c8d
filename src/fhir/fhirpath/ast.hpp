// A FHIRPath expression as a tree. Read by the evaluator, by the compiler of invariants and by that
// of slicing discriminators.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/item.hpp"

namespace re2 {
class RE2;
}

namespace healthlake::fhir::fhirpath {

enum class AstKind : std::uint8_t {
  kLiteral,   // `literal`
  kNothing,   // {}
  kThis,      // $this; also the unwritten input of a path or call that starts with its name
  kIndex,     // $index
  kTotal,     // $total
  kExternal,  // %text
  kChild,     // input.text
  kCall,      // input.function(arguments)
  kIndexer,   // input[right]
  kIs,        // input is type, input.is(type)
  kAs,        // input as type, input.as(type)
  kNegate,    // -input

  // Binary: input, right.
  kMultiply,
  kDivide,
  kDiv,
  kMod,
  kAdd,
  kSubtract,
  kConcatenate,
  kUnion,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual,
  kEquivalent,
  kNotEquivalent,
  kIn,
  kContains,
  kAnd,
  kOr,
  kXor,
  kImplies,
};

// In the order of the names, so that a name is found by bisection.
enum class Function : std::uint8_t {
  kAbs,
  kAggregate,
  kAll,
  kAllFalse,
  kAllTrue,
  kAnyFalse,
  kAnyTrue,
  kCeiling,
  kCheckModifiers,
  kChildren,
  kCombine,
  kConformsTo,
  kContains,
  kConvertsToBoolean,
  kConvertsToDate,
  kConvertsToDateTime,
  kConvertsToDecimal,
  kConvertsToInteger,
  kConvertsToQuantity,
  kConvertsToString,
  kConvertsToTime,
  kCount,
  kDescendants,
  kDistinct,
  kElementDefinition,
  kEmpty,
  kEndsWith,
  kExclude,
  kExists,
  kExp,
  kExtension,
  kFirst,
  kFloor,
  kGetValue,
  kHasValue,
  kHtmlChecks,
  kIif,
  kIndexOf,
  kIntersect,
  kIsDistinct,
  kLast,
  kLength,
  kLn,
  kLog,
  kLower,
  kMatches,
  kMatchesFull,
  kMemberOf,
  kNot,
  kNow,
  kOfType,
  kPower,
  kRepeat,
  kReplace,
  kReplaceMatches,
  kResolve,
  kRound,
  kSelect,
  kSingle,
  kSkip,
  kSlice,
  kSqrt,
  kStartsWith,
  kSubsetOf,
  kSubstring,
  kSubsumedBy,
  kSubsumes,
  kSupersetOf,
  kTail,
  kTake,
  kTimeOfDay,
  kToBoolean,
  kToChars,
  kToDate,
  kToDateTime,
  kToDecimal,
  kToInteger,
  kToQuantity,
  kToString,
  kToTime,
  kToday,
  kTrace,
  kTruncate,
  kUnion,
  kUpper,
  kWhere,
};
std::string_view NameOf(Function function);  // "exists"

// A type as an expression names it. Without a namespace a name means the FHIR type of that name; a
// name that only System has means what converts to it as well: `true is Boolean`, and so is an
// element of type boolean.
struct TypeSpecifier {
  std::string_view name;               // without namespace
  bool is_fhir = false;                // the next two hold
  r4::Kind kind = r4::Kind::kComplex;  // a primitive type, or kComplex
  std::uint16_t structure = 0;         // kComplex: its row in r4::kStructures
  bool is_system = false;              // the next holds
  ItemType system = ItemType::kElement;
  bool qualified = false;  // FHIR.x or System.x
};

using AstId = std::uint32_t;
inline constexpr AstId kNoAst = 0xFFFF'FFFF;

struct AstNode {
  AstKind kind = AstKind::kNothing;
  Function function = Function::kAbs;  // kCall
  // kChild without a written input, whose name is that of a type: `Patient` in `Patient.name`. The
  // focus itself where it is of that type, else a child of that name.
  bool names_type = false;
  bool implied = false;  // kThis: not written
  std::uint8_t argument_count = 0;
  std::uint32_t first_argument = 0;  // kCall: in Ast::arguments
  AstId input = kNoAst;              // all but the leaves
  AstId right = kNoAst;              // kIndexer and the binary ones
  std::uint32_t position = 0;        // bytes from the start of the text
  std::uint32_t regex = 0;  // kCall of a regular expression's literal: in Ast::regexes, + 1
  std::string_view text;    // kChild: its name; kExternal: its name, without '%'
  std::uint64_t hash = 0;   // kChild: r4::NameHash(text)
  TypeSpecifier type;       // kIs, kAs, kCall of ofType
  Item literal;             // kLiteral: a System value
};

struct Ast {
  std::string source;  // as it was given
  std::vector<AstNode> nodes;
  std::vector<AstId> arguments;
  AstId root = kNoAst;
  std::deque<std::string> texts;  // unescaped names and strings
  std::vector<std::unique_ptr<const re2::RE2>> regexes;

  const AstNode& operator[](AstId id) const noexcept { return nodes[id]; }
  std::span<const AstId> ArgumentsOf(const AstNode& node) const noexcept {
    return std::span(arguments).subspan(node.first_argument, node.argument_count);
  }

  Ast() = default;
  Ast(const Ast&) = delete;  // nodes view into source and texts
  Ast& operator=(const Ast&) = delete;
  ~Ast();
};

}  // namespace healthlake::fhir::fhirpath
