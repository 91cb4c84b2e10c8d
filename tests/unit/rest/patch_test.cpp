#include "rest_fixture.hpp"

namespace healthlake::rest {
namespace {

const std::string kJsonPatch = "application/json-patch+json";
const std::string kFhir = "application/fhir+json";

class PatchTest : public RestTest {
 protected:
  http::Response Patch(const std::string& target, const std::string& body,
                       const std::string& content_type, std::vector<http::Header> headers = {}) {
    if (!content_type.empty()) headers.push_back({"Content-Type", content_type});
    return Send({http::Method::kPatch, target, body, std::move(headers)});
  }
  static std::string Replace(const std::string& path, const std::string& value) {
    return R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
           R"({"name":"type","valueCode":"replace"},{"name":"path","valueString":")" +
           path + R"("},{"name":"value",)" + value + "}]}]}";
  }
  static bool Says(const http::Response& response, std::string_view text) {
    return response.body.find(text) != std::string::npos;
  }
};

const std::string kNewFamily = R"([{"op":"replace","path":"/name/0/family","value":"Roe"}])";

TEST_F(PatchTest, AJsonPatchAnswersWithTheNewVersion) {
  Put("/r4/Patient/p", Patient("p"));
  const http::Response response = Patch("/r4/Patient/p", kNewFamily, kJsonPatch);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"2\"");
  EXPECT_NE(HeaderOf(response, "Last-Modified"), "(none)");
  EXPECT_TRUE(Says(response, R"("family":"Roe")")) << response.body;
  EXPECT_EQ(Get("/r4/Patient/p").body, response.body);
  EXPECT_TRUE(Says(Get("/r4/Patient/p/_history/1"), R"("family":"Doe")"));
}

TEST_F(PatchTest, AFhirPathPatchAnswersWithTheNewVersion) {
  Put("/r4/Patient/p", Patient("p"));
  for (const std::string& type : {kFhir, std::string("application/json; charset=UTF-8")}) {
    const http::Response response =
        Patch("/r4/Patient/p", Replace("Patient.name.family", R"("valueString":"Roe")"), type);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(Says(response, R"("family":"Roe")")) << response.body;
  }
  EXPECT_EQ(HeaderOf(Get("/r4/Patient/p"), "ETag"), "W/\"3\"");
}

TEST_F(PatchTest, WithoutAMediaTypeTheFormOfTheBodyTells) {
  Put("/r4/Patient/p", Patient("p"));
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, "").status, 200);
  EXPECT_EQ(
      Patch("/r4/Patient/p", Replace("Patient.name.family", R"("valueString":"X")"), "").status,
      200);
}

TEST_F(PatchTest, OtherMediaTypesAreRefused) {
  Put("/r4/Patient/p", Patient("p"));
  for (const std::string type : {"application/xml-patch+xml", "application/merge-patch+json",
                                 "application/fhir+xml", "text/plain"}) {
    EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, type).status, 415) << type;
  }
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, "Application/JSON-Patch+JSON; charset=utf-8").status,
            200);
}

TEST_F(PatchTest, WhatIsNotTouchedKeepsItsBytes) {
  Put("/r4/Observation/o",
      R"({"status":"final","resourceType":"Observation","id":"o","code":{"text":"\u00e9\/"},)"
      R"("valueQuantity":{"unit":"mg","value":1.500}})");
  const http::Response response =
      Patch("/r4/Observation/o", R"([{"op":"add","path":"/code/id","value":"c"}])", kJsonPatch);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_TRUE(response.body.starts_with(R"({"status":"final","resourceType":"Observation",)"));
  EXPECT_TRUE(Says(response, R"("code":{"text":"\u00e9\/","id":"c"})")) << response.body;
  EXPECT_TRUE(Says(response, R"("valueQuantity":{"unit":"mg","value":1.500})")) << response.body;
}

TEST_F(PatchTest, BodiesThatAreNoPatchAreRefused) {
  Put("/r4/Patient/p", Patient("p"));
  EXPECT_EQ(Patch("/r4/Patient/p", "", kJsonPatch).status, 400);
  EXPECT_EQ(Patch("/r4/Patient/p", "[", kJsonPatch).status, 400);
  EXPECT_EQ(Patch("/r4/Patient/p", "{}", kJsonPatch).status, 400);
  EXPECT_EQ(Patch("/r4/Patient/p", R"([{"op":"spam","path":""}])", kJsonPatch).status, 400);
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kFhir).status, 400);
  EXPECT_EQ(Patch("/r4/Patient/p", Patient("p"), kFhir).status, 400);
  EXPECT_EQ(HeaderOf(Get("/r4/Patient/p"), "ETag"), "W/\"1\"");
}

TEST_F(PatchTest, PatchesThatCannotBeAppliedAreUnprocessable) {
  Put("/r4/Patient/p", Patient("p"));
  const http::Response response =
      Patch("/r4/Patient/p", R"([{"op":"test","path":"/active","value":true}])", kJsonPatch);
  EXPECT_EQ(response.status, 422);
  EXPECT_TRUE(Says(response, "Patch operation 1 (test /active): there is no such place."))
      << response.body;
  EXPECT_EQ(
      Patch("/r4/Patient/p", Replace("Patient.gender", R"("valueCode":"male")"), kFhir).status,
      422);
  EXPECT_EQ(HeaderOf(Get("/r4/Patient/p"), "ETag"), "W/\"1\"");
}

TEST_F(PatchTest, TheResultIsValidated) {
  Put("/r4/Patient/p", Patient("p"));
  const std::string patch = R"([{"op":"add","path":"/gender","value":"purple"}])";
  EXPECT_EQ(Patch("/r4/Patient/p", patch, kJsonPatch).status, 400);
  const http::Response response = Patch("/r4/Patient/p", patch, kJsonPatch,
                                        {{"x-amzn-healthlake-fhir-validation-level", "minimal"}});
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(HeaderOf(response, "x-amzn-healthlake-validation-issues"), "true");
}

TEST_F(PatchTest, IdentityCannotBeChanged) {
  Put("/r4/Patient/p", Patient("p"));
  for (const std::string patch :
       {R"([{"op":"replace","path":"/id","value":"q"}])", R"([{"op":"remove","path":"/id"}])",
        R"([{"op":"replace","path":"/resourceType","value":"Basic"}])",
        R"([{"op":"replace","path":"","value":7}])"}) {
    EXPECT_EQ(Patch("/r4/Patient/p", patch, kJsonPatch).status, 422) << patch;
  }
  EXPECT_EQ(Patch("/r4/Patient/p", Replace("Patient.id", R"("valueId":"q")"), kFhir).status, 422);
}

TEST_F(PatchTest, VersionAndTimeAreTheServers) {
  Put("/r4/Patient/p", Patient("p"));
  const http::Response response = Patch(
      "/r4/Patient/p", R"([{"op":"replace","path":"/meta/versionId","value":"77"}])", kJsonPatch);
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(Says(response, R"("versionId":"2")")) << response.body;
}

TEST_F(PatchTest, APatchThatChangesNothingMakesAVersion) {
  Put("/r4/Patient/p", Patient("p"));
  EXPECT_EQ(HeaderOf(Patch("/r4/Patient/p", "[]", kJsonPatch), "ETag"), "W/\"2\"");
}

TEST_F(PatchTest, UnknownAndDeletedIds) {
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kJsonPatch).status, 404);
  Put("/r4/Patient/p", Patient("p"));
  Remove("/r4/Patient/p");
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kJsonPatch).status, 410);
}

TEST_F(PatchTest, AnOldVersionIsRefusedBeforeThePatchIsTried) {
  Put("/r4/Patient/p", Patient("p"));
  Put("/r4/Patient/p", Patient("p", "Bee"));
  const std::string test = R"([{"op":"test","path":"/name/0/family","value":"Doe"}])";
  EXPECT_EQ(Patch("/r4/Patient/p", test, kJsonPatch, {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(Patch("/r4/Patient/p", test, kJsonPatch, {{"If-Match", "W/\"2\""}}).status, 422);
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kJsonPatch, {{"If-Match", "W/\"2\""}}).status, 200);
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kJsonPatch, {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(Patch("/r4/Patient/p", kNewFamily, kJsonPatch, {{"If-None-Match", "*"}}).status, 412);
}

TEST_F(PatchTest, HealthLakeRefusesConditionalPatchesAndThoseOfAuditEvents) {
  Put("/r4/Patient/p", Patient("p"));
  const http::Response conditional = Patch("/r4/Patient?_id=p", kNewFamily, kJsonPatch);
  EXPECT_EQ(conditional.status, 400);
  EXPECT_TRUE(Says(conditional, "Conditional patch not supported.")) << conditional.body;
  EXPECT_TRUE(Says(Patch("/r4/AuditEvent/a", "[]", kJsonPatch), "not-supported"));
}

TEST_F(PatchTest, UnderR4APatchMayBeConditional) {
  UseRules(fhir::SearchRules::kR4);
  Put("/r4/Patient/p", Patient("p"));
  Put("/r4/Patient/q", Patient("q", "Bee"));
  const http::Response one = Patch("/r4/Patient?family=Bee", kNewFamily, kJsonPatch);
  EXPECT_EQ(one.status, 200) << one.body;
  EXPECT_TRUE(Says(one, R"("id":"q")")) << one.body;
  EXPECT_EQ(Patch("/r4/Patient?family=Bee", kNewFamily, kJsonPatch).status, 404);
  Put("/r4/Patient/r", Patient("r", "Roe"));
  EXPECT_EQ(Patch("/r4/Patient?family=Roe", kNewFamily, kJsonPatch).status, 412);
  EXPECT_EQ(Patch("/r4/Patient", kNewFamily, kJsonPatch).status, 400);
}

TEST_F(PatchTest, UnderR4PreferSaysWhatComesBack) {
  UseRules(fhir::SearchRules::kR4);
  Put("/r4/Patient/p", Patient("p"));
  const http::Response minimal =
      Patch("/r4/Patient/p", kNewFamily, kJsonPatch, {{"Prefer", "return=minimal"}});
  EXPECT_EQ(minimal.status, 200);
  EXPECT_TRUE(minimal.body.empty());
  EXPECT_EQ(HeaderOf(minimal, "ETag"), "W/\"2\"");
}

}  // namespace
}  // namespace healthlake::rest
