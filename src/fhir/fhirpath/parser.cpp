// Precedence climbing over the grammar of FHIRPath 2.0 (appendix B, 6.8).
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "fhir/fhirpath/ast.hpp"
#include "fhir/fhirpath/expression.hpp"
#include "fhir/fhirpath/functions.hpp"
#include "fhir/fhirpath/lexer.hpp"
#include "fhir/fhirpath/regex.hpp"
#include "fhir/fhirpath/types.hpp"
#include "fhir/fhirpath/units.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

// Of brackets, and of the tree: an evaluation's recursion is as deep.
constexpr std::uint32_t kMaxDepth = 400;

struct BinaryOperator {
  std::string_view symbol;
  AstKind kind;
  int precedence;  // higher binds tighter
};
constexpr int kTypePrecedence = 8;
constexpr int kLowestPrecedence = 1;
constexpr std::array<BinaryOperator, 24> kBinaryOperators = {{
    {"implies", AstKind::kImplies, 1},
    {"or", AstKind::kOr, 2},
    {"xor", AstKind::kXor, 2},
    {"and", AstKind::kAnd, 3},
    {"in", AstKind::kIn, 4},
    {"contains", AstKind::kContains, 4},
    {"=", AstKind::kEqual, 5},
    {"!=", AstKind::kNotEqual, 5},
    {"~", AstKind::kEquivalent, 5},
    {"!~", AstKind::kNotEquivalent, 5},
    {"<", AstKind::kLess, 6},
    {"<=", AstKind::kLessOrEqual, 6},
    {">", AstKind::kGreater, 6},
    {">=", AstKind::kGreaterOrEqual, 6},
    {"|", AstKind::kUnion, 7},
    {"is", AstKind::kIs, kTypePrecedence},
    {"as", AstKind::kAs, kTypePrecedence},
    {"+", AstKind::kAdd, 9},
    {"-", AstKind::kSubtract, 9},
    {"&", AstKind::kConcatenate, 9},
    {"*", AstKind::kMultiply, 10},
    {"/", AstKind::kDivide, 10},
    {"div", AstKind::kDiv, 10},
    {"mod", AstKind::kMod, 10},
}};

const BinaryOperator* FindOperator(const Token& token) {
  if (token.kind != TokenKind::kSymbol && token.kind != TokenKind::kName) return nullptr;
  const auto found = std::ranges::find(kBinaryOperators, token.text, &BinaryOperator::symbol);
  return found == kBinaryOperators.end() ? nullptr : &*found;
}

// FHIR's constants (fhirpath.html, 2.9.4); empty when there is none of that name.
std::string ConstantNamed(std::string_view name) {
  if (name == "ucum") return "http://unitsofmeasure.org";
  if (name == "sct") return "http://snomed.info/sct";
  if (name == "loinc") return "http://loinc.org";
  if (name.starts_with("vs-")) return "http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3));
  if (name.starts_with("ext-")) {
    return "http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4));
  }
  return {};
}

class Parser {
 public:
  explicit Parser(Ast& ast) : ast_(ast), lexer_(ast.source) { Advance(); }

  std::optional<SyntaxError> Run() {
    ast_.root = Expression(kLowestPrecedence);
    if (!error_ && token_.kind != TokenKind::kEnd) Fail("an operator was expected");
    return std::move(error_);
  }

 private:
  void Advance() {
    token_ = lexer_.Next();
    if (token_.kind == TokenKind::kError) Fail(std::string(token_.text));
  }
  void Fail(std::string why) { FailAt(token_.position, std::move(why)); }
  void FailAt(std::size_t position, std::string why) {
    if (!error_) error_ = SyntaxError{std::move(why), position};
    token_ = {TokenKind::kEnd, {}, ast_.source.size()};
  }
  bool At(std::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.text == symbol;
  }
  bool Take(std::string_view symbol) {
    if (!At(symbol)) return false;
    Advance();
    return true;
  }
  void Need(std::string_view symbol) {
    if (!Take(symbol)) Fail("'" + std::string(symbol) + "' was expected");
  }

  AstNode Make(AstKind kind, AstId input = kNoAst, AstId right = kNoAst) const {
    AstNode node;
    node.kind = kind;
    node.input = input;
    node.right = right;
    node.position = static_cast<std::uint32_t>(token_.position);
    return node;
  }
  AstId Add(const AstNode& node) {
    std::uint32_t depth = 0;
    const auto below = [&](AstId id) {
      if (id < depths_.size()) depth = std::max(depth, depths_[id]);
    };
    below(node.input);
    below(node.right);
    for (const AstId argument : ast_.ArgumentsOf(node)) below(argument);
    if (depth >= kMaxDepth) Fail("the expression is nested too deeply");
    ast_.nodes.push_back(node);
    depths_.push_back(depth + 1);
    return static_cast<AstId>(ast_.nodes.size() - 1);
  }

  AstId Expression(int lowest);
  AstId Unary();
  AstId Postfix();
  AstId Term();
  AstId Invocation(AstId input);
  AstId Call(AstId input, std::string_view name, std::size_t position);
  void Arguments(AstNode& call, const FunctionRow& row);
  AstId NumberOrQuantity();
  AstId MomentLiteral();
  AstId External();
  AstId Variable();
  AstId Implied() {
    AstNode node = Make(AstKind::kThis);
    node.implied = true;
    return Add(node);
  }
  AstId Literal(const Item& item) {
    AstNode node = Make(AstKind::kLiteral);
    node.literal = item;
    Advance();
    return Add(node);
  }
  TypeSpecifier Type();
  std::string_view Name();
  std::string_view Text();  // what the quoted token stands for
  void CompileRegex(AstNode& call);

  Ast& ast_;
  Lexer lexer_;
  Token token_;
  std::optional<SyntaxError> error_;
  std::vector<std::uint32_t> depths_;  // as ast_.nodes
  std::uint32_t open_ = 0;
};

AstId Parser::Expression(int lowest) {
  if (++open_ > kMaxDepth) Fail("the expression is nested too deeply");
  AstId left = error_ ? kNoAst : Unary();
  while (!error_) {
    const BinaryOperator* found = FindOperator(token_);
    if (found == nullptr || found->precedence < lowest) break;
    AstNode node = Make(found->kind, left);
    Advance();
    if (found->precedence == kTypePrecedence) {
      node.type = Type();
    } else {
      node.right = Expression(found->precedence + 1);
    }
    left = Add(node);
  }
  --open_;
  return left;
}

AstId Parser::Unary() {
  std::vector<AstNode> signs;
  while (At("-") || At("+")) {
    if (At("-")) signs.push_back(Make(AstKind::kNegate));
    Advance();
  }
  AstId operand = Postfix();
  for (; !signs.empty(); signs.pop_back()) {
    signs.back().input = operand;
    operand = Add(signs.back());
  }
  return operand;
}

AstId Parser::Postfix() {
  AstId left = Term();
  while (!error_) {
    if (Take(".")) {
      left = Invocation(left);
    } else if (At("[")) {
      AstNode node = Make(AstKind::kIndexer, left);
      Advance();
      node.right = Expression(kLowestPrecedence);
      Need("]");
      left = Add(node);
    } else {
      break;
    }
  }
  return left;
}

AstId Parser::Term() {
  switch (token_.kind) {
    case TokenKind::kString:
      return Literal(Item(Text()));
    case TokenKind::kNumber:
      return NumberOrQuantity();
    case TokenKind::kMoment:
      return MomentLiteral();
    case TokenKind::kName:
      if (token_.text == "true" || token_.text == "false") {
        return Literal(Item(token_.text == "true"));
      }
      return Invocation(Implied());
    case TokenKind::kDelimited:
      return Invocation(Implied());
    default:
      break;
  }
  if (At("%")) return External();
  if (At("$")) return Variable();
  if (At("{")) {
    const AstNode node = Make(AstKind::kNothing);
    Advance();
    Need("}");
    return Add(node);
  }
  if (Take("(")) {
    const AstId inner = Expression(kLowestPrecedence);
    Need(")");
    return inner;
  }
  Fail("an operand was expected");
  return kNoAst;
}

// What may stand behind a point, or at the start.
AstId Parser::Invocation(AstId input) {
  if (At("$")) return Variable();
  AstNode child = Make(AstKind::kChild, input);
  const std::size_t position = token_.position;
  const std::string_view name = Name();
  if (error_) return kNoAst;
  if (At("(")) return Call(input, name, position);
  child.text = name;
  child.hash = r4::NameHash(name);
  if (ast_[input].implied && FindStructureByName(name) != 0) {
    child.names_type = true;
    child.type = *FindType("FHIR", name);
  }
  return Add(child);
}

AstId Parser::Call(AstId input, std::string_view name, std::size_t position) {
  AstNode call = Make(AstKind::kCall, input);
  call.position = static_cast<std::uint32_t>(position);
  Advance();  // '('
  if (name == "is" || name == "as") {
    call.kind = name == "is" ? AstKind::kIs : AstKind::kAs;
    call.type = Type();
    Need(")");
    return error_ ? kNoAst : Add(call);
  }
  const FunctionRow* row = FindFunction(name);
  if (row == nullptr) {
    FailAt(position, "there is no function '" + std::string(name) + "'");
    return kNoAst;
  }
  call.function = FunctionOf(*row);
  if (call.function == Function::kOfType) {
    call.type = Type();
  } else {
    Arguments(call, *row);
  }
  Need(")");
  if (error_) return kNoAst;
  CompileRegex(call);
  return Add(call);
}

void Parser::Arguments(AstNode& call, const FunctionRow& row) {
  std::vector<AstId> arguments;
  if (!At(")")) {
    do {
      arguments.push_back(Expression(kLowestPrecedence));
    } while (!error_ && arguments.size() <= row.max_arguments && Take(","));
  }
  if (error_) return;
  if (arguments.size() < row.min_arguments || arguments.size() > row.max_arguments) {
    FailAt(call.position, "'" + std::string(row.name) + "' takes another number of arguments");
    return;
  }
  call.argument_count = static_cast<std::uint8_t>(arguments.size());
  call.first_argument = static_cast<std::uint32_t>(ast_.arguments.size());
  ast_.arguments.insert(ast_.arguments.end(), arguments.begin(), arguments.end());
}

AstId Parser::NumberOrQuantity() {
  const std::string_view digits = token_.text;
  const std::optional<Decimal> value = Decimal::Parse(digits);
  if (!value) {
    Fail("the number is too large");
    return kNoAst;
  }
  AstNode node = Make(AstKind::kLiteral);
  Advance();
  if (token_.kind == TokenKind::kString) {
    node.literal = Item(Quantity{*value, Text(), false});
    Advance();
  } else if (token_.kind == TokenKind::kName && !CalendarKeyword(token_.text).empty()) {
    node.literal = Item(Quantity{*value, CalendarKeyword(token_.text), true});
    Advance();
  } else if (digits.find('.') != digits.npos) {
    node.literal = Item(*value);
  } else if (const auto integer = value->ToInteger();
             integer && *integer <= std::int64_t{1} << 31) {  // -2147483648 is written with a sign
    node.literal = Item(*integer);
  } else {
    FailAt(node.position, "the integer is too large");
  }
  return Add(node);
}

AstId Parser::MomentLiteral() {
  const std::string_view text = token_.text;
  if (text.starts_with('T')) {
    if (const auto time = ParseTime(text.substr(1))) return Literal(Item(*time, ItemType::kTime));
  } else if (text.find('T') != text.npos) {
    if (const auto time = ParseDateTime(text)) return Literal(Item(*time, ItemType::kDateTime));
  } else if (const auto date = ParseDate(text)) {
    return Literal(Item(*date, ItemType::kDate));
  }
  Fail("not a date or time");
  return kNoAst;
}

// Constants become literals; what is left for the evaluation are its resources.
AstId Parser::External() {
  AstNode node = Make(AstKind::kExternal);
  Advance();
  if (token_.kind == TokenKind::kString) {
    node.text = Text();
    Advance();
  } else {
    node.text = Name();
  }
  if (error_) return kNoAst;
  if (const std::string constant = ConstantNamed(node.text); !constant.empty()) {
    node.kind = AstKind::kLiteral;
    node.literal = Item(std::string_view(ast_.texts.emplace_back(constant)));
  } else if (node.text != "resource" && node.text != "rootResource" && node.text != "context") {
    FailAt(node.position, "there is no variable '%" + std::string(node.text) + "'");
  }
  return Add(node);
}

AstId Parser::Variable() {
  constexpr std::array<std::pair<std::string_view, AstKind>, 3> kVariables = {
      {{"this", AstKind::kThis}, {"index", AstKind::kIndex}, {"total", AstKind::kTotal}}};
  AstNode node = Make(AstKind::kThis);
  Advance();
  for (const auto& [name, kind] : kVariables) {
    if (token_.kind != TokenKind::kName || token_.text != name) continue;
    node.kind = kind;
    Advance();
    return Add(node);
  }
  Fail("'$' was expected before this, index or total only");
  return kNoAst;
}

TypeSpecifier Parser::Type() {
  const std::size_t position = token_.position;
  std::string_view name = Name();
  std::string_view space;
  if (At(".")) {
    Advance();
    space = name;
    name = Name();
  }
  if (error_) return {};
  const std::optional<TypeSpecifier> type = FindType(space, name);
  if (!type) FailAt(position, "there is no type '" + std::string(name) + "'");
  return type.value_or(TypeSpecifier());
}

std::string_view Parser::Name() {
  std::string_view name;
  if (token_.kind == TokenKind::kName) {
    name = token_.text;
  } else if (token_.kind == TokenKind::kDelimited) {
    name = Text();
  } else {
    Fail("a name was expected");
    return {};
  }
  if (!error_) Advance();
  return name;
}

std::string_view Parser::Text() {
  if (token_.text.find('\\') == token_.text.npos) return token_.text;
  return ast_.texts.emplace_back(Unescape(token_.text));
}

void Parser::CompileRegex(AstNode& call) {
  const bool takes_regex = call.function == Function::kMatches ||
                           call.function == Function::kMatchesFull ||
                           call.function == Function::kReplaceMatches;
  if (!takes_regex) return;
  const AstNode& pattern = ast_[ast_.ArgumentsOf(call)[0]];
  if (pattern.kind != AstKind::kLiteral || pattern.literal.type() != ItemType::kString) return;
  auto regex = CompileRegularExpression(pattern.literal.string());
  if (!regex) {
    FailAt(pattern.position, "not a regular expression that can be matched in linear time");
    return;
  }
  ast_.regexes.push_back(std::move(regex));
  call.regex = static_cast<std::uint32_t>(ast_.regexes.size());
}

}  // namespace

Ast::~Ast() = default;

std::variant<Expression, SyntaxError> Expression::Compile(std::string_view text) {
  auto ast = std::make_shared<Ast>();
  ast->source = text;
  if (auto error = Parser(*ast).Run()) return *std::move(error);
  return Expression(std::move(ast));
}

}  // namespace healthlake::fhir::fhirpath
