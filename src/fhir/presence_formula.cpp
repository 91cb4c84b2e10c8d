#include "fhir/presence_formula.hpp"

namespace healthlake::fhir {
namespace {

using fhirpath::AstId;
using fhirpath::AstKind;
using fhirpath::AstNode;
using fhirpath::Function;

enum class Known : std::uint8_t {
  kEmpty,
  kFalse,
  kTrue,
  kFocus,    // the element itself
  kPresent,  // not empty
  kUnknown,
};

bool IsBoolean(Known known) {
  return known == Known::kFalse || known == Known::kTrue;
}

Known Boolean(bool value) {
  return value ? Known::kTrue : Known::kFalse;
}

Known Not(Known known) {
  if (IsBoolean(known)) return Boolean(known == Known::kFalse);
  return known == Known::kEmpty ? Known::kEmpty : Known::kUnknown;
}

bool EmptyOrBoolean(Known known) {
  return known == Known::kEmpty || IsBoolean(known);
}

Known And(Known a, Known b) {
  if (a == Known::kFalse || b == Known::kFalse) return Known::kFalse;
  if (a == Known::kTrue && b == Known::kTrue) return Known::kTrue;
  return EmptyOrBoolean(a) && EmptyOrBoolean(b) ? Known::kEmpty : Known::kUnknown;
}

Known Or(Known a, Known b) {
  return Not(And(Not(a), Not(b)));
}

Known Xor(Known a, Known b) {
  if (a == Known::kEmpty || b == Known::kEmpty) return Known::kEmpty;
  return IsBoolean(a) && IsBoolean(b) ? Boolean(a != b) : Known::kUnknown;
}

class Reader {
 public:
  Reader(const fhirpath::Ast& ast, const r4::StructureRow& structure, std::uint64_t seen)
      : ast_(ast), structure_(structure), seen_(seen) {}

  Known Read(AstId id) const;

 private:
  Known Child(const AstNode& node) const;
  Known Call(const AstNode& node) const;
  Known Binary(const AstNode& node) const;

  const fhirpath::Ast& ast_;
  const r4::StructureRow& structure_;
  std::uint64_t seen_;
};

Known Reader::Read(AstId id) const {
  const AstNode& node = ast_[id];
  switch (node.kind) {
    case AstKind::kLiteral:
      return node.literal.type() == fhirpath::ItemType::kBoolean ? Boolean(node.literal.boolean())
                                                                 : Known::kPresent;
    case AstKind::kNothing:
      return Known::kEmpty;
    case AstKind::kThis:
      return Known::kFocus;
    case AstKind::kExternal:
      return Known::kPresent;
    case AstKind::kChild:
      return Child(node);
    case AstKind::kCall:
      return Call(node);
    case AstKind::kIndexer:
    case AstKind::kIs:
    case AstKind::kAs:
    case AstKind::kNegate:
      return Read(node.input) == Known::kEmpty ? Known::kEmpty : Known::kUnknown;
    case AstKind::kIndex:
    case AstKind::kTotal:
      return Known::kUnknown;
    default:
      return Binary(node);
  }
}

Known Reader::Child(const AstNode& node) const {
  const Known input = Read(node.input);
  if (input == Known::kEmpty) return Known::kEmpty;
  if (input != Known::kFocus) return Known::kUnknown;
  if (node.names_type && r4::View(structure_.path) == node.text) return Known::kFocus;
  for (std::size_t i = 0; i < structure_.element_count; ++i) {
    if (r4::View(r4::kElements[structure_.first_element + i].name) != node.text) continue;
    return (seen_ >> i & 1U) != 0 ? Known::kPresent : Known::kEmpty;
  }
  return Known::kUnknown;
}

Known Reader::Call(const AstNode& node) const {
  const Known input = Read(node.input);
  const bool empty = input == Known::kEmpty;
  const bool some = input != Known::kEmpty && input != Known::kUnknown;
  switch (node.function) {
    case Function::kExists:
      if (empty) return Known::kFalse;
      return some && node.argument_count == 0 ? Known::kTrue : Known::kUnknown;
    case Function::kEmpty:
      if (empty) return Known::kTrue;
      return some ? Known::kFalse : Known::kUnknown;
    case Function::kNot:
      return Not(input);
    case Function::kHasValue:
      return empty ? Known::kFalse : Known::kUnknown;
    case Function::kAll:
    case Function::kIsDistinct:
      return empty ? Known::kTrue : Known::kUnknown;
    case Function::kTrace:
      return input;
    case Function::kChildren:
    case Function::kContains:
    case Function::kDescendants:
    case Function::kEndsWith:
    case Function::kExtension:
    case Function::kFirst:
    case Function::kLast:
    case Function::kLength:
    case Function::kMatches:
    case Function::kOfType:
    case Function::kReplaceMatches:
    case Function::kResolve:
    case Function::kSelect:
    case Function::kStartsWith:
    case Function::kSubstring:
    case Function::kTail:
    case Function::kToInteger:
    case Function::kToString:
    case Function::kWhere:
      return empty ? Known::kEmpty : Known::kUnknown;
    default:
      return Known::kUnknown;
  }
}

Known Reader::Binary(const AstNode& node) const {
  const Known left = Read(node.input);
  const Known right = Read(node.right);
  const bool one_empty = left == Known::kEmpty || right == Known::kEmpty;
  switch (node.kind) {
    case AstKind::kAnd:
      return And(left, right);
    case AstKind::kOr:
      return Or(left, right);
    case AstKind::kImplies:
      return Or(Not(left), right);
    case AstKind::kXor:
      return Xor(left, right);
    case AstKind::kEqual:
      return Not(Xor(left, right));
    case AstKind::kNotEqual:
      return Xor(left, right);
    case AstKind::kUnion:
      if (left == Known::kEmpty && right == Known::kEmpty) return Known::kEmpty;
      return left == Known::kPresent || right == Known::kPresent ? Known::kPresent
                                                                 : Known::kUnknown;
    case AstKind::kIn:
      return left == Known::kEmpty ? Known::kEmpty : Known::kUnknown;
    case AstKind::kContains:
      return right == Known::kEmpty ? Known::kEmpty : Known::kUnknown;
    case AstKind::kEquivalent:
    case AstKind::kNotEquivalent:
    case AstKind::kConcatenate:
      return Known::kUnknown;
    default:
      return one_empty ? Known::kEmpty : Known::kUnknown;
  }
}

}  // namespace

std::optional<fhirpath::Truth> DecideByPresence(const fhirpath::Ast& ast,
                                                const r4::StructureRow& structure,
                                                std::uint64_t seen) {
  switch (Reader(ast, structure, seen).Read(ast.root)) {
    case Known::kFalse:
      return fhirpath::Truth::kFalse;
    case Known::kTrue:
      return fhirpath::Truth::kTrue;
    case Known::kEmpty:
      return fhirpath::Truth::kUnknown;
    default:
      return std::nullopt;
  }
}

}  // namespace healthlake::fhir
