#include "fhir/code_hierarchy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

json::Document Parsed(std::string_view text) {
  json::Document document;
  const auto error = document.Parse(text);
  if (error) throw std::runtime_error(error->message);
  return document;
}

constexpr std::string_view kTree =
    R"({"resourceType":"CodeSystem","concept":[
        {"code":"animal","concept":[{"code":"dog","concept":[{"code":"poodle"}]},{"code":"cat"}]},
        {"code":"pet"},
        {"code":"goldfish","property":[{"code":"parent","valueCode":"pet"}]},
        {"code":"tabby","property":[{"code":"subsumedBy","valueCode":"cat"},
                                    {"code":"parent","valueCode":"pet"}]}]})";

TEST(CodeHierarchyTest, CodesBelowAreNestedOrNameTheirParent) {
  const json::Document document = Parsed(kTree);
  const auto below = [&](std::string_view code) {
    return CodeHierarchy(document.root()).AtOrBelow(code);
  };
  EXPECT_THAT(below("animal"), UnorderedElementsAre("animal", "dog", "poodle", "cat", "tabby"));
  EXPECT_THAT(below("pet"), UnorderedElementsAre("pet", "goldfish", "tabby"));
  EXPECT_THAT(below("poodle"), ElementsAre("poodle"));
  EXPECT_THAT(below("stone"), ElementsAre("stone"));
}

TEST(CodeHierarchyTest, CodesAboveAreFoundOverAllParents) {
  const json::Document document = Parsed(kTree);
  const auto above = [&](std::string_view code) {
    return CodeHierarchy(document.root()).AtOrAbove(code);
  };
  EXPECT_THAT(above("tabby"), UnorderedElementsAre("tabby", "cat", "animal", "pet"));
  EXPECT_THAT(above("animal"), ElementsAre("animal"));
}

TEST(CodeHierarchyTest, PropertiesGoByTheirDefinition) {
  const json::Document document = Parsed(
      R"({"resourceType":"CodeSystem","property":[
           {"code":"up","uri":"http://hl7.org/fhir/concept-properties#parent"},
           {"code":"down","uri":"http://hl7.org/fhir/concept-properties#child"},
           {"code":"side","uri":"urn:else"}],
          "concept":[{"code":"a"},{"code":"b","property":[{"code":"up","valueCode":"a"}]},
                     {"code":"c","property":[{"code":"down","valueCoding":{"code":"a"}},
                                             {"code":"side","valueCode":"b"},
                                             {"code":"up","valueCode":"unknown"}]}]})");
  EXPECT_THAT(CodeHierarchy(document.root()).AtOrBelow("c"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(CodeHierarchy(document.root()).AtOrBelow("b"), ElementsAre("b"));
}

TEST(CodeHierarchyTest, AHierarchyOfPartsSubsumesNothing) {
  const json::Document document = Parsed(
      R"({"resourceType":"CodeSystem","hierarchyMeaning":"part-of","concept":[{"code":"body",
          "concept":[{"code":"leg","property":[{"code":"parent","valueCode":"body"}]},
                     {"code":"trunk","property":[{"code":"subsumedBy","valueCode":"body"}]}]}]})");
  EXPECT_THAT(CodeHierarchy(document.root()).AtOrBelow("body"),
              UnorderedElementsAre("body", "trunk"));
}

TEST(CodeHierarchyTest, CirclesEnd) {
  const json::Document document = Parsed(
      R"({"resourceType":"CodeSystem","concept":[
          {"code":"a","property":[{"code":"parent","valueCode":"b"}]},
          {"code":"b","property":[{"code":"parent","valueCode":"a"}],"concept":[{"code":"b"}]}]})");
  EXPECT_THAT(CodeHierarchy(document.root()).AtOrBelow("a"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(CodeHierarchy(document.root()).AtOrAbove("a"), UnorderedElementsAre("a", "b"));
}

TEST(CodeHierarchyTest, OddResourcesAreRead) {
  for (const std::string_view text :
       {"{}", R"({"concept":7})", R"({"concept":[7,{"code":7,"concept":{}}]})",
        R"({"concept":[{"code":"a","property":[1,{"code":"parent"}]}],"property":[{}]})"}) {
    EXPECT_THAT(CodeHierarchy(Parsed(text).root()).AtOrBelow("a"), ElementsAre("a")) << text;
  }
}

}  // namespace
}  // namespace healthlake::fhir
