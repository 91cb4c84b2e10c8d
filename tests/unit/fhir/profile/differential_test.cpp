// Definitions without snapshot: their differential applied to their base's.
#include "profile_fixture.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Differential : public ProfileTest {};

constexpr std::string_view kAbove = "http://test.example/above";

TEST_F(Differential, AppliesToATypeOfTheBase) {
  Load({Profile("p", "Patient", R"({"id":"Patient.name","path":"Patient.name","min":1},
          {"id":"Patient.name.family","path":"Patient.name.family","min":1})",
                "differential")});
  EXPECT_THAT(FaultsOf("Patient", ""), SizeIs(1));
  EXPECT_THAT(FaultsOf("Patient", R"("name":[{"text":"A"}])"),
              ElementsAre(HasSubstr("'Patient.name.family': minimum required = 1")));
}

TEST_F(Differential, AddsToAProfile) {
  Load({Profile("p", "Patient", R"({"path":"Patient.photo","min":1})", "differential", kAbove),
        Profile("above", "Patient",
                R"({"path":"Patient.name","min":1},{"path":"Patient.photo","max":"2"})",
                "differential")});
  EXPECT_THAT(FaultsOf("Patient", ""), SizeIs(2));
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("name":[{"text":"A"}],"photo":[{"title":"1"},{"title":"2"},{"title":"3"}])"),
      ElementsAre(HasSubstr("'Patient.photo': max allowed = 2")));
}

TEST_F(Differential, ChangesWhatTheProfileAboveSays) {
  Load({Profile("p", "Patient", R"j({"path":"Patient.gender","fixedCode":"male"},
          {"path":"Patient.name","constraint":[{"key":"b","severity":"error","expression":"given.exists()"}]})j",
                "differential", kAbove),
        Profile("above", "Patient", R"j({"path":"Patient.gender","min":1,"max":"1"},
          {"path":"Patient.name","constraint":[{"key":"a","severity":"error","expression":"family.exists()"
}]
})j")});
  EXPECT_THAT(FaultsOf("Patient", R"("gender":"female","name":[{"text":"A"}])"), SizeIs(3));
  EXPECT_THAT(FaultsOf("Patient", R"("gender":"male","name":[{"family":"A","given":["B"]}])"),
              IsEmpty());
}

TEST_F(Differential, AddsSlicesToASlicingAbove) {
  const auto slice = [](const char* name) {
    const std::string id = std::string("Patient.identifier:") + name;
    return R"({"id":")" + id + R"(","path":"Patient.identifier","sliceName":")" + name +
           R"(","min":1,"max":"1"},{"id":")" + id +
           R"(.system","path":"Patient.identifier.system","fixedUri":"http://)" + name + "\"}";
  };
  Load(
      {Profile(
           "p", "Patient",
           slice("b") +
               R"(,{"id":"Patient.identifier:a.value","path":"Patient.identifier.value","min":1})",
           "differential", kAbove),
       Profile(
           "above", "Patient",
           R"({"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},)" +
               slice("a"))});
  EXPECT_THAT(
      FaultsOf("Patient", R"("identifier":[{"system":"http://a"},{"value":"1"}])"),
      testing::UnorderedElementsAre(HasSubstr("'Patient.identifier:a.value': minimum required = 1"),
                                    HasSubstr("'Patient.identifier:b': minimum required = 1")));
}

TEST_F(Differential, TakesAChoiceWrittenAsOneOfItsTypesAsASlice) {
  Load({Profile("p", "Observation", R"({"path":"Observation.valueQuantity","min":1},
          {"path":"Observation.valueQuantity.code","min":1,"patternCode":"mg"})",
                "differential")});
  const std::string observation = R"("status":"final","code":{"text":"A"})";
  EXPECT_THAT(FaultsOf("Observation", observation),
              ElementsAre(HasSubstr("'Observation.valueQuantity': minimum required = 1")));
  EXPECT_THAT(FaultsOf("Observation", observation + R"(,"valueQuantity":{"value":1,"code":"kg"})"),
              testing::Contains(HasSubstr(R"(the value must have at least "mg")")));
}

TEST_F(Differential, NeedsNoIds) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
     {"path":"Patient.telecom","sliceName":"phone","min":1},
     {"path":"Patient.telecom.system","fixedCode":"phone"},
     {"path":"Patient.telecom.rank","min":1},
     {"path":"Patient.telecom","sliceName":"fax","max":"0"},
     {"path":"Patient.telecom.system","fixedCode":"fax"},
     {"path":"Patient.name","min":1})",
                "differential")});
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("telecom":[{"system":"phone","value":"1"},{"system":"fax","value":"2"}])"),
      testing::UnorderedElementsAre(HasSubstr("'Patient.telecom:phone.rank': minimum"),
                                    HasSubstr("'Patient.telecom:fax': max allowed = 0"),
                                    HasSubstr("'Patient.name': minimum required = 1")));
}

TEST_F(Differential, HoldsWhereTheElementIsReferredTo) {
  Load({Profile("p", "Questionnaire", R"({"path":"Questionnaire.item.text","min":1})",
                "differential")});
  EXPECT_THAT(
      FaultsOf("Questionnaire", R"("status":"draft","item":[{"linkId":"1","type":"group",
                "text":"A","item":[{"linkId":"2","type":"display"}]}])"),
      ElementsAre(HasSubstr("Questionnaire.item[0].item[0]: Element 'Questionnaire.item.text'")));
}

TEST_F(Differential, DefinesExtensions) {
  Load({Profile("e", "Extension", R"(
     {"id":"Extension.extension:a","path":"Extension.extension","sliceName":"a","min":1,"max":"1"},
     {"id":"Extension.extension:a.url","path":"Extension.extension.url","fixedUri":"a"},
     {"id":"Extension.extension:a.value[x]","path":"Extension.extension.value[x]","min":1,"type":[{"code":"code"}]},
     {"id":"Extension.value[x]","path":"Extension.value[x]","max":"0"})",
                "differential")});
  const auto extension = [](std::string_view parts) {
    return R"({"resourceType":"Patient","extension":[{"url":"http://test.example/e",)" +
           std::string(parts) + "}]}";
  };
  EXPECT_THAT(
      Faults(extension(R"("extension":[{"url":"a","valueCode":"x"},{"url":"b","valueCode":"x"}])")),
      IsEmpty());
  EXPECT_THAT(Faults(extension(R"("extension":[{"url":"b","valueCode":"x"}])")),
              ElementsAre(HasSubstr("'Extension.extension:a': minimum required = 1")));
  EXPECT_THAT(Faults(extension(R"("extension":[{"url":"a","valueString":"x"}])")),
              ElementsAre(HasSubstr("the type string is not allowed here, but code")));
  EXPECT_THAT(Faults(extension(R"("valueCode":"x")")), SizeIs(2));
}

}  // namespace
}  // namespace healthlake::fhir
