#include "healthlake/fhir/resource_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StructureTest : public testing::Test {
 protected:
  // "location: diagnostics" of every issue.
  std::vector<std::string> Walk(std::string_view text) {
    const auto error = document_.Parse(text);
    if (error) throw std::runtime_error(error->message);
    walk_.Run(document_.root());
    std::vector<std::string> out;
    for (const core::Issue& issue : walk_.issues()) {
      EXPECT_EQ(issue.severity, core::Severity::kError);
      EXPECT_EQ(issue.code, "processing");
      out.push_back(issue.location + ": " + issue.diagnostics);
    }
    EXPECT_EQ(walk_.Sound(), out.empty());
    return out;
  }

  json::Document document_;
  ResourceWalk walk_;
};

constexpr auto kSound = std::to_array<std::string_view>({
    R"({"resourceType":"Patient"})",
    R"({"resourceType":"Patient","id":"1","meta":{"tag":[{"code":"x"}]},"active":true,
        "name":[{"family":"Chalmers","given":["Peter","James"]}],"birthDate":"1974-12-25",
        "_birthDate":{"extension":[{"url":"http://x","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
        "deceasedBoolean":false,"multipleBirthInteger":2,
        "contact":[{"relationship":[{"text":"mother"}],"name":{"family":"C"}}]})",
    R"({"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,
        {"extension":[{"url":"urn:u","valueCode":"x"}]}]}]})",
    R"({"resourceType":"Patient","_gender":{"extension":[{"url":"urn:u","valueCode":"x"}]}})",
    R"({"resourceType":"Patient","deceasedDateTime":"2020","_deceasedDateTime":{"id":"a"}})",
    R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"n"}],
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
        "managingOrganization":{"reference":"#o"}})",
    R"({"resourceType":"Observation","_status":{"extension":[{"url":"urn:u","valueCode":"unknown"}]},
        "code":{"text":"c"},"valueQuantity":{"value":1.50,"unit":"kg"}})",
    R"({"resourceType":"Bundle","type":"collection","entry":[
        {"resource":{"resourceType":"Patient","id":"p"}},{"fullUrl":"urn:x",
        "resource":{"resourceType":"Patient"}}]})",
    R"({"resourceType":"Parameters","parameter":[{"name":"r","resource":{"resourceType":"Patient"}},
        {"name":"p","part":[{"name":"q","valueString":"s"}]}]})",
    R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[
        {"linkId":"1.1","type":"string","initial":[{"valueString":"x"}]}]}]})",
    R"({"resourceType":"ExampleScenario","status":"draft","instance":[
        {"resourceId":"a","resourceType":"Patient"}]})",
    R"({"resourceType":"Binary","contentType":"text/plain","data":"aGk="})",
});

TEST_F(StructureTest, AcceptsSoundResources) {
  for (const std::string_view text : kSound) EXPECT_THAT(Walk(text), IsEmpty()) << text;
}

struct Fault {
  std::string_view text;
  std::string_view issue;
};

constexpr std::string_view kProfile = "Profile http://hl7.org/fhir/StructureDefinition/";
constexpr auto kFaults = std::to_array<Fault>({
    {R"([])", "Resource: This property must be an object, not a com.google.gson.JsonArray"},
    {R"("x")", "Resource: This property must be an object, not a com.google.gson.JsonPrimitive"},
    {R"({})", "Resource: Unable to find resourceType property"},
    {R"({"id":"1"})", "Resource: Unable to find resourceType property"},
    {R"({"resourceType":7})",
     "Resource: Error parsing JSON: the primitive value must be a string (resourceType)"},
    {R"({"resourceType":"Patient123"})",
     "Resource: This does not appear to be a FHIR resource (unknown name 'Patient123')"},
    {R"({"resourceType":"DomainResource"})",
     "Resource: This does not appear to be a FHIR resource (unknown name 'DomainResource')"},
    {R"({"resourceType":"Patient","telecomm":[]})", "Patient: Unrecognised property '@telecomm'"},
    {R"({"resourceType":"Patient","":1})", "Patient: Unrecognised property '@'"},
    {R"({"resourceType":"Patient","_":1})", "Patient: Unrecognised property '@_'"},
    {R"({"resourceType":"Patient","_name":[{"id":"x"}]})",
     "Patient: Unrecognised property '@_name'"},
    {R"({"resourceType":"Patient","name":[{"resourceType":"HumanName"}]})",
     "Patient.name[0]: Unrecognised property '@resourceType'"},
    {R"({"resourceType":"Patient","name":[{"family":"a"},{"familie":"b"}]})",
     "Patient.name[1]: Unrecognised property '@familie'"},
    {R"({"resourceType":"Patient","deceasedString":"x"})",
     "Patient: Unrecognised property '@deceasedString'"},
    {R"({"resourceType":"Patient","deceased":true})", "Patient: Unrecognised property '@deceased'"},
    {R"({"resourceType":"Patient","name":{"family":"a"}})",
     "Patient.name: This property must be an Array, not a com.google.gson.JsonObject"},
    {R"({"resourceType":"Patient","name":null})",
     "Patient.name: This property must be an Array, not a com.google.gson.JsonNull"},
    {R"({"resourceType":"Patient","gender":["male"]})",
     "Patient.gender: This property must be an simple value, not a com.google.gson.JsonArray"},
    {R"({"resourceType":"Patient","gender":{}})",
     "Patient.gender: This property must be an simple value, not a com.google.gson.JsonObject"},
    {R"({"resourceType":"Patient","gender":null})",
     "Patient.gender: This property must not be null"},
    {R"({"resourceType":"Patient","maritalStatus":[{"text":"x"}]})",
     "Patient.maritalStatus: This property must be an object, not a com.google.gson.JsonArray"},
    {R"({"resourceType":"Patient","maritalStatus":"M"})",
     "Patient.maritalStatus: This property must be an object, not a com.google.gson.JsonPrimitive"},
    {R"({"resourceType":"Patient","name":["a"]})",
     "Patient.name[0]: This property must be an object, not a com.google.gson.JsonPrimitive"},
    {R"({"resourceType":"Patient","active":"true"})",
     "Patient.active: Error parsing JSON: the primitive value must be a boolean"},
    {R"({"resourceType":"Patient","birthDate":1974})",
     "Patient.birthDate: Error parsing JSON: the primitive value must be a string"},
    {R"({"resourceType":"Patient","multipleBirthInteger":"2"})",
     "Patient.multipleBirthInteger: Error parsing JSON: the primitive value must be a number"},
    {R"({"resourceType":"Patient","gender":""})", "Patient.gender: @value cannot be empty"},
    {R"({"resourceType":"Patient","name":[]})",
     "Patient.name: Array cannot be empty - the property should not be present if it has no "
     "values"},
    {R"({"resourceType":"Patient","name":[{}]})", "Patient.name[0]: Object must have some content"},
    {R"({"resourceType":"Patient","_gender":{}})", "Patient.gender: Object must have some content"},
    {R"({"resourceType":"Patient","_gender":[]})",
     "Patient.gender: This property must be an object, not a com.google.gson.JsonArray"},
    {R"({"resourceType":"Patient","_gender":"x"})",
     "Patient.gender: This property must be an object, not a com.google.gson.JsonPrimitive"},
    {R"({"resourceType":"Patient","_gender":{"code":"x"}})",
     "Patient.gender: Unrecognised property '@code'"},
    {R"({"resourceType":"Patient","name":[{"given":["A",null]}]})",
     "Patient.name[0].given[1]: This property must not be null where '_given' has nothing at its "
     "place"},
    {R"({"resourceType":"Patient","name":[{"_given":{"id":"x"}}]})",
     "Patient.name[0].given: This property must be an Array, not a com.google.gson.JsonObject"},
    {R"({"resourceType":"Patient","name":[{"_given":[]}]})",
     "Patient.name[0].given: Array cannot be empty - the property should not be present if it has "
     "no values"},
    {R"({"resourceType":"Patient","contained":[{"id":"o"}],"link":[{"type":"refer","other":{"reference":"#o"}}]})",
     "Patient.contained[0]: Unable to find resourceType property"},
    {R"({"resourceType":"Patient","managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"n","nam":"x"}]})",
     "Patient.contained[0]: Unrecognised property '@nam'"},
    {R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Nope"}}]})",
     "Bundle.entry[0].resource: This does not appear to be a FHIR resource (unknown name 'Nope')"},
    {R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":"x"}]})",
     "Bundle.entry[0].resource: This property must be an object, not a "
     "com.google.gson.JsonPrimitive"},
    {R"({"resourceType":"Parameters","parameter":[{"name":"r","resource":{}}]})",
     "Parameters.parameter[0].resource: Unable to find resourceType property"},
});

TEST_F(StructureTest, NamesEachFaultWithItsPlace) {
  for (const Fault& fault : kFaults) {
    EXPECT_THAT(Walk(fault.text), ElementsAre(std::string(fault.issue))) << fault.text;
  }
}

TEST_F(StructureTest, RequiresWhatMustBeThere) {
  EXPECT_THAT(
      Walk(R"({"resourceType":"Observation"})"),
      ElementsAre("Observation: " + std::string(kProfile) +
                      "Observation, Element 'Observation.status': minimum required = 1, but only "
                      "found 0",
                  "Observation: " + std::string(kProfile) +
                      "Observation, Element 'Observation.code': minimum required = 1, but only "
                      "found 0"));
  EXPECT_THAT(Walk(R"({"resourceType":"Patient","link":[{"type":"refer","other":
                       {"reference":"#p"}}],"contained":[{"resourceType":"Patient","id":"p",
                       "communication":[{"preferred":true}]}]})"),
              ElementsAre("Patient.contained[0].communication[0]: " + std::string(kProfile) +
                          "Patient, Element 'Patient.contained[0].communication[0].language': "
                          "minimum required = 1, but only found 0"));
  EXPECT_THAT(
      Walk(R"({"resourceType":"AuditEvent","type":{"code":"x"},"recorded":"2020-01-01T00:00:00Z",
                       "agent":[{"requestor":true}],"source":{"observer":{"display":"x"}},
                       "entity":[{"detail":[{"type":"t"}]}]})"),
      ElementsAre(HasSubstr("'AuditEvent.entity[0].detail[0].value[x]': minimum")));
}

TEST_F(StructureTest, AllowsOneTypeOfAChoice) {
  EXPECT_THAT(
      Walk(R"({"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"})"),
      ElementsAre(HasSubstr("Element 'Patient.deceased[x]': max allowed = 1, but found 2 "
                            "(deceasedBoolean and deceasedDateTime)")));
  EXPECT_THAT(Walk(R"({"resourceType":"Patient","deceasedBoolean":true,
                       "_deceasedDateTime":{"extension":[{"url":"urn:u","valueCode":"x"}]}})"),
              ElementsAre(HasSubstr("max allowed = 1")));
  EXPECT_THAT(Walk(R"({"resourceType":"Patient","_deceasedDateTime":{"extension":[{"url":"urn:u",
                       "valueCode":"x"}]},"deceasedBoolean":true})"),
              ElementsAre(HasSubstr("max allowed = 1")));
}

TEST_F(StructureTest, AllowsNoNullOnBothSidesOfAPlace) {
  EXPECT_THAT(
      Walk(
          R"({"resourceType":"Patient","name":[{"given":["A",null],"_given":[{"id":"x"},null]}]})"),
      ElementsAre(HasSubstr("null where '_given' has nothing"),
                  HasSubstr("null where 'given' has nothing")));
}

TEST_F(StructureTest, ChecksTheTextOfPrimitives) {
  EXPECT_THAT(
      Walk(R"({"resourceType":"Patient","id":"a_b","birthDate":"2019-02-29",
                       "multipleBirthInteger":1.0,"name":[{"given":["A"," "]}]})"),
      ElementsAre("Patient.id: Not a valid id ('a_b')",
                  "Patient.birthDate: Not a valid date ('2019-02-29')",
                  "Patient.multipleBirthInteger: Not a valid integer ('1.0')",
                  "Patient.name[0].given[1]: The value must not be white space only (' ')"));
}

TEST_F(StructureTest, ChecksCodesOfRequiredBindings) {
  EXPECT_THAT(
      Walk(R"({"resourceType":"Patient","gender":"Male"})"),
      ElementsAre("Patient.gender: The value provided ('Male') is not in the value set "
                  "'http://hl7.org/fhir/ValueSet/administrative-gender' (required binding)"));
  const auto allergy = [&](const std::string& status) {
    return Walk(R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},
                    "clinicalStatus":)" +
                status + "}");
  };
  const std::string system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
  EXPECT_THAT(allergy(R"({"coding":[{"system":"urn:x","code":"active"},{"system":")" + system +
                      R"(","code":"active"}]})"),
              IsEmpty());
  EXPECT_THAT(allergy(R"({"coding":[{"system":"urn:x","code":"active"}]})"),
              ElementsAre(HasSubstr("AllergyIntolerance.clinicalStatus: None of the codings")));
  EXPECT_THAT(allergy(R"({"coding":[{"code":"active"}]})"),
              ElementsAre(HasSubstr("None of the codings")));
  EXPECT_THAT(allergy(R"({"text":"active"})"), ElementsAre(HasSubstr("No code provided")));
}

TEST_F(StructureTest, ChecksWhatAReferenceRefersTo) {
  const auto refer = [&](const std::string& reference) {
    return Walk(R"({"resourceType":"Patient","managingOrganization":{"reference":")" + reference +
                R"("}})");
  };
  for (const std::string reference :
       {"Organization/1", "Organization/1/_history/2", "http://a.b/fhir/Organization/1",
        "https://a.b/x", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "urn:oid:1.2.3",
        "Organization?identifier=urn:x|1", "http://a.b/Patients/1"}) {
    EXPECT_THAT(refer(reference), IsEmpty()) << reference;
  }
  for (const std::string reference :
       {"Patient/1", "http://a.b/fhir/Patient/1", "Patient?identifier=1", "Patient/1/_history/1"}) {
    EXPECT_THAT(refer(reference),
                ElementsAre("Patient.managingOrganization.reference: Invalid Resource target type. "
                            "Found Patient, but expected one of (Organization)"))
        << reference;
  }
  for (const std::string reference :
       {"Organisation/1", "1", "/Organization/1", "Organization/", "Organization/a b",
        "Organization/1/2", "Organization", "x?y=1", "Organization?a= b"}) {
    EXPECT_THAT(refer(reference), ElementsAre(HasSubstr("Relative URLs must be of the format")))
        << reference;
  }
  EXPECT_THAT(refer("http://a b/Organization/1"), ElementsAre(HasSubstr("white space")));
  EXPECT_THAT(refer("#x"), ElementsAre(HasSubstr("ref-1")));
}

TEST_F(StructureTest, ChecksTheTypeThatAReferenceNames) {
  const auto refer = [&](const std::string& members) {
    return Walk(R"({"resourceType":"Patient","managingOrganization":{)" + members + "}}");
  };
  EXPECT_THAT(refer(R"("type":"Organization","display":"x")"), IsEmpty());
  EXPECT_THAT(refer(R"("type":"Organization","reference":"Organization/1")"), IsEmpty());
  EXPECT_THAT(refer(R"("type":"http://example.org/Own","display":"x")"), IsEmpty());
  EXPECT_THAT(refer(R"("type":"Patient","display":"x")"),
              ElementsAre(HasSubstr("managingOrganization.type: Invalid Resource target type")));
  EXPECT_THAT(refer(R"("type":"Patient","reference":"Organization/1")"),
              ElementsAre(HasSubstr("is not that of the reference, which is Organization")));
}

TEST_F(StructureTest, ChecksContainedResources) {
  const auto contain = [&](const std::string& contained, const std::string& reference) {
    return Walk(R"({"resourceType":"Patient","contained":[)" + contained +
                R"(],"managingOrganization":{"reference":")" + reference + R"("}})");
  };
  const std::string sound = R"({"resourceType":"Organization","id":"o","name":"n"})";
  EXPECT_THAT(contain(sound, "#o"), IsEmpty());
  EXPECT_THAT(contain(sound, "#p"), ElementsAre(HasSubstr("ref-1"), HasSubstr("dom-3")));
  EXPECT_THAT(contain(R"({"resourceType":"Patient","id":"o"})", "#o"),
              ElementsAre(HasSubstr("Found Patient, but expected one of (Organization)")));
  EXPECT_THAT(contain(sound, "Organization/1"),
              ElementsAre(HasSubstr("Patient.contained[0]: Constraint failed: dom-3")));
  EXPECT_THAT(contain(R"({"resourceType":"Organization","name":"n"})", "Organization/1"),
              ElementsAre("Patient.contained[0]: A contained resource must have an id"));
  EXPECT_THAT(contain(sound + "," + sound, "#o"),
              ElementsAre("Patient.contained[1].id: The id 'o' stands twice in contained",
                          HasSubstr("Patient.contained[1]: Constraint failed: dom-3")));
  EXPECT_THAT(contain(R"({"resourceType":"Organization","id":"o","name":"n","meta":
                          {"versionId":"1","lastUpdated":"2020-01-01T00:00:00Z",
                           "security":[{"code":"x"}]}})",
                      "#o"),
              ElementsAre(HasSubstr("contained[0].meta.versionId: Constraint failed: dom-4"),
                          HasSubstr("contained[0].meta.lastUpdated: Constraint failed: dom-4"),
                          HasSubstr("contained[0].meta.security: Constraint failed: dom-5")));
  EXPECT_THAT(contain(R"({"resourceType":"Organization","id":"o","name":"n","contained":[
                          {"resourceType":"Basic","code":{"text":"x"}}]})",
                      "#o"),
              ElementsAre(HasSubstr("Patient.contained[0].contained: Constraint failed: dom-2")));
}

TEST_F(StructureTest, SeesWhoRefersToAContainedResource) {
  // Its own reference to the container, a canonical, a uri, another contained resource.
  for (const std::string_view text : {
           R"({"resourceType":"Patient","contained":[{"resourceType":"Provenance","id":"p","target":
               [{"reference":"#"}],"recorded":"2020-01-01T00:00:00Z",
               "agent":[{"who":{"display":"x"}}]}]})",
           R"({"resourceType":"MeasureReport","status":"complete","type":"summary","measure":"#m",
               "period":{"start":"2020"},"contained":[
               {"resourceType":"Measure","id":"m","status":"draft"}]})",
           R"({"resourceType":"Patient","extension":[{"url":"urn:u","valueUri":"#o"}],"contained":[
               {"resourceType":"Organization","id":"o","name":"n"}]})",
           R"({"resourceType":"Patient","contained":[
               {"resourceType":"Organization","id":"a","name":"n"},
               {"resourceType":"Organization","id":"b","name":"n","partOf":{"reference":"#a"}}],
               "managingOrganization":{"reference":"#b"}})",
       }) {
    EXPECT_THAT(Walk(text), IsEmpty()) << text;
  }
}

TEST_F(StructureTest, LooksForContainedResourcesInTheirOwnEntry) {
  EXPECT_THAT(Walk(R"({"resourceType":"Bundle","type":"collection","entry":[
      {"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o",
        "name":"n"}],"managingOrganization":{"reference":"#o"}}},
      {"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}}]})"),
              ElementsAre(HasSubstr("Bundle.entry[1].resource.managingOrganization.reference: "
                                    "Constraint failed: ref-1")));
}

TEST_F(StructureTest, ResolvesReferencesInsideABundleByFullUrl) {
  const auto bundle = [&](const std::string& reference) {
    return Walk(R"({"resourceType":"Bundle","type":"collection","entry":[
      {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"}},
      {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Organization","name":"n"}},
      {"resource":{"resourceType":"Patient","managingOrganization":{"reference":")" +
                reference + R"("}}}]})");
  };
  EXPECT_THAT(bundle("urn:uuid:2"), IsEmpty());
  EXPECT_THAT(bundle("urn:uuid:3"), IsEmpty());
  EXPECT_THAT(bundle("urn:uuid:1"), ElementsAre(HasSubstr("Found Patient, but expected one of")));
}

TEST_F(StructureTest, ChecksTheFullUrlOfAnEntry) {
  const auto entry = [&](const std::string& url) {
    return Walk(R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":")" + url +
                R"(","resource":{"resourceType":"Patient","id":"1"}}]})");
  };
  EXPECT_THAT(entry("http://a.b/Patient/1"), IsEmpty());
  EXPECT_THAT(entry("http://a.b/x"), IsEmpty());
  EXPECT_THAT(entry("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"), IsEmpty());
  EXPECT_THAT(entry("Patient/1"), ElementsAre("Bundle.entry[0].fullUrl: The fullUrl 'Patient/1' "
                                              "must be an absolute URL"));
  EXPECT_THAT(entry("http://a.b/Group/1"),
              ElementsAre(HasSubstr("is not that of a resource of type Patient")));
}

TEST_F(StructureTest, AllowsRelativeUrlsInsideExtensionsOnly) {
  EXPECT_THAT(Walk(R"({"resourceType":"Patient","extension":[{"url":"urn:u","extension":[
                       {"url":"part","valueAddress":{"extension":[
                         {"url":"x","valueCode":"y"}]}}]}]})"),
              ElementsAre("Patient.extension[0].extension[0].valueAddress.extension[0].url: "
                          "Extension URL 'x' must be an absolute URI"));
}

TEST_F(StructureTest, ChecksManyContainedResourcesInProportion) {
  std::string text = R"({"resourceType":"List","status":"current","mode":"working","contained":[)";
  std::string entries;
  for (int i = 0; i < 50'000; ++i) {
    const std::string comma = i ? "," : "";
    text += comma + R"({"resourceType":"Patient","id":"same"})";
    entries += comma + R"({"item":{"reference":"#same"}})";
  }
  EXPECT_EQ(Walk(text + R"(],"entry":[)" + entries + "]}").size(), kMaxIssues + 1);
}

TEST_F(StructureTest, ReportsAHundredIssuesAndCountsTheRest) {
  std::string text = R"({"resourceType":"Patient")";
  for (int i = 0; i < 150; ++i) text += ",\"x" + std::to_string(i) + "\":1";
  const auto issues = Walk(text + "}");
  ASSERT_EQ(issues.size(), 101U);
  EXPECT_EQ(issues.back(), ": and 50 more issues");
}

TEST_F(StructureTest, CutsLongNamesInDiagnostics) {
  EXPECT_THAT(Walk(R"({"resourceType":"Patient",")" + std::string(200, 'x') + R"(":1})"),
              ElementsAre("Patient: Unrecognised property '@" + std::string(100, 'x') + "…'"));
}

TEST_F(StructureTest, TakesTimeInProportionForManyNulls) {
  std::string text = R"({"resourceType":"Patient","name":[{"given":[)";
  std::string twin;
  for (int i = 0; i < 200'000; ++i) {
    text += i ? ",null" : "null";
    twin += std::string(i ? "," : "") + R"({"extension":[{"url":"urn:u","valueCode":"x"}]})";
  }
  EXPECT_THAT(Walk(text + R"(],"_given":[)" + twin + "]}]}"), IsEmpty());
}

TEST_F(StructureTest, WalksAsDeepAsTheParserAllows) {
  std::string text = R"({"resourceType":"Questionnaire","status":"draft")";
  std::string end;
  for (int depth = 0; depth < 490; ++depth) {
    text += R"(,"item":[{"linkId":")" + std::to_string(depth) + R"(","type":"group")";
    end += "}]";
  }
  text += R"(,"item":[{"linkId":"x","type":"string"}])";
  ASSERT_FALSE(document_.Parse(text + end + "}", {.max_depth = 1000}));
  walk_.Run(document_.root());
  EXPECT_TRUE(walk_.Sound());
}

TEST_F(StructureTest, RefusesAnInvariantThatGivesNothing) {
  EXPECT_THAT(Walk(R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1",
                   "type":"string","initial":[{"valueString":"a"},{"valueString":"b"}]}]})"),
              ElementsAre(HasSubstr("que-13")));
}

TEST_F(StructureTest, KeepsErrorsRatherThanNotices) {
  std::string entries;
  for (int i = 0; i < 150; ++i) {
    entries +=
        R"({"fullUrl":"http://a/Patient/1","resource":{"resourceType":"Patient","id":"1"}},)";
  }
  entries.pop_back();
  ASSERT_FALSE(document_.Parse(R"({"resourceType":"Bundle","type":"collection","entry":[)" +
                               entries + "]}"));
  WalkOptions options;
  options.notices = Notices::kOn;
  walk_.Run(document_.root(), options);
  ASSERT_EQ(walk_.issues().size(), kMaxIssues + 1);
  EXPECT_THAT(walk_.issues()[kMaxIssues - 1].diagnostics, HasSubstr("bdl-7"));
  EXPECT_EQ(walk_.issues().back().diagnostics, "and 51 more issues");
}

TEST_F(StructureTest, IsNotCheckedWhenOff) {
  ASSERT_FALSE(document_.Parse(R"({"resourceType":"Observation","x":1,"code":[],"status":{}})"));
  WalkOptions options;
  options.structure = StructureCheck::kOff;
  walk_.Run(document_.root(), options);
  EXPECT_THAT(walk_.issues(), IsEmpty());
  ASSERT_FALSE(document_.Parse(R"({"resourceType":"Nope"})"));
  walk_.Run(document_.root(), options);
  EXPECT_FALSE(walk_.Sound());
}

TEST_F(StructureTest, ForgetsTheWalkBefore) {
  EXPECT_FALSE(Walk(R"({"resourceType":"Patient","id":"a","x":1})").empty());
  EXPECT_EQ(walk_.id(), "a");
  EXPECT_EQ(NameOf(walk_.type()), "Patient");
  EXPECT_THAT(Walk(R"({"resourceType":"Organization","name":"x"})"), IsEmpty());
  EXPECT_EQ(walk_.id(), "");
  EXPECT_EQ(NameOf(walk_.type()), "Organization");
  EXPECT_FALSE(Walk("{}").empty());
  EXPECT_TRUE(walk_.type().IsNone());
  EXPECT_TRUE(walk_.values().empty());
}

}  // namespace
}  // namespace healthlake::fhir
