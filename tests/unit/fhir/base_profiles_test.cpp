#include "fhir/r4/base_profiles.hpp"

#include <gtest/gtest.h>

#include <string>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kStructure = "http://hl7.org/fhir/StructureDefinition/";

TEST(BaseProfileTest, AreSortedByUrlAndParse) {
  json::Document document;
  std::string_view before;
  for (const r4::BaseProfileRow& row : r4::BaseProfiles()) {
    const std::string_view url = r4::UrlOf(row);
    EXPECT_LT(before, url);
    before = url;
    EXPECT_EQ(r4::FindBaseProfile(url), &row);
    ASSERT_FALSE(document.Parse(r4::JsonOf(row)).has_value()) << url;
    const json::Value definition = document.root();
    EXPECT_EQ(definition.Find("url")->string(), url);
    EXPECT_EQ(definition.Find("derivation")->string(), "constraint");
    EXPECT_FALSE(definition.Find("type")->string().empty());
    ASSERT_TRUE(definition.Find("snapshot").has_value()) << url;
    EXPECT_FALSE(definition.Find("snapshot")->Find("element")->empty()) << url;
  }
  EXPECT_EQ(r4::BaseProfiles().size(), 44U + 393U + 2U);
}

TEST(BaseProfileTest, IsFoundByItsUrlOnly) {
  EXPECT_NE(r4::FindBaseProfile(std::string(kStructure) + "bodyheight"), nullptr);
  EXPECT_NE(r4::FindBaseProfile(std::string(kStructure) + "patient-birthPlace"), nullptr);
  EXPECT_NE(r4::FindBaseProfile(std::string(kStructure) + "SimpleQuantity"), nullptr);
  EXPECT_EQ(r4::FindBaseProfile(std::string(kStructure) + "bodyheight|4.0.1"), nullptr);
  EXPECT_EQ(r4::FindBaseProfile(std::string(kStructure) + "Patient"), nullptr);
  EXPECT_EQ(r4::FindBaseProfile(""), nullptr);
}

TEST(BaseProfileTest, BindsRequiredOnlySetsThatAreKnown) {
  json::Document document;
  std::size_t bindings = 0;
  for (const r4::BaseProfileRow& row : r4::BaseProfiles()) {
    ASSERT_FALSE(document.Parse(r4::JsonOf(row)).has_value());
    const json::Value snapshot = *document.root().Find("snapshot");
    const json::Value elements = *snapshot.Find("element");
    for (const json::Value element : elements) {
      const auto binding = element.Find("binding");
      if (!binding || binding->Find("strength")->string() != "required") continue;
      const auto url = binding->Find("valueSet");
      if (!url) continue;
      EXPECT_FALSE(FindCodeSet(url->string()).IsNone()) << url->string();
      ++bindings;
    }
  }
  EXPECT_EQ(bindings, 185U);
}

TEST(BaseProfileTest, KeepsWhatAValidatorReads) {
  const r4::BaseProfileRow* row = r4::FindBaseProfile(std::string(kStructure) + "vitalsigns");
  ASSERT_NE(row, nullptr);
  const std::string_view text = r4::JsonOf(*row);
  for (
      const auto* part :
      {R"("id":"Observation.category:VSCat","path":"Observation.category","sliceName":"VSCat")",
       R"("fixedCode":"vital-signs")", R"("discriminator":[{"type":"value","path":"coding.code"})",
       R"({"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/observation-status|4.0.1"})",
       R"("key":"vs-2","severity":"error","expression":")", R"({"code":"string"})"}) {
    EXPECT_NE(text.find(part), std::string_view::npos) << part;
  }
  // Invariants of Observation, prose and mappings do not stand here.
  for (const auto* part :
       {"obs-6", "ele-1", "dom-3", "definition\"", "short\"", "mapping", "System."}) {
    EXPECT_EQ(text.find(part), std::string_view::npos) << part;
  }
}

}  // namespace
}  // namespace healthlake::fhir
