#include <gtest/gtest.h>

#include <string>

#include "fhir/fhirpath/ast.hpp"
#include "fhir/fhirpath/expression.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

Expression Compiled(std::string_view text) {
  auto result = Expression::Compile(text);
  if (const auto* error = std::get_if<SyntaxError>(&result)) {
    throw std::runtime_error(error->message);
  }
  return std::get<Expression>(result);
}
SyntaxError ErrorOf(std::string_view text) {
  auto result = Expression::Compile(text);
  EXPECT_TRUE(std::holds_alternative<SyntaxError>(result)) << text.substr(0, 80);
  return std::holds_alternative<SyntaxError>(result) ? std::get<SyntaxError>(result)
                                                     : SyntaxError();
}
const AstNode& RootOf(const Expression& expression) {
  return expression.ast()[expression.ast().root];
}

std::string Repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(FhirPathParser, ReadsAPathFromItsEnd) {
  const Expression expression = Compiled("Patient.name.given");
  const Ast& ast = expression.ast();
  const AstNode& given = RootOf(expression);
  ASSERT_EQ(given.kind, AstKind::kChild);
  EXPECT_EQ(given.text, "given");
  EXPECT_EQ(given.position, 13U);
  const AstNode& patient = ast[ast[given.input].input];
  EXPECT_EQ(patient.text, "Patient");
  EXPECT_TRUE(patient.names_type);
  EXPECT_EQ(ast[patient.input].kind, AstKind::kThis);
  EXPECT_TRUE(ast[patient.input].implied);
}

TEST(FhirPathParser, MakesOneNodeOfTheTwoFormsOfTypeTests) {
  for (const char* text : {"value is Quantity", "value.is(Quantity)", "value is FHIR.Quantity"}) {
    const Expression expression = Compiled(text);
    EXPECT_EQ(RootOf(expression).kind, AstKind::kIs) << text;
    EXPECT_EQ(RootOf(expression).type.name, "Quantity") << text;
  }
}

TEST(FhirPathParser, TurnsConstantsIntoLiterals) {
  const Expression expression = Compiled("%ucum");
  ASSERT_EQ(RootOf(expression).kind, AstKind::kLiteral);
  EXPECT_EQ(RootOf(expression).literal.string(), "http://unitsofmeasure.org");
}

TEST(FhirPathParser, KeepsTheArgumentsOfCalls) {
  const Expression expression = Compiled("name.where(use = 'old').iif(exists(), 1, 2)");
  const AstNode& iif = RootOf(expression);
  ASSERT_EQ(iif.kind, AstKind::kCall);
  EXPECT_EQ(iif.function, Function::kIif);
  EXPECT_EQ(NameOf(iif.function), "iif");
  ASSERT_EQ(expression.ast().ArgumentsOf(iif).size(), 3U);
  EXPECT_EQ(expression.ast()[iif.input].function, Function::kWhere);
}

TEST(FhirPathParser, SaysWhereAndWhyItStops) {
  EXPECT_EQ(ErrorOf("name.").position, 5U);
  EXPECT_EQ(ErrorOf("name.nothing()").message, "there is no function 'nothing'");
  EXPECT_EQ(ErrorOf("name.nothing()").position, 5U);
  EXPECT_EQ(ErrorOf("a and (b or c").message, "')' was expected");
  EXPECT_EQ(ErrorOf("x is Nothing").message, "there is no type 'Nothing'");
  EXPECT_EQ(ErrorOf("%nothing").message, "there is no variable '%nothing'");
  EXPECT_EQ(ErrorOf("name.first(1)").position, 5U);
  EXPECT_EQ(ErrorOf("'a'.matches('(')").position, 12U);
  EXPECT_EQ(ErrorOf("a # b").position, 2U);
}

TEST(FhirPathParser, LimitsNesting) {
  constexpr std::size_t kMany = 100'000;
  const std::string nested = "the expression is nested too deeply";
  EXPECT_EQ(ErrorOf(Repeated("(", kMany)).message, nested);
  EXPECT_EQ(ErrorOf(Repeated("a.where(", kMany)).message, nested);
  EXPECT_EQ(ErrorOf(Repeated("a[", kMany)).message, nested);
  EXPECT_EQ(ErrorOf("a" + Repeated(".a", kMany)).message, nested);
  EXPECT_EQ(ErrorOf("a" + Repeated(" or a", kMany)).message, nested);
  EXPECT_EQ(ErrorOf(Repeated("-", kMany) + "1").message, nested);
  EXPECT_EQ(ErrorOf("a" + Repeated("[0]", kMany)).message, nested);
  Compiled(Repeated("(", 300) + "1" + Repeated(")", 300));
  Compiled("a" + Repeated(" | a", 300));
}

TEST(FhirPathParser, SurvivesAnyBytes) {
  const std::string sound =
      "Patient.name.where(use = 'official' and given.exists()).first().family";
  for (std::size_t at = 0; at < sound.size(); ++at) {
    Expression::Compile(sound.substr(0, at));
    for (const char byte : {'\0', '\'', '(', ')', '.', '%', '$', '@', '\\', '`', '\xFF'}) {
      std::string broken = sound;
      broken[at] = byte;
      Expression::Compile(broken);
    }
  }
}

}  // namespace
}  // namespace healthlake::fhir::fhirpath
