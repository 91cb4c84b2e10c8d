// profiling.html#slicing
#include "profile_fixture.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Identifiers sliced by system into a (at least one) and b (one at most).
std::string Identifiers(std::string_view slicing, std::string_view value) {
  const std::string open(slicing);
  const auto slice = [&](char name, std::string_view counts) {
    const std::string id = std::string("Patient.identifier:") + name;
    return R"(,{"id":")" + id + R"(","path":"Patient.identifier","sliceName":")" + name + "\"," +
           std::string(counts) + R"(},{"id":")" + id +
           R"(.system","path":"Patient.identifier.system",")" + std::string(value) +
           R"(":"http://)" + name + "\"}";
  };
  return Profile("p", "Patient",
                 R"({"path":"Patient.identifier","slicing":{"discriminator":[)" + open + "}}" +
                     slice('a', R"("min":1,"max":"*")") + slice('b', R"("min":0,"max":"1")"));
}

class Slicing : public ProfileTest {};

TEST_F(Slicing, CountsEachSliceByAFixedValue) {
  Load({Identifiers(R"({"type":"value","path":"system"}],"rules":"open")", "fixedUri")});
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("identifier":[{"system":"http://a"},{"system":"http://b"},{"value":"1"}])"),
      IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://c"}])"),
              ElementsAre("Patient: Element 'Patient.identifier:a': minimum required = 1, but only "
                          "found 0"));
  EXPECT_THAT(FaultsOf("Patient", ""), SizeIs(1));
  EXPECT_THAT(
      FaultsOf(
          "Patient",
          R"("identifier":[{"system":"http://a"},{"system":"http://b"},{"system":"http://b"}])"),
      ElementsAre("Patient: Element 'Patient.identifier:b': max allowed = 1, but found 2"));
}

TEST_F(Slicing, RefusesWhatIsInNoSliceOfAClosedSlicing) {
  Load({Identifiers(R"({"type":"value","path":"system"}],"rules":"closed")", "patternUri")});
  EXPECT_THAT(
      FaultsOf("Patient", R"("identifier":[{"system":"http://a"},{"system":"http://c"}])"),
      ElementsAre("Patient.identifier[1]: Element 'Patient.identifier': the value fits none of "
                  "the slices, and no others are allowed"));
}

TEST_F(Slicing, WantsUnslicedItemsAtTheEnd) {
  Load({Identifiers(R"({"type":"value","path":"system"}],"rules":"openAtEnd")", "fixedUri")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://a"},{"value":"1"}])"),
              IsEmpty());
  EXPECT_THAT(
      FaultsOf("Patient", R"("identifier":[{"value":"1"},{"system":"http://a"}])"),
      ElementsAre(HasSubstr("Patient.identifier[1]: Element 'Patient.identifier': slice a must "
                            "stand before")));
}

TEST_F(Slicing, WantsSlicesInOrder) {
  Load({Identifiers(R"({"type":"value","path":"system"}],"rules":"open","ordered":true)",
                    "fixedUri")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://a"},{"system":"http://b"}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://b"},{"system":"http://a"}])"),
              ElementsAre(HasSubstr("slice a is out of order")));
}

TEST_F(Slicing, ChecksTheRulesOfTheSlice) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
     {"id":"Patient.telecom:phone","path":"Patient.telecom","sliceName":"phone"},
     {"id":"Patient.telecom:phone.system","path":"Patient.telecom.system","fixedCode":"phone"},
     {"id":"Patient.telecom:phone.rank","path":"Patient.telecom.rank","min":1,"max":"1"})")});
  EXPECT_THAT(
      FaultsOf("Patient",
               R"("telecom":[{"system":"email","value":"a"},{"system":"phone","value":"1"}])"),
      ElementsAre("Patient.telecom[1]: Element 'Patient.telecom:phone.rank': minimum required = "
                  "1, but only found 0"));
}

TEST_F(Slicing, TellsSlicesByPatternsOnTheWhole) {
  Load({Profile("p", "Condition", R"(
     {"path":"Condition.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}},
     {"id":"Condition.category:c","path":"Condition.category","sliceName":"c","min":1,"max":"1",
      "patternCodeableConcept":{"coding":[{"system":"http://s","code":"c"}]}})")});
  const std::string subject = R"("subject":{"reference":"Patient/1"})";
  EXPECT_THAT(
      FaultsOf(
          "Condition",
          subject + R"(,"category":[{"text":"x"},{"coding":[{"system":"http://s","code":"c"}]}])"),
      IsEmpty());
  EXPECT_THAT(FaultsOf("Condition",
                       subject + R"(,"category":[{"coding":[{"system":"http://s","code":"d"}]}])"),
              ElementsAre(HasSubstr("'Condition.category:c': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByPartsOfAPatternAround) {
  Load({Profile("p", "Observation", R"(
     {"path":"Observation.component","slicing":{"discriminator":[{"type":"value","path":"code.coding.code"},
      {"type":"value","path":"code.coding.system"}],"rules":"open"}},
     {"id":"Observation.component:c","path":"Observation.component","sliceName":"c","min":1,"max":"1"},
     {"id":"Observation.component:c.code","path":"Observation.component.code"},
     {"id":"Observation.component:c.code.coding","path":"Observation.component.code.coding"},
     {"id":"Observation.component:c.code.coding.code","path":"Observation.component.code.coding.code","fixedCode":"1"},
     {"id":"Observation.component:c.code.coding.system","path":"Observation.component.code.coding.system","fixedUri":"http://s"})")});
  const auto component = [](const char* coding) {
    return R"("status":"final","code":{"text":"A"},"component":[{"valueBoolean":true,"code":{"coding":[)" +
           std::string(coding) + "]}}]";
  };
  EXPECT_THAT(
      FaultsOf("Observation", component(R"({"code":"2"},{"system":"http://s","code":"1"})")),
      Not(testing::Contains(HasSubstr("minimum required"))));
  EXPECT_THAT(FaultsOf("Observation", component(R"({"system":"http://t","code":"1"})")),
              testing::Contains(HasSubstr("'Observation.component:c': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByType) {
  Load({Profile("p", "Observation", R"(
     {"path":"Observation.value[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"closed"}},
     {"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity",
      "min":0,"max":"1","type":[{"code":"Quantity"}]},
     {"id":"Observation.value[x]:valueQuantity.code","path":"Observation.value[x].code","min":1,"max":"1"})")});
  const std::string observation = R"("status":"final","code":{"text":"A"},)";
  EXPECT_THAT(
      FaultsOf("Observation",
               observation + R"("valueQuantity":{"value":1,"code":"mg","system":"http://u"})"),
      IsEmpty());
  EXPECT_THAT(
      FaultsOf("Observation", observation + R"("valueQuantity":{"value":1})"),
      ElementsAre(HasSubstr("Observation.valueQuantity: Element "
                            "'Observation.value[x]:valueQuantity.code': minimum required = 1")));
  EXPECT_THAT(FaultsOf("Observation", observation + R"("valueString":"A")"),
              ElementsAre(HasSubstr("fits none of the slices")));
}

TEST_F(Slicing, TellsSlicesByTheTypeThatAReferenceLeadsTo) {
  Load({Profile("p", "CareTeam", R"j(
     {"path":"CareTeam.participant","slicing":{"discriminator":[{"type":"type","path":"member.resolve()"}],"rules":"open"
}
},
     {"id":"CareTeam.participant:p","path":"CareTeam.participant","sliceName":"p","min":1,"max":"1"},
     {"id":"CareTeam.participant:p.member","path":"CareTeam.participant.member","type":[{"code":"Reference",
      "targetProfile":["http://hl7.org/fhir/StructureDefinition/Patient"]}]})j")});
  EXPECT_THAT(FaultsOf("CareTeam", R"("participant":[{"member":{"reference":"Patient/1"}}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("CareTeam",
                       R"("contained":[{"resourceType":"Patient","id":"p","gender":"male"}],
     "participant":[{"member":{"reference":"#p"}}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("CareTeam", R"("participant":[{"member":{"reference":"Organization/1"}}])"),
              ElementsAre(HasSubstr("'CareTeam.participant:p': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByProfile) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.identifier","slicing":{"discriminator":[{"type":"profile","path":"$this"}],"rules":"open"}},
     {"id":"Patient.identifier:long","path":"Patient.identifier","sliceName":"long","min":1,"max":"1",
      "type":[{"code":"Identifier","profile":["http://test.example/long"]}]})"),
        Profile("long", "Identifier", R"({"path":"Identifier.period","min":1,"max":"1"})")});
  EXPECT_THAT(FaultsOf("Patient",
                       R"("identifier":[{"value":"1"},{"value":"2","period":{"start":"2020"}}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"value":"1"}])"),
              ElementsAre(HasSubstr("'Patient.identifier:long': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByProfileOfAContainedResource) {
  Load({Profile("p", "CareTeam", R"j(
     {"path":"CareTeam.participant","slicing":{"discriminator":[{"type":"profile","path":"member.resolve()"}],"rules":"open"
}
},
     {"id":"CareTeam.participant:m","path":"CareTeam.participant","sliceName":"m","min":1,"max":"*"},
     {"id":"CareTeam.participant:m.member","path":"CareTeam.participant.member","type":[{"code":"Reference",
      "targetProfile":["http://test.example/male"]}]})j"),
        Profile("male", "Patient",
                R"({"path":"Patient.gender","fixedCode":"male","min":1,"max":"1"})")});
  const auto team = [](const char* gender) {
    return R"("contained":[{"resourceType":"Patient","id":"p","gender":")" + std::string(gender) +
           R"("}],"participant":[{"member":{"reference":"#p"}}])";
  };
  EXPECT_THAT(FaultsOf("CareTeam", team("male")), IsEmpty());
  EXPECT_THAT(FaultsOf("CareTeam", team("female")),
              ElementsAre(HasSubstr("'CareTeam.participant:m'")));
}

TEST_F(Slicing, TellsSlicesByWhatExists) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.identifier","slicing":{"discriminator":[{"type":"exists","path":"period"}],"rules":"open"}},
     {"id":"Patient.identifier:old","path":"Patient.identifier","sliceName":"old","min":0,"max":"1"},
     {"id":"Patient.identifier:old.period","path":"Patient.identifier.period","min":1,"max":"1"},
     {"id":"Patient.identifier:new","path":"Patient.identifier","sliceName":"new","min":1,"max":"1"},
     {"id":"Patient.identifier:new.period","path":"Patient.identifier.period","min":0,"max":"0"})")});
  EXPECT_THAT(FaultsOf("Patient",
                       R"("identifier":[{"value":"1"},{"value":"2","period":{"start":"2020"}}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"value":"2","period":{"start":"2020"}}])"),
              ElementsAre(HasSubstr("'Patient.identifier:new': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByRequiredBinding) {
  Load({Profile("p", "Condition", R"(
     {"path":"Condition.category","slicing":{"discriminator":[{"type":"value","path":"$this"}],"rules":"open"}},
     {"id":"Condition.category:c","path":"Condition.category","sliceName":"c","min":1,"max":"1",
      "binding":{"strength":"required","valueSet":"http://test.example/vs"}})"),
        R"({"resourceType":"ValueSet","url":"http://test.example/vs","compose":{"include":[
            {"system":"http://s","concept":[{"code":"c"}]}]}})"});
  const std::string subject = R"("subject":{"reference":"Patient/1"})";
  EXPECT_THAT(FaultsOf("Condition",
                       subject + R"(,"category":[{"coding":[{"system":"http://s","code":"c"}]}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Condition",
                       subject + R"(,"category":[{"coding":[{"system":"http://s","code":"x"}]}])"),
              ElementsAre(HasSubstr("'Condition.category:c': minimum required = 1")));
}

TEST_F(Slicing, TellsSlicesByTheValueOfAnExtension) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.address","slicing":{"discriminator":[{"type":"value","path":"extension('http://test.example/e').value"}],"rules":"open"}},
     {"id":"Patient.address:home","path":"Patient.address","sliceName":"home","min":1,"max":"1"},
     {"id":"Patient.address:home.extension","path":"Patient.address.extension"},
     {"id":"Patient.address:home.extension:e","path":"Patient.address.extension","sliceName":"e",
      "type":[{"code":"Extension","profile":["http://test.example/e"]}]},
     {"id":"Patient.address:home.extension:e.value[x]","path":"Patient.address.extension.value[x]","fixedCode":"h"})")});
  const auto address = [](const char* code) {
    return R"("address":[{"text":"A","extension":[{"url":"http://test.example/e","valueCode":")" +
           std::string(code) + R"("}]}])";
  };
  EXPECT_THAT(FaultsOf("Patient", address("h")), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", address("i")), ElementsAre(HasSubstr("'Patient.address:home'")));
}

TEST_F(Slicing, SlicesSlices) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
     {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","min":0,"max":"*",
      "slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},
     {"id":"Patient.identifier:a.system","path":"Patient.identifier.system","fixedUri":"http://a"},
     {"id":"Patient.identifier:a/old","path":"Patient.identifier","sliceName":"a/old","min":1,"max":"1"},
     {"id":"Patient.identifier:a/old.use","path":"Patient.identifier.use","fixedCode":"old"})")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://b"}])"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient",
                       R"("identifier":[{"system":"http://a"},{"system":"http://a","use":"old"}])"),
              IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://a","use":"usual"}])"),
              ElementsAre(HasSubstr("'Patient.identifier:a/old': minimum required = 1")));
}

TEST_F(Slicing, LetsSlicesPassThatNobodyCanTell) {
  Load({Profile("p", "Patient", R"(
     {"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"assigner.as(Z) "}],"rules":"closed"
}
},
     {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","min":1,"max":"1"})")});
  EXPECT_THAT(FaultsOf("Patient", R"("identifier":[{"system":"http://b"}])"), IsEmpty());
  EXPECT_THAT(FaultsOf("Patient", ""), IsEmpty());
}

TEST_F(Slicing, FollowsReferencesInCirclesOnlySoFar) {
  Load({Profile("p", "Patient", R"j(
     {"path":"Patient.link","slicing":{"discriminator":[{"type":"profile","path":"other.resolve()"}],"rules":"closed"
}
},
     {"id":"Patient.link:l","path":"Patient.link","sliceName":"l","min":0,"max":"*"},
     {"id":"Patient.link:l.other","path":"Patient.link.other","type":[{"code":"Reference",
      "targetProfile":["http://test.example/p"]}]})j")});
  EXPECT_THAT(
      FaultsOf("Patient", R"("id":"a","contained":[{"resourceType":"Patient","id":"b","link":[
     {"type":"seealso","other":{"reference":"#b"}}]}],"link":[{"type":"seealso","other":{"reference":"#b"}}])"),
      SizeIs(testing::Ge(1U)));
}

}  // namespace
}  // namespace healthlake::fhir
