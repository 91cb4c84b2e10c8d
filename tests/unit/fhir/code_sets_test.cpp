#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::SizeIs;

CodeSetId Demanded(std::string_view path, std::string_view name) {
  return FindElement(FindStructure(path), name)->required_codes;
}

TEST(CodeSetTest, KnowsItsCodesAndTheirSystems) {
  const CodeSetId gender = Demanded("Patient", "gender");
  EXPECT_TRUE(IsListed(gender));
  EXPECT_TRUE(HasCode(gender, "female"));
  EXPECT_FALSE(HasCode(gender, "Female"));
  EXPECT_FALSE(HasCode(gender, ""));
  EXPECT_EQ(SystemOf(gender, "male"), "http://hl7.org/fhir/administrative-gender");
  EXPECT_EQ(SystemOf(gender, "x"), "");
  EXPECT_THAT(CodesOf(gender), SizeIs(4));
  EXPECT_FALSE(HasCode(CodeSetId(), "female"));
  EXPECT_FALSE(HasCode(CodeSetId::FromNumber(60000), "female"));
  EXPECT_THAT(CodesOf(CodeSetId()), SizeIs(0));
}

TEST(CodeSetTest, KnowsTheSystemOfACoding) {
  const CodeSetId clinical = Demanded("Condition", "clinicalStatus");
  const std::string_view system = "http://terminology.hl7.org/CodeSystem/condition-clinical";
  EXPECT_TRUE(HasCoding(clinical, system, "active"));
  EXPECT_FALSE(HasCoding(clinical, system, "entered-in-error"));
  EXPECT_FALSE(HasCoding(clinical, "", "active"));
  EXPECT_FALSE(HasCoding(clinical, "http://example.org", "active"));
  EXPECT_FALSE(HasCoding(CodeSetId(), system, "active"));
}

TEST(CodeSetTest, TakesACodeOfEachOfItsSystems) {
  const CodeSetId set = FindCodeSet("http://hl7.org/fhir/ValueSet/security-labels");
  ASSERT_FALSE(set.IsNone());
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const ListedCode& row : CodesOf(set)) {
    EXPECT_TRUE(HasCoding(set, row.system, row.code)) << row.code;
    EXPECT_TRUE(seen.emplace(row.code, row.system).second) << row.code;
  }
}

TEST(CodeSetTest, FindsEveryListedCodeAndNoOther) {
  std::size_t codes = 0;
  for (std::uint16_t number = 1; number <= r4::kCodeSetCount; ++number) {
    const CodeSetId set = CodeSetId::FromNumber(number);
    EXPECT_EQ(FindCodeSet(UrlOf(set)), set);
    const auto rows = CodesOf(set);
    EXPECT_EQ(IsListed(set), !rows.empty()) << UrlOf(set);
    for (const ListedCode& row : rows) {
      ASSERT_TRUE(HasCode(set, row.code)) << UrlOf(set) << " " << row.code;
      ASSERT_TRUE(HasCoding(set, row.system, row.code)) << UrlOf(set) << " " << row.code;
      ASSERT_FALSE(HasCode(set, std::string(row.code) + "~")) << UrlOf(set);
      ASSERT_FALSE(HasCode(set, "~" + std::string(row.code))) << UrlOf(set);
      ++codes;
    }
  }
  EXPECT_GT(codes, 10'000U);
}

TEST(CodeSetTest, IsFoundByUrlWithOrWithoutVersion) {
  const CodeSetId set = FindCodeSet("http://hl7.org/fhir/ValueSet/observation-status");
  EXPECT_EQ(set, Demanded("Observation", "status"));
  EXPECT_EQ(FindCodeSet("http://hl7.org/fhir/ValueSet/observation-status|4.0.1"), set);
  EXPECT_TRUE(FindCodeSet("http://hl7.org/fhir/ValueSet/observation-statu").IsNone());
  EXPECT_TRUE(FindCodeSet("").IsNone());
  // SNOMED CT is not in the bundles.
  EXPECT_TRUE(FindCodeSet("http://hl7.org/fhir/ValueSet/body-site").IsNone());
}

TEST(CodeSetTest, MayBeAWholeCodeSystem) {
  const std::string_view system = "http://terminology.hl7.org/CodeSystem/condition-category";
  const CodeSetId set = FindCodeSet(system);
  ASSERT_FALSE(set.IsNone());
  EXPECT_TRUE(HasCoding(set, system, "encounter-diagnosis"));
  EXPECT_THAT(CodesOf(set), AllOf(SizeIs(2), Each(Field(&ListedCode::system, system))));
}

TEST(CodeSetTest, IsExpandedFromFiltersAndOtherSets) {
  // is-a in a hierarchy of v3.
  const CodeSetId confidentiality =
      FindCodeSet("http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification");
  EXPECT_TRUE(HasCode(confidentiality, "N"));
  EXPECT_FALSE(HasCode(confidentiality, "_Confidentiality"));
  // Two sets in one.
  const CodeSetId types = FindCodeSet("http://hl7.org/fhir/ValueSet/all-types");
  EXPECT_TRUE(HasCoding(types, "http://hl7.org/fhir/resource-types", "Patient"));
  EXPECT_TRUE(HasCoding(types, "http://hl7.org/fhir/data-types", "Quantity"));
  EXPECT_TRUE(HasCode(types, "Any"));
}

TEST(CodeSetTest, HasAGrammarWhereItsSystemIsNotInTheBundles) {
  const CodeSetId content = Demanded("Attachment", "contentType");
  EXPECT_FALSE(IsListed(content));
  EXPECT_EQ(UrlOf(content), "http://hl7.org/fhir/ValueSet/mimetypes");
  EXPECT_TRUE(HasCode(content, "text/plain; charset=UTF-8"));
  EXPECT_FALSE(HasCode(content, "plain text"));
  EXPECT_EQ(SystemOf(content, "text/plain"), "");
  const CodeSetId unit = Demanded("RiskEvidenceSynthesis.riskEstimate", "unitOfMeasure");
  EXPECT_TRUE(HasCoding(unit, "http://unitsofmeasure.org", "mg/dL"));
  EXPECT_FALSE(HasCoding(unit, "http://unitsofmeasure.org", "mg dL"));
  EXPECT_FALSE(HasCoding(unit, "http://example.org", "mg/dL"));
  EXPECT_TRUE(HasCode(Demanded("Money", "currency"), "EUR"));
  EXPECT_TRUE(IsListed(Demanded("Timing.repeat", "periodUnit")));
}

TEST(CodeSetTest, LimitsLanguagesToThoseOfBcp47) {
  const CodeSetId language = Demanded("Patient", "language");
  EXPECT_EQ(UrlOf(language), "http://hl7.org/fhir/ValueSet/all-languages");
  EXPECT_TRUE(HasCode(language, "de-CH"));
  EXPECT_FALSE(HasCode(language, "not a language"));
  EXPECT_TRUE(HasCode(Demanded("Expression", "language"), "text/cql"));
}

TEST(CodeSetTest, IsDemandedOfEveryElementThatIsBoundAsRequired) {
  std::size_t elements = 0;
  for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
    for (const Element& element : ElementsOf(StructureId::FromNumber(number))) {
      if (element.required_codes.IsNone()) continue;
      ++elements;
      ASSERT_EQ(element.types.size(), 1U);
      EXPECT_TRUE(element.types[0].code == "code" || element.types[0].code == "CodeableConcept");
    }
  }
  EXPECT_EQ(elements, 366U + 152U);  // and the languages
}

}  // namespace
}  // namespace healthlake::fhir
