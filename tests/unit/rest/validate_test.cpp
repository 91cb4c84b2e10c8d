// $validate (reference 6.6; resource-operation-validate.html).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "healthlake/json/tree.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// As HealthLake's guide prints it.
constexpr const char* kSuccess =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"information",)"
    R"("code":"informational","diagnostics":"Validation successful"}]})";
constexpr const char* kOdd = R"({"resourceType":"Patient","id":"p1","nonsense":1})";

class ValidateTest : public RestTest {
 protected:
  static std::string Parameters(const std::string& list) {
    return R"({"resourceType":"Parameters","parameter":[)" + list + "]}";
  }
  static std::string ResourceParameter(const std::string& resource) {
    return R"({"name":"resource","resource":)" + resource + "}";
  }
};

TEST_F(ValidateTest, SaysThatAValidResourceIsValid) {
  const http::Response response = Post("/r4/Patient/$validate", Patient("p1"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/fhir+json");
  EXPECT_EQ(response.body, kSuccess);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 404);
}

TEST_F(ValidateTest, TellsTheFaultsOfAnInvalidOneWith200) {
  const http::Response response = Post("/r4/Patient/$validate", kOdd);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, AllOf(HasSubstr("\"error\""), HasSubstr("nonsense"),
                                   Not(HasSubstr("Validation successful"))));
}

TEST_F(ValidateTest, TakesParametersToo) {
  for (const std::string& mode :
       {std::string(), std::string(R"(,{"name":"mode","valueCode":"create"})"),
        std::string(R"(,{"name":"mode","valueString":"create"})")}) {
    EXPECT_EQ(
        Post("/r4/Patient/$validate", Parameters(ResourceParameter(Patient("p1")) + mode)).body,
        kSuccess);
    EXPECT_THAT(Post("/r4/Patient/$validate", Parameters(ResourceParameter(kOdd) + mode)).body,
                HasSubstr("nonsense"));
  }
}

TEST_F(ValidateTest, ValidatesAParametersResourceByTheFormThatHasNoResource) {
  const std::string body = R"({"resourceType":"Parameters","parameter":[{"name":"x","odd":1}]})";
  EXPECT_THAT(Post("/r4/Parameters/$validate", body).body, HasSubstr("odd"));
  EXPECT_EQ(Post("/r4/Parameters/$validate",
                 Parameters(ResourceParameter(Parameters(R"({"name":"x","valueCode":"a"})"))))
                .body,
            kSuccess);
}

TEST_F(ValidateTest, ValidatesTheStoredResourceWithoutABody) {
  Put("/r4/Patient/p1", Patient("p1"));
  Put("/r4/Patient/p2", R"({"resourceType":"Patient","id":"p2","nonsense":1})",
      {{"x-amzn-healthlake-fhir-validation-level", "minimal"}});
  EXPECT_EQ(Post("/r4/Patient/p1/$validate", "").body, kSuccess);
  EXPECT_EQ(Post("/r4/Patient/p1/$validate", Parameters("")).body, kSuccess);
  EXPECT_THAT(Post("/r4/Patient/p2/$validate", "").body, HasSubstr("nonsense"));
}

TEST_F(ValidateTest, ChecksTheProfilesThatItIsAskedForElseThoseThatAreClaimed) {
  const std::string profile = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
  const std::string code = R"("status":"final","code":{"text":"x"}})";
  const std::string plain = R"({"resourceType":"Observation",)" + code;
  const std::string claiming =
      R"({"resourceType":"Observation","meta":{"profile":[")" + profile + R"("]},)" + code;
  EXPECT_EQ(Post("/r4/Observation/$validate", plain).body, kSuccess);
  for (const http::Response& response :
       {Post("/r4/Observation/$validate", claiming),
        Post("/r4/Observation/$validate?profile=" + profile, plain),
        Post("/r4/Observation/$validate?mode=profile&profile=" + profile, plain),
        Post("/r4/Observation/$validate",
             Parameters(ResourceParameter(plain) + R"(,{"name":"profile","valueCanonical":")" +
                        profile + R"("})"))}) {
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, AllOf(HasSubstr("\"error\""), HasSubstr(profile),
                                     HasSubstr("Observation.category")));
  }
  const http::Response both =
      Post("/r4/Observation/$validate?profile=http://a.example/x&profile=http%3A%2F%2Fa.example/y",
           plain);
  EXPECT_THAT(both.body, AllOf(HasSubstr("http://a.example/x"), HasSubstr("http://a.example/y")));
}

TEST_F(ValidateTest, KnowsWhichInstancesThereAre) {
  Put("/r4/Patient/gone", Patient("gone"));
  Remove("/r4/Patient/gone");
  for (const std::string& body : {std::string(), Patient("p1")}) {
    EXPECT_EQ(Post("/r4/Patient/never/$validate", body).status, 404);
    EXPECT_EQ(Post("/r4/Patient/gone/$validate", body).status, 410);
  }
}

TEST_F(ValidateTest, ChecksTheIdOfAnUpdate) {
  Put("/r4/Patient/p1", Patient("p1"));
  const std::string target = "/r4/Patient/p1/$validate?mode=update";
  EXPECT_EQ(Post(target, Patient("p1")).body, kSuccess);
  EXPECT_THAT(Post(target, Patient("p2")).body, HasSubstr("Patient.id"));
  EXPECT_THAT(Post(target, R"({"resourceType":"Patient"})").body, HasSubstr("Missing required id"));
  EXPECT_EQ(Post("/r4/Patient/p1/$validate", R"({"resourceType":"Patient"})").body, kSuccess);
  EXPECT_THAT(Post("/r4/Patient/p1/$validate", Patient("p2")).body, HasSubstr("Patient.id"));
}

TEST_F(ValidateTest, NeedsNoContentToAskForADeletion) {
  Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_EQ(Post("/r4/Patient/p1/$validate?mode=delete", "").body, kSuccess);
  EXPECT_EQ(Post("/r4/Patient/p1/$validate?mode=delete", kOdd).body, kSuccess);
  EXPECT_EQ(
      Post("/r4/Patient/p1/$validate", Parameters(R"({"name":"mode","valueCode":"delete"})")).body,
      kSuccess);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
  // Reference 4.2: an AuditEvent cannot be deleted.
  const std::string event =
      R"({"resourceType":"AuditEvent","id":"a","type":{"code":"x"},"recorded":"2020-01-01T00:00:00Z",
          "agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}})";
  const std::string id =
      json::ParseTree(Post("/r4/AuditEvent", event).body).value()["id"].get<std::string>();
  const http::Response response = Post("/r4/AuditEvent/" + id + "/$validate?mode=delete", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, AllOf(HasSubstr("error"), HasSubstr("not-supported")));
}

TEST_F(ValidateTest, RefusesMalformedRequests) {
  Put("/r4/Patient/p1", Patient("p1"));
  const std::string patient = Patient("p1");
  struct Case {
    std::string target;
    std::string body;
    std::string says;
  };
  for (const Case& c : {
           Case{"/r4/Patient/$validate", "", "could not be parsed"},
           Case{"/r4/Patient/$validate", "{\"resourceType\":\"Patient\",\n  ]", "line 2, column 3"},
           Case{"/r4/Patient/$validate", "[]", "could not be parsed"},
           Case{"/r4/Patient/$validate", "{}", "Missing required resourceType"},
           Case{"/r4/Patient/$validate", R"({"resourceType":"Group"})", "is not the 'Patient'"},
           Case{"/r4/Patient/$validate", Parameters(""), "'resource' is missing"},
           Case{"/r4/Patient/$validate", R"({"resourceType":"Parameters"})", "is missing"},
           Case{"/r4/Patient/$validate", R"({"resourceType":"Parameters","parameter":{}})",
                "must be an array"},
           Case{"/r4/Patient/$validate", Parameters("7"), "must hold objects"},
           Case{"/r4/Patient/$validate", Parameters(R"({"name":"resource"})"), "no resource"},
           Case{"/r4/Patient/$validate",
                Parameters(ResourceParameter(patient) + "," + ResourceParameter(patient)), "twice"},
           Case{"/r4/Patient/$validate",
                Parameters(ResourceParameter(patient) + R"(,{"name":"mode"})"), "no value"},
           Case{
               "/r4/Patient/$validate",
               Parameters(ResourceParameter(patient) + R"(,{"name":"modus","valueCode":"create"})"),
               "not 'modus'"},
           Case{"/r4/Patient/$validate?mode=nonsense", patient, "must be create, update"},
           Case{"/r4/Patient/$validate?mode=", patient, "must be create, update"},
           Case{"/r4/Patient/$validate?modus=create", patient, "not 'modus'"},
           Case{"/r4/Patient/$validate?profile=", patient, "must be a URL"},
           Case{"/r4/Patient/$validate?profile=%zz", patient, "percent-encoded"},
           Case{"/r4/Patient/$validate?mode=create&mode=profile", patient, "twice"},
           Case{"/r4/Patient/$validate?mode=update", patient, "for one resource"},
           Case{"/r4/Patient/$validate?mode=delete", patient, "for one resource"},
           Case{"/r4/Patient/$validate?mode=profile", patient, "needs the parameter 'profile'"},
           Case{"/r4/Patient/p1/$validate?mode=create", patient, "is for a type"},
           Case{"/r4/Patient/p1/$validate?mode=update", "", "'resource' is missing"},
       }) {
    const http::Response response = Post(c.target, c.body);
    EXPECT_EQ(response.status, 400) << c.target << " " << c.body;
    EXPECT_THAT(response.body, HasSubstr(c.says)) << c.target << " " << c.body;
  }
}

TEST_F(ValidateTest, IgnoresParametersThatAreNotItsOwn) {
  EXPECT_EQ(Post("/r4/Patient/$validate?_format=json&_pretty=false&", Patient("p1")).body,
            kSuccess);
}

TEST_F(ValidateTest, IsAPostForTypesThatThereAre) {
  EXPECT_EQ(Get("/r4/Patient/$validate").status, 405);
  EXPECT_EQ(Get("/r4/Patient/p1/$validate").status, 405);
  EXPECT_EQ(Post("/r4/Patience/$validate", Patient("p1")).status, 404);
  EXPECT_EQ(Post("/r4/NamingSystem/$validate", "{}").status, 400);
  EXPECT_EQ(Post("/r4/Patient/a_b/$validate", "").status, 400);
  EXPECT_EQ(Post("/r4/Patient/%24validate", Patient("p1")).body, kSuccess);
}

TEST_F(ValidateTest, StandsInTheCapabilityStatement) {
  const json::Tree statement = json::ParseTree(Get("/r4/metadata").body).value();
  for (const json::Tree& resource : statement["rest"][0]["resource"]) {
    const json::Tree& operation = resource["operation"].back();
    EXPECT_EQ(operation["name"], "validate");
    EXPECT_EQ(operation["definition"], "http://hl7.org/fhir/OperationDefinition/Resource-validate");
    for (const json::Tree& interaction : resource["interaction"]) {
      EXPECT_NE(interaction["code"], "$validate");
    }
  }
}

}  // namespace
}  // namespace healthlake::rest
