#include "healthlake/fhir/text_search.hpp"

#include <gtest/gtest.h>

#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

using Where = TextCriterion::Where;

bool Matches(const TextCriterion& criterion, std::string_view resource) {
  json::Document document;
  EXPECT_FALSE(document.Parse(resource));
  return TextMatcher(criterion).Matches(document.root());
}

bool Has(Where where, std::string_view text, std::string_view resource) {
  return Matches({.where = where, .any_of = {{{NormalizeString(text)}, {}}}}, resource);
}
bool InNarrative(std::string_view text, std::string_view div) {
  return Has(Where::kNarrative, text,
             R"({"resourceType":"Patient","text":{"div":")" + std::string(div) + R"("}})");
}
bool InContent(std::string_view text, std::string_view members) {
  return Has(Where::kContent, text, R"({"resourceType":"Patient",)" + std::string(members) + "}");
}

TEST(TextSearchTest, AWordIsFoundAtTheBeginningOfOne) {
  EXPECT_TRUE(InNarrative("diab", "<p>Type 2 Diabetes</p>"));
  EXPECT_FALSE(InNarrative("betes", "<p>Type 2 Diabetes</p>"));
  EXPECT_TRUE(InNarrative("diabetes", "<p>(diabetes)</p>"));
  EXPECT_TRUE(InNarrative("19", "covid-19"));
  EXPECT_FALSE(InNarrative("9", "covid-19"));
}

TEST(TextSearchTest, CaseAndAccentsDoNotCount) {
  EXPECT_TRUE(InNarrative("\xC3\x85NGSTR\xC3\x96M", "angstrom"));
  EXPECT_TRUE(InNarrative("eve", "&Eacute;ve"));
}

TEST(TextSearchTest, APhraseIsItsWordsInOrder) {
  EXPECT_TRUE(InNarrative("heart attack", "Heart\\n  attacks"));
  EXPECT_TRUE(InNarrative("heart attack", "<b>heart</b>-attack"));
  EXPECT_FALSE(InNarrative("heart attack", "heartland attack"));
  EXPECT_FALSE(InNarrative("heart attack", "attack of the heart"));
  EXPECT_FALSE(InNarrative("heart attack", "heart, an attack"));
}

TEST(TextSearchTest, TheNarrativeIsNotTheContent) {
  const std::string_view members =
      R"("text":{"status":"generated","div":"<div class='hidden'>shown</div>"},"name":[{"text":"Ann"}])";
  EXPECT_TRUE(InContent("shown", members));
  EXPECT_TRUE(InContent("ann", members));
  EXPECT_TRUE(InContent("generated", members));
  EXPECT_FALSE(InContent("hidden", members));
  EXPECT_FALSE(InContent("status", members));
  const std::string resource = R"({"resourceType":"Patient",)" + std::string(members) + "}";
  EXPECT_TRUE(Has(Where::kNarrative, "shown", resource));
  EXPECT_FALSE(Has(Where::kNarrative, "ann", resource));
}

TEST(TextSearchTest, APhraseStaysWithinOneString) {
  EXPECT_FALSE(InContent("ann lee", R"("name":[{"given":["Ann","Lee"]}])"));
  EXPECT_TRUE(InContent("ann lee", R"("name":[{"given":["Ann Lee"]}])"));
}

TEST(TextSearchTest, RowsAreAlternativesOfWordsAndExclusions) {
  const std::string_view resource = R"({"resourceType":"Patient","text":{"div":"red green"}})";
  const auto holds = [&](std::vector<TextCriterion::Words> rows) {
    return Matches({.where = Where::kNarrative, .any_of = std::move(rows)}, resource);
  };
  EXPECT_TRUE(holds({{{"red", "green"}, {}}}));
  EXPECT_FALSE(holds({{{"red", "blue"}, {}}}));
  EXPECT_TRUE(holds({{{"blue"}, {}}, {{"green"}, {}}}));
  EXPECT_FALSE(holds({{{"red"}, {"green"}}}));
  EXPECT_TRUE(holds({{{"red"}, {"blue"}}}));
  EXPECT_TRUE(holds({{{}, {"blue"}}}));
  EXPECT_FALSE(holds({}));
}

TEST(TextSearchTest, ATextWithoutWordsIsNowhere) {
  EXPECT_FALSE(InNarrative("--", "a -- b"));
  EXPECT_FALSE(InNarrative("", "a"));
}

TEST(TextSearchTest, AResourceWithoutNarrativeHasNoText) {
  EXPECT_FALSE(Has(Where::kNarrative, "a", R"({"resourceType":"Patient"})"));
  EXPECT_FALSE(Has(Where::kNarrative, "a", R"({"resourceType":"Patient","text":"a"})"));
  EXPECT_FALSE(Has(Where::kNarrative, "a", R"({"resourceType":"Patient","text":{"div":7}})"));
}

TEST(TextSearchTest, CharactersOfOtherScriptsMakeWords) {
  EXPECT_TRUE(InNarrative("\xD0\xB1\xD0\xBE\xD0\xBB\xD1\x8C", "\xD0\x91\xD0\xBE\xD0\xBB\xD1\x8C"));
  EXPECT_TRUE(InNarrative("left", "\xE2\x80\x9Cleft\xE2\x80\x9D"));
}

}  // namespace
}  // namespace healthlake::fhir
