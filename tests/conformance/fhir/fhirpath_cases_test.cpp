// The behaviour that the FHIRPath 2.0 specification (N1) and FHIR R4's fhirpath.html define, as a
// table: fhirpath_cases.json. A row has the section, the expression, the name of the resource that
// it is asked of, and the result: items as FHIRPath literals (4 'mg' for quantities), or "error".
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/item.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

constexpr core::Timestamp kNow = std::chrono::sys_days(std::chrono::February / 29 / 2024) +
                                 std::chrono::hours(13) + std::chrono::minutes(14) +
                                 std::chrono::milliseconds(15'678);

// "1.50" and "1.5" are the same number.
std::string WithoutZeros(std::string number) {
  if (number.find('.') == number.npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.ends_with('.')) number.pop_back();
  return number;
}

// An item in the form in which the table has it.
std::string LiteralOf(const Item& item) {
  const auto value = SystemValue(item);
  if (!value) return std::string(item.node().value.exists() ? item.node().value.raw() : "element");
  std::string text = ToText(*value);
  switch (value->type()) {
    case ItemType::kString:
      return "'" + text + "'";
    case ItemType::kDecimal:
      return WithoutZeros(text) + " as Decimal";
    case ItemType::kDate:
      return "@" + text;
    case ItemType::kDateTime:
      return "@" + text + (text.find('T') == text.npos ? "T" : "");
    case ItemType::kTime:
      return "@T" + text;
    case ItemType::kQuantity: {
      const std::size_t space = text.find(' ');
      return WithoutZeros(text.substr(0, space)) + text.substr(space);
    }
    default:
      return text;
  }
}

// Numbers of the table that have a point are Decimals.
std::string Expected(std::string_view text) {
  const bool digits = text.find_first_not_of("-0123456789.") == text.npos;
  if (!digits || text.find('.') == text.npos) return std::string(text);
  return WithoutZeros(std::string(text)) + " as Decimal";
}

class FhirPathCases : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/fhirpath_cases.json",
                       std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const auto error = table_.Parse(text.str());
    ASSERT_FALSE(error) << error->line << ": " << error->message;
    const json::Value contexts = *table_.root().Find("contexts");
    for (const json::Value context : contexts) {
      auto document = std::make_unique<json::Document>();
      ASSERT_FALSE(document->Parse(context.raw()));
      contexts_.emplace(context.key(), std::move(document));
    }
    nothing_.Parse("{}");
  }

  std::string Run(std::string_view expression, std::string_view context) {
    const auto compiled = Expression::Compile(expression);
    if (std::holds_alternative<SyntaxError>(compiled)) return "error";
    Environment environment;
    const json::Document& document =
        context.empty() ? nothing_ : *contexts_.at(std::string(context));
    environment.resource = NodeOfResource(document.root());
    environment.root_resource = environment.resource;
    environment.now = kNow;
    const auto items =
        evaluator_.Evaluate(std::get<Expression>(compiled), environment.resource, environment);
    if (!evaluator_.error().empty()) return "error";
    std::string out;
    for (const Item& item : items) out += (out.empty() ? "" : ", ") + LiteralOf(item);
    return out;
  }

  json::Document table_;
  json::Document nothing_;
  std::map<std::string, std::unique_ptr<json::Document>, std::less<>> contexts_;
  Evaluator evaluator_;
};

TEST_F(FhirPathCases, GiveTheResultsOfTheSpecification) {
  std::size_t count = 0;
  std::map<std::string, std::size_t> sections;
  const json::Value cases = *table_.root().Find("cases");
  for (const json::Value row : cases) {
    const std::string_view expression = row.Find("expression")->string();
    const auto context = row.Find("context");
    std::string expected;
    const json::Value result = *row.Find("result");
    if (result.is_string()) {
      expected = result.string();
    } else {
      for (const json::Value item : result) {
        expected += (expected.empty() ? "" : ", ") + Expected(item.string());
      }
    }
    EXPECT_EQ(Run(expression, context ? context->string() : std::string_view()), expected)
        << row.Find("section")->string() << ": " << expression;
    ++sections[std::string(row.Find("section")->string())];
    ++count;
  }
  EXPECT_GE(count, 300U);
  std::cout << count << " cases in " << sections.size() << " sections\n";
}

}  // namespace
}  // namespace healthlake::fhir::fhirpath
