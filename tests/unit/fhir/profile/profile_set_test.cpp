// Which definition a canonical URL means, and what becomes of profiles that are not there.
#include "healthlake/fhir/profiles.hpp"

#include "fhir/profile/guides.hpp"
#include "healthlake/core/error.hpp"
#include "profile_fixture.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Manifest(std::string_view name, std::string_view version,
                     std::string_view dependencies = "{}") {
  return R"({"name":")" + std::string(name) + R"(","version":")" + std::string(version) +
         R"(","dependencies":)" + std::string(dependencies) + "}";
}

// A profile on Patient that demands one element.
std::string Demanding(std::string_view url, std::string_view element) {
  return R"({"resourceType":"StructureDefinition","url":")" + std::string(url) +
         R"(","derivation":"constraint","type":"Patient","snapshot":{"element":[{"path":"Patient"},
         {"path":"Patient.)" +
         std::string(element) + R"(","min":1,"max":"*"}]}})";
}

class ProfileSets : public ProfileTest {
 protected:
  std::vector<std::string> Claiming(std::string_view profile, Notices notices = Notices::kOff) {
    return Faults(
        R"({"resourceType":"Patient","meta":{"profile":[")" + std::string(profile) + R"("]}})",
        notices);
  }
};

TEST_F(ProfileSets, TellWhatWasRead) {
  ProfileSetBuilder builder(UnknownProfiles::kAllow);
  const PackageInfo info = builder.AddPackage(MakePackage(
      {Profile("p", "Patient", R"({"path":"Patient.name"})"),
       Profile("e", "Extension", R"({"path":"Extension.url"})"),
       R"({"resourceType":"ValueSet","url":"http://v"})",
       R"({"resourceType":"StructureDefinition","url":"http://l","derivation":"specialization","type":"http://l"})"}));
  EXPECT_EQ(info.profiles, 1U);
  EXPECT_EQ(info.extensions, 1U);
  EXPECT_EQ(info.value_sets, 1U);
  const auto set = builder.Build();
  ASSERT_THAT(set->packages(), SizeIs(1));
  EXPECT_EQ(set->packages()[0].name, "test.package");
  EXPECT_EQ(set->unknown(), UnknownProfiles::kAllow);
}

TEST_F(ProfileSets, RefuseAPackageThatIsThereTwice) {
  ProfileSetBuilder builder(UnknownProfiles::kRefuse);
  builder.AddPackage(MakePackage({}));
  EXPECT_THROW(builder.AddPackage(MakePackage({})), core::Error);
}

TEST_F(ProfileSets, NameTheDefinitionThatCannotBeUnderstood) {
  for (const auto& [definition, what] : std::vector<std::pair<std::string, std::string>>{
           {Profile("p", "Patient", R"({"path":"Patient.name","min":1,"max":"many"})"),
            "'many' is no count"},
           {Profile("p", "Patient", R"({"min":1})"), "without a path"},
           {Profile("p", "Patient", R"({"path":"Patient.name","binding":{"strength":"iron"}})"),
            "'iron'"},
           {Profile("p", "Patient",
                    R"({"path":"Patient.name","slicing":{"discriminator":[{"type":"x"}]}})"),
            "'x'"},
           {Profile("p", "Patient", R"({"path":"Patient.name"})", "nothing"),
            "neither snapshot nor differential"},
           {Profile("p", "Patient", R"({"path":"Patient.name"})", "differential", "http://unknown"),
            "http://unknown is in no package"},
           {Profile("p", "Patient", R"({"path":"Patient.name"})", "differential",
                    "http://test.example/p"),
            "leads to itself"}}) {
    try {
      Load({definition});
      FAIL() << definition;
    } catch (const core::Error& error) {
      EXPECT_THAT(error.message(), testing::AllOf(HasSubstr("0.json"), HasSubstr(what)));
    }
  }
}

TEST_F(ProfileSets, TakeTheVersionNamedElseTheDefaultElseTheNewest) {
  const std::string us_core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
  ProfileSetBuilder builder(UnknownProfiles::kRefuse);
  builder.AddPackage(MakePackage({Demanding(us_core, "photo"), Demanding("http://x/p", "photo")},
                                 Manifest("hl7.fhir.us.core", "6.1.0")));
  builder.AddPackage(MakePackage({Demanding(us_core, "name"), Demanding("http://x/p", "name")},
                                 Manifest("hl7.fhir.us.core", "3.1.1")));
  builder.AddPackage(MakePackage({Demanding("http://y/p", "name")}, Manifest("y", "10.0.0")));
  builder.AddPackage(MakePackage({Demanding("http://y/p", "photo")}, Manifest("y", "9.0.0")));
  set_ = builder.Build();
  EXPECT_THAT(Claiming(us_core), ElementsAre(HasSubstr("'Patient.name'")));
  EXPECT_THAT(Claiming(us_core + "|3.1.1"), ElementsAre(HasSubstr("'Patient.name'")));
  EXPECT_THAT(Claiming(us_core + "|6.1.0"), ElementsAre(HasSubstr("'Patient.photo'")));
  EXPECT_THAT(Claiming(us_core + "|5.0.1"), IsEmpty());
  EXPECT_THAT(Claiming(us_core + "|5.0.1", Notices::kOn),
              testing::Contains(HasSubstr("is not checked")));
  EXPECT_THAT(Claiming("http://y/p"), ElementsAre(HasSubstr("'Patient.name'")));
  EXPECT_THAT(Claiming("http://y/p|9.0.0"), ElementsAre(HasSubstr("'Patient.photo'")));
  EXPECT_THAT(Claiming("http://y/p|8.0.0"), ElementsAre(HasSubstr("is not known")));
}

TEST_F(ProfileSets, TakeADefinitionsOwnPackageFirstThenItsDependencies) {
  const auto address = [](std::string_view url, std::string_view profile) {
    return R"({"resourceType":"StructureDefinition","url":")" + std::string(url) +
           R"(","derivation":"constraint","type":"Patient","snapshot":{"element":[{"path":"Patient"},
           {"path":"Patient.name","type":[{"code":"HumanName","profile":[")" +
           std::string(profile) + R"("]}]}]}})";
  };
  const auto name = [](std::string_view element) {
    return R"({"resourceType":"StructureDefinition","url":"http://n","derivation":"constraint",
           "type":"HumanName","snapshot":{"element":[{"path":"HumanName"},{"path":"HumanName.)" +
           std::string(element) + R"(","min":1,"max":"1"}]}})";
  };
  ProfileSetBuilder builder(UnknownProfiles::kRefuse);
  builder.AddPackage(
      MakePackage({address("http://a/p", "http://n"), name("text")}, Manifest("a", "1.0.0")));
  builder.AddPackage(MakePackage({name("family")}, Manifest("b", "9.0.0")));
  builder.AddPackage(MakePackage({name("use")}, Manifest("c", "2.0.0")));
  builder.AddPackage(
      MakePackage({address("http://d/p", "http://n")}, Manifest("d", "1.0.0", R"({"c":"2.0.0"})")));
  builder.AddPackage(MakePackage({address("http://e/p", "http://n")}, Manifest("e", "1.0.0")));
  set_ = builder.Build();
  const auto faults = [&](std::string_view profile) {
    return Faults(R"({"resourceType":"Patient","meta":{"profile":[")" + std::string(profile) +
                  R"("]},"name":[{"id":"1","period":{"start":"2020"}}]})");
  };
  EXPECT_THAT(faults("http://a/p"), ElementsAre(HasSubstr("'HumanName.text'")));
  EXPECT_THAT(faults("http://d/p"), ElementsAre(HasSubstr("'HumanName.use'")));
  EXPECT_THAT(faults("http://e/p"), ElementsAre(HasSubstr("'HumanName.family'")));
}

TEST_F(ProfileSets, CheckAProfileOnceHoweverOftenItIsClaimed) {
  Load({Demanding("http://test.example/p", "photo")});
  EXPECT_THAT(
      Claiming(R"(http://test.example/p","http://test.example/p|1.0.0","http://test.example/p)"),
      SizeIs(1));
}

TEST_F(ProfileSets, RefuseUnknownProfilesAndSayWhatToDo) {
  Load({});
  EXPECT_THAT(
      Claiming("http://unknown/p"),
      ElementsAre("Patient: Profile http://unknown/p is not known: load its package with "
                  "--profiles DIR, or let unknown profiles pass with --unknown-profiles allow"));
}

TEST_F(ProfileSets, LetUnknownProfilesPassWhenAllowed) {
  set_ = ProfileSetBuilder(UnknownProfiles::kAllow).Build();
  EXPECT_THAT(Claiming("http://unknown/p"), IsEmpty());
  EXPECT_THAT(Claiming("http://unknown/p", Notices::kOn),
              testing::Contains(HasSubstr("not checked")));
}

TEST_F(ProfileSets, LetProfilesOfKnownGuidesPass) {
  Load({});
  const std::string carin = "http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-Patient";
  EXPECT_THAT(Claiming(carin), IsEmpty());
  EXPECT_THAT(Claiming(carin, Notices::kOn),
              testing::Contains("Patient: Profile " + carin +
                                " of CARIN Blue Button is not checked: no package that is loaded "
                                "defines it (--profiles DIR)"));
}

TEST_F(ProfileSets, RefuseAProfileOfAnotherType) {
  Load({Profile("o", "Observation", R"({"path":"Observation.note"})")});
  EXPECT_THAT(
      Claiming("http://test.example/o"),
      ElementsAre("Patient: Profile http://test.example/o is for Observation, not for Patient"));
  EXPECT_THAT(Claiming("http://hl7.org/fhir/StructureDefinition/Observation"),
              ElementsAre(HasSubstr("is for Observation, not for Patient")));
  EXPECT_THAT(Claiming("http://hl7.org/fhir/StructureDefinition/bp"),
              ElementsAre(HasSubstr("is for Observation, not for Patient")));
}

TEST_F(ProfileSets, KnowTheTypesOfTheBaseAsProfiles) {
  Load({});
  for (const char* name : {"Patient", "DomainResource", "Resource", "Patient|4.0.1"}) {
    EXPECT_THAT(Claiming("http://hl7.org/fhir/StructureDefinition/" + std::string(name)),
                IsEmpty());
  }
  EXPECT_THAT(Claiming("http://hl7.org/fhir/StructureDefinition/Patient|5.0.0"), SizeIs(1));
}

TEST_F(ProfileSets, CheckTheProfilesOfTheBaseWithoutPackages) {
  json::Document document;
  document.Parse(R"({"resourceType":"Observation","meta":{"profile":
     ["http://hl7.org/fhir/StructureDefinition/bodyweight"]},"status":"final",
     "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
     "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/1"},
     "effectiveDateTime":"2020-01-01","valueQuantity":{"value":70,"unit":"kg","system":"http://unitsofmeasure.org","code":"stone"}})");
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = &ProfileSet::Base();
  walk.Run(document.root(), options);
  ASSERT_EQ(walk.issues().size(), 1U);
  EXPECT_EQ(walk.issues()[0].location, "Observation.valueQuantity.code");
}

// The components of bp are told by the slice that their coding must hold.
std::string BloodPressure(std::string_view first, std::string_view second) {
  const auto component = [](std::string_view code) {
    return R"({"code":{"coding":[{"system":"http://loinc.org","code":")" + std::string(code) +
           R"("}]},"valueQuantity":{"value":80,"system":"http://unitsofmeasure.org","code":"mm[Hg]",
              "unit":"mmHg"}})";
  };
  return R"({"resourceType":"Observation","meta":{"profile":
     ["http://hl7.org/fhir/StructureDefinition/bp"]},"status":"final","category":[{"coding":[
     {"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
     "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":
     "Patient/1"},"effectiveDateTime":"2020-01-01","component":[)" +
         component(first) + "," + component(second) + "]}";
}

TEST_F(ProfileSets, CheckTheComponentsOfBloodPressures) {
  json::Document document;
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = &ProfileSet::Base();
  ASSERT_FALSE(document.Parse(BloodPressure("8480-6", "8462-4")));
  walk.Run(document.root(), options);
  EXPECT_THAT(walk.issues(), IsEmpty());
  ASSERT_FALSE(document.Parse(BloodPressure("8480-6", "8480-6")));
  walk.Run(document.root(), options);
  EXPECT_FALSE(walk.Sound());
}

TEST_F(ProfileSets, CheckClaimsOfTheCallerInsteadOfTheResources) {
  Load({Demanding("http://a/p", "photo"), Demanding("http://b/p", "name")});
  json::Document document;
  document.Parse(R"({"resourceType":"Patient","meta":{"profile":["http://a/p"]}})");
  ResourceWalk walk;
  WalkOptions options;
  options.profiles = set_.get();
  const std::string_view claimed[] = {"http://b/p|1.0.0"};
  options.claimed_profiles = claimed;
  walk.Run(document.root(), options);
  ASSERT_EQ(walk.issues().size(), 1U);
  EXPECT_THAT(walk.issues()[0].diagnostics, HasSubstr("'Patient.name'"));
}

TEST_F(ProfileSets, CheckResourcesInBundlesAndContainedOnes) {
  Load({Demanding("http://test.example/p", "photo")});
  const std::string patient =
      R"({"resourceType":"Patient","id":"p","meta":{"profile":["http://test.example/p"]}})";
  EXPECT_THAT(Faults(R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" +
                     patient + "}]}"),
              ElementsAre(HasSubstr("Bundle.entry[0].resource: Element 'Patient.photo'")));
  EXPECT_THAT(Faults(R"({"resourceType":"Parameters","parameter":[{"name":"a","resource":)" +
                     patient + "}]}"),
              ElementsAre(HasSubstr("Parameters.parameter[0].resource: Element 'Patient.photo'")));
  EXPECT_THAT(Faults(R"({"resourceType":"Encounter","status":"finished","class":{"code":"x"},
                 "subject":{"reference":"#p"},"contained":[)" +
                     patient + "]}"),
              ElementsAre(HasSubstr("Encounter.contained[0]: Element 'Patient.photo'")));
}

TEST_F(ProfileSets, CheckExtensionsByTheirDefinition) {
  Load({Profile("e", "Extension", R"({"path":"Extension.extension","max":"0"},
          {"path":"Extension.url","fixedUri":"http://test.example/e"},
          {"path":"Extension.value[x]","min":1,"max":"1","type":[{"code":"integer"}]})")});
  const auto name = [](std::string_view value) {
    return R"({"resourceType":"Patient","name":[{"family":"A","_family":{"extension":[
           {"url":"http://test.example/e",)" +
           std::string(value) + "}]}}]}";
  };
  EXPECT_THAT(Faults(name(R"("valueInteger":1)")), IsEmpty());
  EXPECT_THAT(
      Faults(name(R"("valueString":"1")")),
      ElementsAre("Patient.name[0]._family.extension[0].valueString: Element "
                  "'Extension.value[x]': the type string is not allowed here, but integer"));
  EXPECT_THAT(Faults(name(R"("extension":[{"url":"a","valueString":"A"}])")), SizeIs(2));
}

TEST_F(ProfileSets, TellUnknownExtensionsOnlyWhenAsked) {
  Load({});
  const char* patient =
      R"({"resourceType":"Patient","extension":[{"url":"http://nowhere/e","valueString":"A"}]})";
  EXPECT_THAT(Faults(patient), IsEmpty());
  EXPECT_THAT(Faults(patient, Notices::kOn),
              testing::Contains("Patient.extension[0]: Unknown extension http://nowhere/e"));
}

TEST(Versions, AreComparedByNumberThenDraft) {
  EXPECT_TRUE(IsNewer("10.0.0", "9.1.0"));
  EXPECT_TRUE(IsNewer("2.0.0", "2.0.0-ballot"));
  EXPECT_TRUE(IsNewer("2.0.1-ballot", "2.0.0"));
  EXPECT_FALSE(IsNewer("1.0", "1.0.0"));
  EXPECT_FALSE(IsNewer("1.0.0", "1.0.0"));
}

TEST(Guides, AreFoundByCanonical) {
  ASSERT_NE(FindGuide("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"), nullptr);
  EXPECT_EQ(FindGuide("http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/x")->title,
            "PDex Plan Net");
  EXPECT_EQ(FindGuide("http://hl7.org/fhir/us/corel/StructureDefinition/x"), nullptr);
  EXPECT_EQ(FindGuide("http://hl7.org/fhir/StructureDefinition/Patient"), nullptr);
  EXPECT_EQ(FindGuideOfPackage("hl7.fhir.us.core")->default_version, "3.1.1");
  EXPECT_EQ(FindGuideOfPackage(""), nullptr);
}

}  // namespace
}  // namespace healthlake::fhir
