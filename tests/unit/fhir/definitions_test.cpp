#include "healthlake/fhir/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ResourceType Type(std::string_view name) {
  return FindResourceType(name).value();
}

std::vector<std::string_view> NamesOf(std::span<const ResourceType> types) {
  std::vector<std::string_view> names;
  for (const ResourceType type : types) names.push_back(NameOf(type));
  return names;
}

std::vector<std::string_view> CodesOf(std::span<const ParamId> params) {
  std::vector<std::string_view> codes;
  for (const ParamId param : params) codes.push_back(FindSearchParam(param)->code);
  return codes;
}

TEST(ResourceTypeTest, CountsTheConcreteTypesOfR4InOrderOfName) {
  const auto types = AllResourceTypes();
  ASSERT_EQ(types.size(), 146U);
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(types[i].number(), i + 1);
    EXPECT_EQ(FindResourceType(NameOf(types[i])), types[i]);
    if (i > 0) {
      EXPECT_LT(NameOf(types[i - 1]), NameOf(types[i]));
    }
  }
}

TEST(ResourceTypeTest, FindsNoTypeForOtherNames) {
  for (const std::string_view name :
       {"", "patient", "Patient ", "Patien", "Resource", "DomainResource", "Quantity", "P",
        "SubscriptionTopic", "PatientPatientPatientPatient"}) {
    EXPECT_EQ(FindResourceType(name), std::nullopt) << name;
  }
  EXPECT_EQ(NameOf(ResourceType()), "");
  EXPECT_EQ(NameOf(ResourceType::FromNumber(200)), "");
}

TEST(ResourceTypeTest, KnowsWhichTypesHealthLakeLists) {
  EXPECT_TRUE(SupportedByHealthLake(Type("Patient")));
  EXPECT_TRUE(SupportedByHealthLake(Type("CodeSystem")));
  for (const auto* name : {"SearchParameter", "NamingSystem", "TestScript", "Basic",
                           "ClinicalImpression", "OperationDefinition", "ImplementationGuide"}) {
    EXPECT_FALSE(SupportedByHealthLake(Type(name))) << name;
  }
  EXPECT_FALSE(SupportedByHealthLake(ResourceType()));
}

TEST(SearchParamTest, IsFoundByTypeAndCodeAndById) {
  const SearchParam* param = FindSearchParam(Type("Patient"), "birthdate");
  ASSERT_NE(param, nullptr);
  EXPECT_EQ(param->type, SearchType::kDate);
  EXPECT_EQ(param->base, Type("Patient"));
  EXPECT_EQ(param->definition, "individual-birthdate");
  EXPECT_EQ(param->origin, ParamOrigin::kElements);
  EXPECT_EQ(FindSearchParam(param->id), param);
  EXPECT_EQ(NameOf(param->type), "date");
}

TEST(SearchParamTest, IsUnknownUnderOtherNames) {
  EXPECT_EQ(FindSearchParam(Type("Patient"), "birthDate"), nullptr);
  EXPECT_EQ(FindSearchParam(Type("Patient"), ""), nullptr);
  EXPECT_EQ(FindSearchParam(Type("Observation"), "birthdate"), nullptr);
  EXPECT_EQ(FindSearchParam(ResourceType(), "_id"), nullptr);
  EXPECT_EQ(FindSearchParam(ParamId()), nullptr);
  EXPECT_EQ(FindSearchParam(ParamId::FromNumber(60000)), nullptr);
}

TEST(SearchParamTest, IsNumberedInOrderOfTypeAndCode) {
  const auto all = AllSearchParams();
  EXPECT_EQ(all.size(), 3154U);  // frozen: the numbers are stored
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].id.number(), i + 1);
    if (i > 0) {
      ASSERT_LT(std::pair(all[i - 1].base, all[i - 1].code), std::pair(all[i].base, all[i].code));
    }
  }
  EXPECT_EQ(DefinitionsHash(), 0xD7E0EB614D459E42U);
}

TEST(SearchParamTest, OfEveryResourceIsThereForEveryType) {
  for (const ResourceType type : AllResourceTypes()) {
    for (const auto* code : {"_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"}) {
      ASSERT_NE(FindSearchParam(type, code), nullptr) << NameOf(type) << " " << code;
      EXPECT_EQ(FindSearchParam(type, code)->origin, ParamOrigin::kElements);
    }
    EXPECT_EQ(FindSearchParam(type, "createdAt")->origin, ParamOrigin::kHealthLake);
    EXPECT_EQ(FindSearchParam(type, "_content")->origin, ParamOrigin::kServer);
  }
  EXPECT_NE(FindSearchParam(Type("Patient"), "_text"), nullptr);
  EXPECT_EQ(FindSearchParam(Type("Bundle"), "_text"), nullptr);
}

TEST(SearchParamTest, NamesTheTypesThatAReferenceMayHave) {
  EXPECT_THAT(NamesOf(FindSearchParam(Type("Observation"), "subject")->targets),
              ElementsAre("Device", "Group", "Location", "Patient"));
  EXPECT_THAT(NamesOf(FindSearchParam(Type("Observation"), "patient")->targets),
              ElementsAre("Patient"));
  EXPECT_THAT(FindSearchParam(Type("Basic"), "subject")->targets, IsEmpty());
}

TEST(SearchParamTest, NamesThePartsOfAComposite) {
  EXPECT_THAT(CodesOf(FindSearchParam(Type("Observation"), "code-value-quantity")->components),
              ElementsAre("code", "value-quantity"));
  EXPECT_THAT(
      CodesOf(
          FindSearchParam(Type("MolecularSequence"), "chromosome-variant-coordinate")->components),
      ElementsAre("chromosome", "variant-start", "variant-end"));
  // The registry has these two the wrong way round.
  EXPECT_THAT(CodesOf(FindSearchParam(Type("DocumentReference"), "relationship")->components),
              ElementsAre("relation", "relatesto"));
}

TEST(CompartmentTest, NamesTheParametersThatPlaceAResourceIntoIt) {
  EXPECT_THAT(CodesOf(CompartmentParams(Type("Patient"), Type("Observation"))),
              ElementsAre("performer", "subject"));
  EXPECT_THAT(CodesOf(CompartmentParams(Type("Patient"), Type("Patient"))), ElementsAre("link"));
  EXPECT_THAT(CodesOf(CompartmentParams(Type("Encounter"), Type("Condition"))),
              ElementsAre("encounter"));
  EXPECT_THAT(CompartmentParams(Type("Patient"), Type("Organization")), IsEmpty());
  EXPECT_THAT(CompartmentParams(Type("Observation"), Type("Patient")), IsEmpty());
}

TEST(ElementTest, HasTheFactsOfItsDefinition) {
  const StructureId observation = StructureOf(Type("Observation"));
  EXPECT_EQ(PathOf(observation), "Observation");
  const Element* status = FindElement(observation, "status");
  ASSERT_NE(status, nullptr);
  EXPECT_TRUE(status->Mandatory());
  EXPECT_TRUE(status->summary);
  EXPECT_TRUE(status->modifier);
  EXPECT_FALSE(status->array);
  EXPECT_EQ(UrlOf(status->required_codes), "http://hl7.org/fhir/ValueSet/observation-status");
  const Element* category = FindElement(observation, "category");
  EXPECT_TRUE(category->array);
  EXPECT_EQ(category->max, 0);
  EXPECT_EQ(category->types[0].code, "CodeableConcept");
  EXPECT_EQ(category->types[0].structure, FindStructure("CodeableConcept"));
  EXPECT_THAT(NamesOf(FindElement(observation, "subject")->targets),
              ElementsAre("Device", "Group", "Location", "Patient"));
}

TEST(ElementTest, OfAChoiceIsFoundByEitherName) {
  const StructureId observation = StructureOf(Type("Observation"));
  const Element* value = FindElement(observation, "value");
  ASSERT_NE(value, nullptr);
  EXPECT_TRUE(value->choice);
  EXPECT_EQ(FindElement(observation, "valueQuantity"), value);
  EXPECT_EQ(value->types.size(), 11U);
  EXPECT_EQ(FindElement(observation, "valueAddress"), nullptr);
  EXPECT_EQ(FindElement(observation, "value[x]"), nullptr);
}

TEST(ElementTest, WithChildrenHasAStructureOfItsOwnOrOfItsContentReference) {
  const StructureId contact = FindStructure("Patient.contact");
  ASSERT_FALSE(contact.IsNone());
  EXPECT_NE(FindElement(contact, "relationship"), nullptr);
  const Element* item = FindElement(FindStructure("Questionnaire.item"), "item");
  EXPECT_EQ(item->types[0].structure, FindStructure("Questionnaire.item"));
  EXPECT_TRUE(FindStructure("Patient.contacts").IsNone());
  EXPECT_THAT(ElementsOf(StructureId()), IsEmpty());
  EXPECT_EQ(FindElement(StructureId(), "id"), nullptr);
}

}  // namespace
}  // namespace healthlake::fhir
