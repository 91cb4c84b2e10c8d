#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class CapabilitiesTest : public RestTest {
 protected:
  json::Tree Statement() { return json::ParseTree(Get("/r4/metadata").body).value(); }
  static json::Tree ResourceOf(const json::Tree& statement, const std::string& type) {
    for (const json::Tree& resource : statement.at("rest")[0].at("resource")) {
      if (resource.at("type") == type) return resource;
    }
    return nullptr;
  }
  static std::vector<std::string> Interactions(const json::Tree& resource) {
    std::vector<std::string> codes;
    for (const json::Tree& one : resource.at("interaction")) codes.push_back(one.at("code"));
    return codes;
  }
};

TEST_F(CapabilitiesTest, DescribesTheServer) {
  const json::Tree statement = Statement();
  EXPECT_EQ(statement.at("resourceType"), "CapabilityStatement");
  EXPECT_EQ(statement.at("fhirVersion"), "4.0.1");
  EXPECT_EQ(statement.at("kind"), "instance");
  EXPECT_EQ(statement.at("date"), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(statement.at("software").at("version"), "1.2.3");
  EXPECT_EQ(statement.at("implementation").at("url"), std::string(kBase));
  EXPECT_EQ(statement.at("format")[0], "application/fhir+json");
}

TEST_F(CapabilitiesTest, NamesTheEndpointThatWasAsked) {
  const json::Tree statement = json::ParseTree(Get("/patientaccess/v2/r4/metadata").body).value();
  EXPECT_EQ(statement.at("implementation").at("url"),
            "http://local:3447/datastore/" + std::string(kStore) + "/patientaccess/v2/r4");
}

TEST_F(CapabilitiesTest, ListsTheInteractionsOfEachType) {
  const json::Tree statement = Statement();
  EXPECT_THAT(Interactions(ResourceOf(statement, "Patient")),
              UnorderedElementsAre("read", "vread", "update", "patch", "delete", "create",
                                   "search-type", "history-instance", "history-type"));
  EXPECT_THAT(Interactions(ResourceOf(statement, "AuditEvent")),
              UnorderedElementsAre("read", "vread", "create", "search-type", "history-instance",
                                   "history-type"));
  EXPECT_THAT(Interactions(statement.at("rest")[0]),
              UnorderedElementsAre("transaction", "batch", "history-system"));
  EXPECT_THAT(statement.at("patchFormat"),
              ElementsAre("application/json-patch+json", "application/fhir+json"));
}

TEST_F(CapabilitiesTest, NamesOnlyTypesThatAreServed) {
  const json::Tree statement = Statement();
  // Reference 8.2 and 4.2.
  for (const char* type :
       {"Basic", "SearchParameter", "ClinicalImpression", "Parameters", "OperationOutcome"}) {
    EXPECT_TRUE(ResourceOf(statement, type).is_null()) << type;
  }
  UseRules(fhir::SearchRules::kR4);
  EXPECT_EQ(Statement().at("rest")[0].at("resource").size(), fhir::AllResourceTypes().size());
}

TEST_F(CapabilitiesTest, ListsTheOperationsOfEachType) {
  const json::Tree statement = Statement();
  EXPECT_EQ(ResourceOf(statement, "Patient").at("operation").dump(),
            R"([{"name":"everything","definition":)"
            R"("http://hl7.org/fhir/OperationDefinition/Patient-everything"},)"
            R"({"name":"validate","definition":)"
            R"("http://hl7.org/fhir/OperationDefinition/Resource-validate"}])");
  EXPECT_EQ(ResourceOf(statement, "Encounter").at("operation").size(), 1U);
}

// What the statement says of a type, and the request that would show it to be a lie.
struct Claim {
  const char* code;
  http::Method method;
  const char* target;  // '@' stands for the type
  const char* body;
};
constexpr auto kInteractions = std::to_array<Claim>({
    {"read", http::Method::kGet, "/r4/@/x", ""},
    {"vread", http::Method::kGet, "/r4/@/x/_history/1", ""},
    {"update", http::Method::kPut, "/r4/@/x", R"({"resourceType":"@","id":"x"})"},
    {"patch", http::Method::kPatch, "/r4/@/x", "[]"},
    {"delete", http::Method::kDelete, "/r4/@/x", ""},
    {"history-instance", http::Method::kGet, "/r4/@/x/_history", ""},
    {"history-type", http::Method::kGet, "/r4/@/_history", ""},
    {"create", http::Method::kPost, "/r4/@", R"({"resourceType":"@"})"},
    {"search-type", http::Method::kGet, "/r4/@", ""},
});

std::string For(const char* text, std::string_view type) {
  std::string filled(text);
  const std::size_t place = filled.find('@');
  return place == std::string::npos ? filled : filled.replace(place, 1, type);
}

TEST_F(CapabilitiesTest, ClaimsWhatIsServedAndNothingElse) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    // An AuditEvent may be put, once.
    const http::Response event =
        Put("/r4/AuditEvent/x", R"({"resourceType":"AuditEvent","id":"x"})",
            {{"x-amzn-healthlake-fhir-validation-level", "minimal"}});
    EXPECT_LT(event.status, 300) << event.body;
    const json::Tree statement = Statement();
    for (const fhir::ResourceType type : fhir::AllResourceTypes()) {
      const std::string name(fhir::NameOf(type));
      const json::Tree resource = ResourceOf(statement, name);
      const auto codes = resource.is_null() ? std::vector<std::string>() : Interactions(resource);
      for (const Claim& claim : kInteractions) {
        const char* media = claim.method == http::Method::kPatch ? "application/json-patch+json"
                                                                 : "application/json";
        const http::Response response = Send(
            {claim.method,
             For(claim.target, name),
             For(claim.body, name),
             {{"Content-Type", media}, {"x-amzn-healthlake-fhir-validation-level", "minimal"}}});
        const bool claimed = std::find(codes.begin(), codes.end(), claim.code) != codes.end();
        EXPECT_EQ(response.body.find("not-supported") == std::string::npos, claimed)
            << name << ' ' << claim.code << ' ' << response.status << ' ' << response.body;
      }
    }
  }
}

TEST_F(CapabilitiesTest, ClaimsOnlyConditionsThatAreHeeded) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    const json::Tree statement = Statement();
    for (const json::Tree& resource : statement.at("rest")[0].at("resource")) {
      const std::string type = resource.at("type");
      const std::string body = R"({"resourceType":")" + type + "\"}";
      const std::string target = "/r4/" + type;
      if (resource.at("conditionalCreate") == true) {
        EXPECT_THAT(Post(target, body, {{"If-None-Exist", "_id=none"}}).body,
                    Not(HasSubstr("not-supported")))
            << type;
      }
      if (resource.at("conditionalUpdate") == true) {
        EXPECT_THAT(Put(target + "?_id=none", body).body, Not(HasSubstr("not-supported"))) << type;
      }
      if (resource.at("conditionalDelete") != "not-supported") {
        EXPECT_EQ(Remove(target + "?_id=none").status, 404) << type;
      }
    }
  }
  // conditionalRead.
  Put("/r4/Patient/p1", Patient("p1"));
  const http::Response read = Get("/r4/Patient/p1");
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-None-Match", HeaderOf(read, "ETag")}}).status, 304);
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-Modified-Since", HeaderOf(read, "Last-Modified")}}).status,
            304);
}

TEST_F(CapabilitiesTest, ListsWhatASearchMayInclude) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    const json::Tree statement = Statement();
    const json::Tree observation = ResourceOf(statement, "Observation");
    EXPECT_THAT(observation.at("searchInclude"), ::testing::Contains("*"));
    EXPECT_THAT(observation.at("searchInclude"), ::testing::Contains("Observation:subject"));
    EXPECT_THAT(observation.at("searchRevInclude"), ::testing::Contains("DiagnosticReport:result"));
    EXPECT_THAT(observation.at("searchRevInclude"), Not(::testing::Contains("Patient:link")));
    // Each of one type.
    for (const auto& [name, parameter] :
         {std::pair("searchInclude", "_include"), std::pair("searchRevInclude", "_revinclude")}) {
      for (const json::Tree& include : observation.at(name)) {
        const std::string target =
            std::string("/r4/Observation?") + parameter + "=" + include.get<std::string>();
        EXPECT_EQ(Get(target).status, 200) << target;
      }
    }
  }
}

TEST_F(CapabilitiesTest, ListsTheCompartmentsThatCanBeSearched) {
  EXPECT_THAT(Statement().at("rest")[0].at("compartment"),
              UnorderedElementsAre("http://hl7.org/fhir/CompartmentDefinition/patient",
                                   "http://hl7.org/fhir/CompartmentDefinition/encounter",
                                   "http://hl7.org/fhir/CompartmentDefinition/relatedPerson",
                                   "http://hl7.org/fhir/CompartmentDefinition/practitioner",
                                   "http://hl7.org/fhir/CompartmentDefinition/device"));
}

TEST_F(CapabilitiesTest, ListsTheSearchOfAllTypesWhereItIsServed) {
  EXPECT_THAT(Interactions(Statement().at("rest")[0]), Not(::testing::Contains("search-system")));
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(Interactions(Statement().at("rest")[0]),
              UnorderedElementsAre("transaction", "batch", "search-system", "history-system"));
}

TEST_F(CapabilitiesTest, IsAValidResource) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    const http::Response response =
        Post("/r4/CapabilityStatement/$validate", Get("/r4/metadata").body);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("Validation successful"));
  }
}

bool HasWord(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

// Words, not values: nothing can be missing.
bool IsOfText(std::string_view code) {
  return code == "_text" || code == "_content";
}

TEST_F(CapabilitiesTest, ListsTheModifiersThatEachModeHas) {
  const auto modifiers = [&](const std::string& type, std::string_view code) {
    const json::Tree resource = ResourceOf(Statement(), type);
    for (const json::Tree& param : resource.at("searchParam")) {
      if (param.at("name") == code) return param.value("documentation", "");
    }
    return std::string("(unknown)");
  };
  EXPECT_EQ(modifiers("Patient", "family"), "Modifiers: :missing, :exact, :contains");
  EXPECT_EQ(modifiers("Observation", "code"), "Modifiers: :missing, :not, :text");
  EXPECT_EQ(modifiers("Observation", "subject"), "Modifiers: :missing, :identifier, :[type]");
  EXPECT_EQ(modifiers("Patient", "_text"), "");
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(modifiers("Observation", "code"), HasSubstr(":in, :not-in"));
}

TEST_F(CapabilitiesTest, ListsOnlySearchParametersThatCanBeSearched) {
  for (const auto rules : {fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4}) {
    UseRules(rules);
    const json::Tree statement = Statement();
    int listed = 0;
    for (const json::Tree& resource : statement.at("rest")[0].at("resource")) {
      const std::string type = resource.at("type");
      for (const json::Tree& param : resource.at("searchParam")) {
        ++listed;
        const std::string code = param.at("name");
        const bool takes_missing = HasWord(param.value("documentation", ""), ":missing");
        EXPECT_EQ(takes_missing, param.at("type") != "composite" && !IsOfText(code))
            << type << " " << code;
        EXPECT_EQ(Get("/r4/" + type + "?" + code + ":missing=true&_count=1").status,
                  takes_missing ? 200 : 400)
            << type << " " << code;
      }
    }
    EXPECT_GT(listed, 1'000);
  }
}

}  // namespace
}  // namespace healthlake::rest
