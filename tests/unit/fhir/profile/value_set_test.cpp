// Bindings to the value sets of packages.
#include "profile_fixture.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string ValueSet(std::string_view name, std::string_view content) {
  return R"({"resourceType":"ValueSet","url":"http://test.example/)" + std::string(name) + "\"," +
         std::string(content) + "}";
}

// Animals: mammal (cat, dog (poodle)), bird; a bird has property "flies".
constexpr std::string_view kAnimals = R"({"resourceType":"CodeSystem","url":"http://animals",
  "content":"complete","concept":[{"code":"mammal","concept":[{"code":"cat"},
  {"code":"dog","concept":[{"code":"poodle"}]}]},
  {"code":"bird","property":[{"code":"flies","valueBoolean":true}]}]})";

class ValueSets : public ProfileTest {
 protected:
  void LoadBinding(std::string_view compose, std::string_view strength = "required",
                   std::vector<std::string> others = {}) {
    others.push_back(std::string(kAnimals));
    others.push_back(ValueSet("vs", compose));
    others.push_back(Profile("p", "Patient",
                             R"({"path":"Patient.maritalStatus","binding":{"strength":")" +
                                 std::string(strength) +
                                 R"(","valueSet":"http://test.example/vs"}})"));
    Load(others);
  }
  bool Accepts(std::string_view system, std::string_view code) {
    return FaultsOf("Patient", R"("maritalStatus":{"coding":[{"system":")" + std::string(system) +
                                   R"(","code":")" + std::string(code) + R"("}]})")
        .empty();
  }
};

TEST_F(ValueSets, HoldTheCodesListed) {
  LoadBinding(
      R"("compose":{"include":[{"system":"http://s","concept":[{"code":"a"},{"code":"b"}]}]})");
  EXPECT_TRUE(Accepts("http://s", "a"));
  EXPECT_FALSE(Accepts("http://s", "c"));
  EXPECT_FALSE(Accepts("http://t", "a"));
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("maritalStatus":{"coding":[{"code":"x"},{"system":"http://s","code":"b"}]})"),
      IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("maritalStatus":{"text":"A"})"),
      ElementsAre("Patient.maritalStatus: Element 'Patient.maritalStatus': none of the codes "
                  "provided is in the value set http://test.example/vs, and a code from it is "
                  "required"));
  EXPECT_THAT(FaultsOf("Patient", R"("maritalStatus":{"coding":[{"code":"a"}]})"), Not(IsEmpty()));
}

TEST_F(ValueSets, BindOnlyWhenRequired) {
  for (const char* strength : {"extensible", "preferred", "example"}) {
    LoadBinding(R"("compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]}]})",
                strength);
    EXPECT_TRUE(Accepts("http://x", "y")) << strength;
  }
}

TEST_F(ValueSets, HoldWholeSystemsThatAreListed) {
  LoadBinding(R"("compose":{"include":[{"system":"http://animals"}]})");
  EXPECT_TRUE(Accepts("http://animals", "poodle"));
  EXPECT_FALSE(Accepts("http://animals", "chair"));
}

TEST_F(ValueSets, HoldAnyCodeOfASystemThatIsNotAtHand) {
  LoadBinding(R"("compose":{"include":[{"system":"http://snomed.info/sct"}]})");
  EXPECT_TRUE(Accepts("http://snomed.info/sct", "1"));
  EXPECT_FALSE(Accepts("http://loinc.org", "1"));
}

TEST_F(ValueSets, HoldWhatIsBelowAConcept) {
  LoadBinding(R"("compose":{"include":[{"system":"http://animals","filter":[
              {"property":"concept","op":"is-a","value":"dog"}]}]})");
  EXPECT_TRUE(Accepts("http://animals", "dog"));
  EXPECT_TRUE(Accepts("http://animals", "poodle"));
  EXPECT_FALSE(Accepts("http://animals", "cat"));
  LoadBinding(R"("compose":{"include":[{"system":"http://animals","filter":[
              {"property":"concept","op":"descendent-of","value":"mammal"}]}]})");
  EXPECT_FALSE(Accepts("http://animals", "mammal"));
  EXPECT_TRUE(Accepts("http://animals", "poodle"));
}

TEST_F(ValueSets, FilterByPropertyListAndExpression) {
  LoadBinding(R"("compose":{"include":[{"system":"http://animals","filter":[
              {"property":"flies","op":"=","value":"true"}]}]})");
  EXPECT_TRUE(Accepts("http://animals", "bird"));
  EXPECT_FALSE(Accepts("http://animals", "cat"));
  LoadBinding(R"("compose":{"include":[{"system":"http://animals","filter":[
              {"property":"code","op":"in","value":"cat,dog"}]}]})");
  EXPECT_TRUE(Accepts("http://animals", "dog"));
  EXPECT_FALSE(Accepts("http://animals", "bird"));
  LoadBinding(R"("compose":{"include":[{"system":"http://animals","filter":[
              {"property":"code","op":"regex","value":"[a-c]at"}]}]})");
  EXPECT_TRUE(Accepts("http://animals", "cat"));
  EXPECT_FALSE(Accepts("http://animals", "dog"));
}

TEST_F(ValueSets, AreOpenWhereAFilterCannotBeTold) {
  LoadBinding(R"("compose":{"include":[{"system":"http://loinc.org","filter":[
              {"property":"CLASSTYPE","op":"=","value":"1"}]}]})");
  EXPECT_TRUE(Accepts("http://loinc.org", "1-8"));
  EXPECT_FALSE(Accepts("http://snomed.info/sct", "1"));
}

TEST_F(ValueSets, IncludeOthers) {
  const std::string both =
      R"("compose":{"include":[{"valueSet":["http://test.example/a","http://test.example/b|1.0.0"]}]})";
  const std::string a = ValueSet(
      "a",
      R"("compose":{"include":[{"system":"http://s","concept":[{"code":"1"},{"code":"2"}]}]})");
  const std::string b = ValueSet(
      "b",
      R"("compose":{"include":[{"system":"http://s","concept":[{"code":"2"},{"code":"3"}]}]})");
  LoadBinding(both, "required", {a, b});
  EXPECT_TRUE(Accepts("http://s", "2"));
  EXPECT_FALSE(Accepts("http://s", "1"));
  EXPECT_FALSE(Accepts("http://s", "3"));
}

TEST_F(ValueSets, AreOpenWhereOneThatTheyIncludeIsNotAtHand) {
  LoadBinding(R"("compose":{"include":[{"valueSet":["http://elsewhere/vs"]}]})");
  EXPECT_TRUE(Accepts("http://s", "1"));
}

TEST_F(ValueSets, Exclude) {
  LoadBinding(R"("compose":{"include":[{"system":"http://animals"}],
                 "exclude":[{"system":"http://animals","concept":[{"code":"cat"}]}]})");
  EXPECT_FALSE(Accepts("http://animals", "cat"));
  EXPECT_TRUE(Accepts("http://animals", "dog"));
}

TEST_F(ValueSets, UseTheirExpansion) {
  LoadBinding(R"("expansion":{"contains":[{"system":"http://s","code":"a","abstract":true,
                 "contains":[{"system":"http://s","code":"b"}]}]},
                 "compose":{"include":[{"system":"http://other"}]})");
  EXPECT_TRUE(Accepts("http://s", "b"));
  EXPECT_FALSE(Accepts("http://s", "a"));
  EXPECT_FALSE(Accepts("http://other", "a"));
}

TEST_F(ValueSets, MayIncludeThemselves) {
  LoadBinding(R"("compose":{"include":[{"valueSet":["http://test.example/vs"]},
                 {"system":"http://s","concept":[{"code":"a"}]}]})");
  EXPECT_TRUE(Accepts("http://s", "a"));
}

TEST_F(ValueSets, OfTheBaseSpecificationAreKnown) {
  LoadBinding(
      R"("compose":{"include":[{"valueSet":["http://hl7.org/fhir/ValueSet/administrative-gender"]}]})");
  EXPECT_TRUE(Accepts("http://hl7.org/fhir/administrative-gender", "male"));
  EXPECT_FALSE(Accepts("http://hl7.org/fhir/administrative-gender", "x"));
}

TEST_F(ValueSets, BindCodesWithoutTheirSystem) {
  Load(
      {ValueSet("vs", R"("compose":{"include":[{"system":"http://s","concept":[{"code":"nl"}]}]})"),
       Profile("p", "Patient", R"({"path":"Patient.language",
          "binding":{"strength":"required","valueSet":"http://test.example/vs"}})")});
  EXPECT_THAT(FaultsOf("Patient", R"("language":"nl")"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("language":"de")"),
              ElementsAre(HasSubstr("Patient.language")));
}

TEST_F(ValueSets, BindTheUnitsOfQuantities) {
  Load(
      {ValueSet(
           "vs",
           R"("compose":{"include":[{"system":"http://unitsofmeasure.org","concept":[{"code":"kg"}]}]})"),
       Profile("p", "Observation", R"({"path":"Observation.value[x]",
          "binding":{"strength":"required","valueSet":"http://test.example/vs"}})")});
  const auto observation = [](const char* unit) {
    return R"("status":"final","code":{"text":"A"},"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":")" +
           std::string(unit) + "\"}";
  };
  EXPECT_THAT(FaultsOf("Observation", observation("kg")), IsEmpty());
  EXPECT_THAT(FaultsOf("Observation",
                       R"("status":"final","code":{"text":"A"},"valueQuantity":{"value":1})"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Observation", observation("g")),
              ElementsAre(HasSubstr("Observation.valueQuantity")));
}

TEST_F(ValueSets, AreRecommendedByExtensibleBindings) {
  LoadBinding(R"("compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]}]})",
              "extensible");
  const auto notices = [&](std::string_view code) {
    return Faults(
        R"({"resourceType":"Patient","meta":{"profile":["http://test.example/p"]},"maritalStatus":
             {"coding":[{"system":"http://s","code":")" +
            std::string(code) + R"("}]}})",
        Notices::kOn);
  };
  EXPECT_THAT(notices("b"),
              testing::Contains(HasSubstr("from which a code should come unless none fits")));
  EXPECT_THAT(notices("a"), Not(testing::Contains(HasSubstr("should come"))));
}

TEST_F(ValueSets, AreAskedForByConstraints) {
  Load({ValueSet("vs", R"("compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]}]})"),
        Profile("p", "Patient", R"j({"path":"Patient.maritalStatus","constraint":[
          {"key":"t-1","severity":"error","expression":"memberOf('http://test.example/vs')"},
          {"key":"t-2","severity":"error","expression":"where(memberOf('http://elsewhere/vs')).exists()"}]})j")});
  EXPECT_TRUE(Accepts("http://s", "a"));
  EXPECT_THAT(
      FaultsOf("Patient", R"("maritalStatus":{"coding":[{"system":"http://s","code":"b"}]})"),
      ElementsAre(HasSubstr("Constraint failed: t-1")));
}

TEST_F(ValueSets, OfTheGreatestExtentAreRequired) {
  Load(
      {ValueSet("vs", R"("compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]}]})"),
       Profile("p", "Patient", R"({"path":"Patient.maritalStatus","binding":{"strength":"preferred",
          "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet",
          "valueCanonical":"http://test.example/vs"}],"valueSet":"http://test.example/other"}})")});
  EXPECT_TRUE(Accepts("http://s", "a"));
  EXPECT_FALSE(Accepts("http://s", "b"));
}

}  // namespace
}  // namespace healthlake::fhir
