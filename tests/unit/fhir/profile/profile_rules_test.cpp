// What a snapshot says of single elements.
#include "profile_fixture.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProfileRules : public ProfileTest {
 protected:
  void LoadPatient(std::string_view elements) { Load({Profile("p", "Patient", elements)}); }
};

TEST_F(ProfileRules, DemandsElementsThatTheBaseLeavesOpen) {
  LoadPatient(R"({"id":"Patient.name","path":"Patient.name","min":1,"max":"*"})");
  EXPECT_THAT(
      FaultsOf("Patient", ""),
      ElementsAre("Patient: Element 'Patient.name': minimum required = 1, but only found 0"));
  EXPECT_THAT(FaultsOf("Patient", R"("name":[{"text":"A"}])"), IsEmpty());
}

TEST_F(ProfileRules, NamesTheProfile) {
  LoadPatient(R"({"path":"Patient.name","min":1,"max":"*"})");
  json::Document document;
  document.Parse(R"({"resourceType":"Patient","meta":{"profile":["http://test.example/p"]}})");
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = set_.get();
  walk.Run(document.root(), options);
  ASSERT_EQ(walk.issues().size(), 1U);
  EXPECT_EQ(walk.issues()[0].diagnostics,
            "Profile http://test.example/p, Element 'Patient.name': minimum required = 1, but only "
            "found 0");
  EXPECT_EQ(walk.issues()[0].code, "processing");
  EXPECT_FALSE(walk.Sound());
}

TEST_F(ProfileRules, LimitsElements) {
  LoadPatient(R"({"path":"Patient.name","min":0,"max":"1"},
                 {"path":"Patient.photo","min":0,"max":"0"})");
  EXPECT_THAT(FaultsOf("Patient", R"("name":[{"text":"A"},{"text":"B"}])"),
              ElementsAre("Patient: Element 'Patient.name': max allowed = 1, but found 2"));
  EXPECT_THAT(FaultsOf("Patient", R"("photo":[{"title":"A"}])"),
              ElementsAre("Patient: Element 'Patient.photo': max allowed = 0, but found 1"));
}

TEST_F(ProfileRules, LooksIntoElementsThatAreThere) {
  LoadPatient(R"({"path":"Patient.contact","min":0,"max":"*"},
                 {"path":"Patient.contact.gender","min":1,"max":"1"})");
  EXPECT_THAT(FaultsOf("Patient", ""), IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("contact":[{"gender":"male","name":{"text":"A"}},{"name":{"text":"B"}}])"),
      ElementsAre("Patient.contact[1]: Element 'Patient.contact.gender': minimum required "
                  "= 1, but only found 0"));
}

TEST_F(ProfileRules, LooksIntoDataTypes) {
  LoadPatient(R"({"path":"Patient.identifier","min":0,"max":"*"},
                 {"path":"Patient.identifier.type","min":0,"max":"1"},
                 {"path":"Patient.identifier.type.coding","min":1,"max":"*"})");
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"value":"1","type":{"text":"A"}}])"),
              ElementsAre("Patient.identifier[0].type: Element 'Patient.identifier.type.coding': "
                          "minimum required = 1, but only found 0"));
}

TEST_F(ProfileRules, DemandsFixedValues) {
  LoadPatient(R"({"path":"Patient.gender","min":0,"max":"1","fixedCode":"female"},
                 {"path":"Patient.maritalStatus","fixedCodeableConcept":{"text":"A"}})");
  EXPECT_THAT(
      FaultsOf("Patient", R"("gender":"male")"),
      ElementsAre(R"(Patient.gender: Element 'Patient.gender': the value must be "female")"));
  EXPECT_THAT(FaultsOf("Patient", R"("gender":"female","maritalStatus":{"text":"A"})"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("maritalStatus":{"id":"x","text":"A"})"),
              ElementsAre(HasSubstr(R"(the value must be {"text":"A"})")));
}

TEST_F(ProfileRules, DemandsPatterns) {
  LoadPatient(R"({"path":"Patient.maritalStatus","patternCodeableConcept":
                  {"coding":[{"system":"http://s","code":"M"}]}})");
  EXPECT_THAT(FaultsOf("Patient", R"("maritalStatus":{"text":"A","coding":[
                {"code":"x"},{"system":"http://s","code":"M","display":"D"}]})"),
              IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("maritalStatus":{"coding":[{"system":"http://t","code":"M"}]})"),
      ElementsAre(HasSubstr("the value must have at least")));
  EXPECT_THAT(FaultsOf("Patient", R"("maritalStatus":{"text":"A"})"),
              ElementsAre(HasSubstr("Patient.maritalStatus: ")));
}

TEST_F(ProfileRules, AllowsOnlySomeTypesOfAChoice) {
  LoadPatient(R"({"path":"Patient.deceased[x]","min":0,"max":"1","type":[{"code":"boolean"}]})");
  EXPECT_THAT(FaultsOf("Patient", R"("deceasedBoolean":true)"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("deceasedDateTime":"2020")"),
              ElementsAre("Patient.deceasedDateTime: Element 'Patient.deceased[x]': the type "
                          "dateTime is not allowed here, but boolean"));
}

TEST_F(ProfileRules, AllowsOnlySomeTargetsOfReferences) {
  LoadPatient(R"({"path":"Patient.generalPractitioner","type":[{"code":"Reference",
     "targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]})");
  EXPECT_THAT(FaultsOf("Patient", R"("generalPractitioner":[{"reference":"Practitioner/1"},
     {"reference":"http://a/Practitioner/1/_history/2"},{"reference":"urn:uuid:f1e0a5d0-3a9b-4f4e-9d0a-0f5bd3a3d9b1"},{"display":"A"}])"),
              IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("generalPractitioner":[{"reference":"Organization/1"}])"),
      ElementsAre("Patient.generalPractitioner[0]: Element 'Patient.generalPractitioner': a "
                  "reference to Organization is not allowed here"));
  EXPECT_THAT(
      FaultsOf("Patient", R"("contained":[{"resourceType":"Organization","id":"o","name":"A"}],
     "generalPractitioner":[{"reference":"#o"}])"),
      ElementsAre(HasSubstr("a reference to Organization is not allowed here")));
}

TEST_F(ProfileRules, LimitsLengthsAndValues) {
  Load({Profile("p", "Observation", R"(
     {"path":"Observation.value[x]","type":[{"code":"integer"},{"code":"string"},{"code":"Quantity"},{"code":"dateTime"}]},
     {"id":"Observation.value[x]:valueInteger","path":"Observation.value[x]","sliceName":"valueInteger",
      "type":[{"code":"integer"}],"minValueInteger":2,"maxValueInteger":5},
     {"id":"Observation.value[x]:valueString","path":"Observation.value[x]","sliceName":"valueString",
      "type":[{"code":"string"}],"maxLength":3},
     {"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity",
      "type":[{"code":"Quantity"}],"maxValueQuantity":{"value":10,"code":"mg"}},
     {"id":"Observation.value[x]:valueDateTime","path":"Observation.value[x]","sliceName":"valueDateTime",
      "type":[{"code":"dateTime"}],"minValueDateTime":"2020-06"})")});
  const std::string observation = R"("status":"final","code":{"text":"A"},)";
  for (const char* value : {R"("valueInteger":2)", R"("valueInteger":5)", R"("valueString":"äöü")",
                            R"("valueQuantity":{"value":10.0,"code":"mg","system":"http://u"})",
                            R"("valueQuantity":{"value":11,"code":"kg","system":"http://u"})",
                            R"("valueDateTime":"2020-06-01")", R"("valueDateTime":"2020")"}) {
    EXPECT_THAT(FaultsOf("Observation", observation + value), IsEmpty()) << value;
  }
  for (const char* value : {R"("valueInteger":1)", R"("valueInteger":6)", R"("valueString":"abcd")",
                            R"("valueQuantity":{"value":10.5,"code":"mg","system":"http://u"})",
                            R"("valueDateTime":"2020-05-31")"}) {
    EXPECT_THAT(FaultsOf("Observation", observation + value), testing::SizeIs(1)) << value;
  }
}

TEST_F(ProfileRules, EvaluatesConstraints) {
  LoadPatient(R"j({"path":"Patient.name","constraint":[
    {"key":"t-1","severity":"error","expression":"family.exists() or text.exists()"},
    {"key":"t-2","severity":"warning","expression":"false"},
    {"key":"t-3","severity":"error","expression":"memberOf('http://x')"}]
})j");
  EXPECT_THAT(FaultsOf("Patient", R"("name":[{"family":"A"}])"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("name":[{"family":"A"},{"given":["B"]}])"),
              ElementsAre("Patient.name[1]: Element 'Patient.name': Constraint failed: t-1 "
                          "(family.exists() or text.exists())"));
}

TEST_F(ProfileRules, ChecksProfilesOnDataTypes) {
  Load({Profile("p", "Patient", R"({"path":"Patient.identifier","type":[
          {"code":"Identifier","profile":["http://test.example/id"]}]})"),
        Profile("id", "Identifier", R"({"path":"Identifier.system","min":1,"max":"1"})")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"value":"1","system":"http://s"}])"),
              IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("identifier":[{"value":"1"}])"),
      ElementsAre("Patient.identifier[0]: Element 'Identifier.system': minimum required = 1, "
                  "but only found 0"));
}

TEST_F(ProfileRules, TakesAnyOfSeveralProfilesOnADataType) {
  Load({Profile("p", "Patient", R"({"path":"Patient.identifier","type":[{"code":"Identifier",
          "profile":["http://test.example/a","http://test.example/b"]}]})"),
        Profile("a", "Identifier", R"({"path":"Identifier.system","min":1,"max":"1"})"),
        Profile("b", "Identifier", R"({"path":"Identifier.value","min":1,"max":"1"})")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"value":"1"},{"system":"http://s"}])"),
              IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("identifier":[{"use":"usual"}])"),
      ElementsAre("Patient.identifier[0]: Element 'Patient.identifier': the value fits none of "
                  "the profiles allowed here"));
}

TEST_F(ProfileRules, FollowsContentReferences) {
  Load({Profile("p", "Questionnaire", R"(
     {"path":"Questionnaire.item","min":0,"max":"*"},
     {"path":"Questionnaire.item.text","min":1,"max":"1"},
     {"path":"Questionnaire.item.item","contentReference":"#Questionnaire.item"})")});
  EXPECT_THAT(
      FaultsOf("Questionnaire", R"("status":"draft","item":[{"linkId":"1","type":"group",
                "text":"A","item":[{"linkId":"2","type":"group","text":"B","item":[
                {"linkId":"3","type":"display"}]}]}])"),
      ElementsAre("Questionnaire.item[0].item[0].item[0]: Element 'Questionnaire.item.text': "
                  "minimum required = 1, but only found 0"));
}

TEST_F(ProfileRules, CountsValuesThatOnlyHaveExtensions) {
  LoadPatient(R"({"path":"Patient.birthDate","min":1,"max":"1"},
                 {"path":"Patient.name","min":0,"max":"*"},
                 {"path":"Patient.name.given","min":2,"max":"*"})");
  EXPECT_THAT(
      FaultsOf("Patient", R"("_birthDate":{"extension":[{"url":"http://x","valueString":"A"}]},
     "name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://x","valueString":"A"}]}]}])"),
      IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("birthDate":"2020","name":[{"given":["A"]}])"),
      ElementsAre("Patient.name[0]: Element 'Patient.name.given': minimum required = 2, but "
                  "only found 1"));
}

TEST_F(ProfileRules, LooksAtExtensionsOfPrimitives) {
  Load({Profile("p", "Patient", R"({"path":"Patient.birthDate"},
     {"path":"Patient.birthDate.extension","slicing":{"discriminator":[{"type":"value","path":"url"}],"rules":"open"}},
     {"id":"Patient.birthDate.extension:e","path":"Patient.birthDate.extension","sliceName":"e","min":1,"max":"1",
      "type":[{"code":"Extension","profile":["http://test.example/e"]}]})"),
        Profile("e", "Extension", R"({"path":"Extension.url","fixedUri":"http://test.example/e"},
     {"path":"Extension.value[x]","min":1,"max":"1","type":[{"code":"integer"}]})")});
  EXPECT_THAT(FaultsOf("Patient", ""), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("birthDate":"2020")"),
              ElementsAre("Patient.birthDate: Element 'Patient.birthDate.extension:e': minimum "
                          "required = 1, but only found 0"));
  EXPECT_THAT(FaultsOf("Patient", R"("birthDate":"2020","_birthDate":{"extension":[
                 {"url":"http://test.example/e","valueInteger":1}]})"),
              IsEmpty());
}

TEST_F(ProfileRules, ToleratesResourcesThatAreUnsound) {
  Load({Profile("p", "Patient", R"({"path":"Patient.name","min":1,"max":"1"},
     {"path":"Patient.name.given","min":1,"max":"1","fixedString":"A","maxLength":3},
     {"path":"Patient.contact.name","min":1,"max":"1"},
     {"path":"Patient.maritalStatus","patternCodeableConcept":{"coding":[{"code":"M"}]}},
     {"path":"Patient.generalPractitioner","type":[{"code":"Reference",
     "targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]})")});
  for (
      const char* members :
      {R"("name":{"given":1})", R"("name":[1,null,[],{"given":{}}])",
       R"("name":[{"given":[{},1]}])", R"("maritalStatus":[1])",
       R"("maritalStatus":{"coding":{"code":[]}})",
       R"("generalPractitioner":[{"reference":{}},1,{"reference":"/"},{"reference":"#"}])",
       R"("contact":[[],{"name":[]}],"_name":1,"contained":[1,{"resourceType":1}],"extension":[{"url":1},2])"}) {
    EXPECT_THAT(FaultsOf("Patient", members), testing::Not(IsEmpty())) << members;
  }
  EXPECT_THAT(Faults(R"({"resourceType":"Patient","meta":{"profile":"http://test.example/p"}})"),
              testing::Not(IsEmpty()));
  EXPECT_THAT(Faults(R"({"resourceType":"Patient","meta":{"profile":[1,{}]}})"),
              testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace healthlake::fhir
