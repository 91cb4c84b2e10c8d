#include "healthlake/fhir/subset.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace healthlake::fhir {
namespace {

constexpr std::string_view kMeta =
    R"("meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue",)"
    R"("code":"SUBSETTED"}]})";

std::string Resource(std::string_view head, std::string_view tail) {
  return std::string(head) + "," + std::string(kMeta) + std::string(tail) + "}";
}
std::string Of(SearchSummary summary, std::string_view text) {
  return Subset(text, {.summary = summary, .elements = {}});
}
std::string Elements(const std::vector<std::string>& names, std::string_view text) {
  return Subset(text, {.summary = SearchSummary::kFalse, .elements = names});
}

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"1","text":{"status":"empty","div":"<div/>"},)"
    R"("name":[{"family":"A","extension":[{"url":"urn:x","valueString":"y"}],"_family":{"id":"f"}}],)"
    R"("_birthDate":{"id":"b"},"photo":[{"data":"AAAA"}],"contact":[{"gender":"male"}],)"
    R"("birthDate":"2000"})";

TEST(SubsetTest, NothingChangesWhenAllIsAskedFor) {
  EXPECT_EQ(Of(SearchSummary::kFalse, kPatient), kPatient);
  EXPECT_EQ(Of(SearchSummary::kCount, kPatient), kPatient);
}

TEST(SubsetTest, TheSummaryHasFlaggedElementsAndTheirFlaggedChildren) {
  EXPECT_EQ(Of(SearchSummary::kTrue, kPatient),
            Resource(R"({"resourceType":"Patient")",
                     R"(,"id":"1","name":[{"family":"A","_family":{"id":"f"}}],)"
                     R"("_birthDate":{"id":"b"},"birthDate":"2000")"));
}

TEST(SubsetTest, TheSummaryLeavesTheDataOfAttachmentsOut) {
  EXPECT_EQ(Of(SearchSummary::kTrue,
               R"({"resourceType":"DocumentReference","status":"current","content":)"
               R"([{"attachment":{"contentType":"text/plain","data":"AAAA"}}]})"),
            Resource(R"({"resourceType":"DocumentReference")",
                     R"(,"status":"current","content":[{"attachment":)"
                     R"({"contentType":"text/plain"}}])"));
}

TEST(SubsetTest, TheSummaryKeepsMandatoryAndModifyingChildren) {
  EXPECT_EQ(Of(SearchSummary::kTrue,
               R"({"resourceType":"Observation","status":"final","code":{"text":"c"},)"
               R"("note":[{"text":"n"}],"component":[{"code":{"text":"d"},"valueInteger":1,)"
               R"("interpretation":[{"text":"i"}],"modifierExtension":[{"url":"urn:m"}]}]})"),
            Resource(R"({"resourceType":"Observation")",
                     R"(,"status":"final","code":{"text":"c"},"component":[{"code":{"text":"d"},)"
                     R"("valueInteger":1,"modifierExtension":[{"url":"urn:m"}]}])"));
}

TEST(SubsetTest, AnElementThatWouldBeEmptyStaysWhole) {
  EXPECT_EQ(
      Of(SearchSummary::kTrue,
         R"({"resourceType":"Patient","name":[{"extension":[{"url":"urn:x"}]}]})"),
      Resource(R"({"resourceType":"Patient")", R"(,"name":[{"extension":[{"url":"urn:x"}]}])"));
}

TEST(SubsetTest, ResourcesInsideASummaryAreWhole) {
  EXPECT_EQ(Of(SearchSummary::kTrue,
               R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)"
               R"({"resourceType":"Patient","text":{"status":"empty"}}}]})"),
            Resource(R"({"resourceType":"Bundle")",
                     R"(,"type":"collection","entry":[{"resource":)"
                     R"({"resourceType":"Patient","text":{"status":"empty"}}}])"));
}

TEST(SubsetTest, TextHasTheNarrativeAndWhatIsMandatory) {
  EXPECT_EQ(Of(SearchSummary::kText,
               R"({"resourceType":"Observation","id":"1","implicitRules":"urn:r",)"
               R"("text":{"status":"empty","div":"<div/>"},"status":"final","code":{"text":"c"},)"
               R"("valueInteger":1})"),
            Resource(R"({"resourceType":"Observation")",
                     R"(,"id":"1","text":{"status":"empty","div":"<div/>"},"status":"final",)"
                     R"("code":{"text":"c"})"));
}

TEST(SubsetTest, DataHasAllButTheNarrative) {
  EXPECT_EQ(
      Of(SearchSummary::kData,
         R"({"resourceType":"Patient","text":{"status":"empty"},"active":true,"odd":[1.0e0]})"),
      Resource(R"({"resourceType":"Patient")", R"(,"active":true,"odd":[1.0e0])"));
}

TEST(SubsetTest, ElementsAreThoseNamedAndThoseThatMustStand) {
  EXPECT_EQ(Elements({"birthDate", "nonsense", "contact"}, kPatient),
            Resource(R"({"resourceType":"Patient")",
                     R"(,"id":"1","_birthDate":{"id":"b"},"contact":[{"gender":"male"}],)"
                     R"("birthDate":"2000")"));
  EXPECT_EQ(Elements({"nonsense"}, R"({"resourceType":"Observation","status":"final","code":{},)"
                                   R"("modifierExtension":[{}],"subject":{}})"),
            Resource(R"({"resourceType":"Observation")",
                     R"(,"status":"final","code":{},"modifierExtension":[{}])"));
}

TEST(SubsetTest, AChoiceIsNamedWithOrWithoutItsType) {
  const std::string_view text = R"({"resourceType":"Observation","valueInteger":1})";
  const std::string with = Resource(R"({"resourceType":"Observation")", R"(,"valueInteger":1)");
  EXPECT_EQ(Elements({"value"}, text), with);
  EXPECT_EQ(Elements({"valueInteger"}, text), with);
  EXPECT_EQ(Elements({"valueString"}, text), Resource(R"({"resourceType":"Observation")", ""));
}

TEST(SubsetTest, TheTagJoinsThoseThereAre) {
  EXPECT_EQ(Of(SearchSummary::kData,
               R"({"meta":{"versionId":"2","tag":[{"code":"x"}]},"resourceType":"Patient"})"),
            R"({"meta":{"versionId":"2","tag":[{"code":"x"},{"system":)"
            R"("http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]},)"
            R"("resourceType":"Patient"})");
  const std::string tagged = Of(SearchSummary::kData, kPatient);
  EXPECT_EQ(Of(SearchSummary::kData, tagged), tagged);
  for (const std::string_view meta : {"{}", R"({"tag":[]})"}) {
    EXPECT_EQ(
        Of(SearchSummary::kData, R"({"resourceType":"Patient","meta":)" + std::string(meta) + "}"),
        Resource(R"({"resourceType":"Patient")", ""));
  }
}

TEST(SubsetTest, BytesOfWhatIsKeptStay) {
  EXPECT_EQ(
      Elements({"extension"},
               R"({"resourceType":"Patient","extension":[{"url":"urn:\u0061\/","v":1.50E+1}]})"),
      Resource(R"({"resourceType":"Patient")",
               R"(,"extension":[{"url":"urn:\u0061\/","v":1.50E+1}])"));
}

TEST(SubsetTest, WhatIsNoResourceIsReturnedAsItIs) {
  for (const std::string_view text :
       {"", "{", "[]", "7", "{}", R"({"resourceType":"None"})", R"({"resourceType":7})"}) {
    EXPECT_EQ(Of(SearchSummary::kTrue, text), text);
  }
  EXPECT_EQ(Of(SearchSummary::kTrue, R"({"resourceType":"Patient","meta":7,"name":"odd"})"),
            R"({"resourceType":"Patient","meta":7,"name":"odd"})");
}

}  // namespace
}  // namespace healthlake::fhir
