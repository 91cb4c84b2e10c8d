// Bad input gets a clear error in the dialect of its plane, and never a 5xx.
#include <gtest/gtest.h>

#include <array>

#include "running_app.hpp"

namespace healthlake::support {
namespace {

struct AwsCase {
  const char* name;
  const char* operation;
  std::string body;
  int status;
  const char* type;
};

TEST(BadInputTest, TheControlPlaneAnswersInAwsJson) {
  const RunningApp app;
  const std::string deep = std::string(100'000, '[');
  const AwsCase cases[] = {
      {"not JSON", "CreateFHIRDatastore", "{", 400, "SerializationException"},
      {"not UTF-8", "CreateFHIRDatastore", "{\"DatastoreName\":\"\xff\"}", 400,
       "SerializationException"},
      {"not an object", "CreateFHIRDatastore", "[]", 400, "SerializationException"},
      {"null", "CreateFHIRDatastore", "null", 400, "SerializationException"},
      {"two values", "CreateFHIRDatastore", "{} {}", 400, "SerializationException"},
      {"very deep", "CreateFHIRDatastore", deep, 400, "SerializationException"},
      {"number out of range", "ListFHIRDatastores", R"({"MaxResults":1e999})", 400,
       "SerializationException"},
      {"wrong type", "CreateFHIRDatastore", R"({"DatastoreTypeVersion":4})", 400,
       "SerializationException"},
      {"empty body", "CreateFHIRDatastore", "", 400, "ValidationException"},
      {"unknown store", "DescribeFHIRDatastore", R"({"DatastoreId":"none"})", 400,
       "ResourceNotFoundException"},
      {"unknown operation", "Nonsense", "{}", 404, "UnknownOperationException"},
      {"garbage page token", "ListFHIRDatastores", R"({"NextToken":"!"})", 400,
       "ValidationException"},
  };
  for (const AwsCase& bad : cases) {
    SCOPED_TRACE(bad.name);
    const RawAnswer answer = app.Aws(bad.operation, bad.body);
    EXPECT_EQ(answer.status, bad.status);
    EXPECT_EQ(Json::parse(answer.body).at("__type"), bad.type);
    EXPECT_FALSE(Json::parse(answer.body).at("Message").get<std::string>().empty());
    EXPECT_EQ(answer.Header("x-amzn-errortype"), bad.type);
    EXPECT_EQ(answer.Header("x-amzn-requestid").size(), 36U);
  }
  EXPECT_EQ(app.Send("POST", "/", "{}").status, 404);
  EXPECT_EQ(app.Send("GET", "/").status, 404);
}

TEST(BadInputTest, AValueWithANulIsToldWhole) {
  const RunningApp app;
  const RawAnswer answer = app.Aws("DescribeFHIRDatastore", "{\"DatastoreId\":\"a\\u0000b\"}");
  EXPECT_EQ(answer.status, 400);
  const auto message = Json::parse(answer.body).at("Message").get<std::string>();
  EXPECT_NE(message.find("at 'datastoreId' failed to satisfy constraint"), std::string::npos)
      << message;
}

struct FhirCase {
  const char* name;
  const char* method;
  std::string path;
  std::string body;
  int status;
};

TEST(BadInputTest, TheFhirPlaneAnswersWithOperationOutcome) {
  const RunningApp app;
  const std::string store = app.CreateStore();
  const FhirCase cases[] = {
      {"not JSON", "PUT", "/Patient/p", "{", 400},
      {"not UTF-8", "PUT", "/Patient/p", "{\"id\":\"\xff\"}", 400},
      {"not an object", "POST", "/Patient", "[1]", 400},
      {"another type", "POST", "/Patient", R"({"resourceType":"Observation"})", 400},
      {"no type", "POST", "/Patient", R"({"gender":"male"})", 400},
      {"another id", "PUT", "/Patient/p", R"({"resourceType":"Patient","id":"q"})", 400},
      {"a bad id", "PUT", "/Patient/a%20b", R"({"resourceType":"Patient","id":"a b"})", 400},
      {"an unknown element", "PUT", "/Patient/p", R"({"resourceType":"Patient","id":"p","x":1})",
       400},
      {"very deep", "PUT", "/Patient/p", std::string(100'000, '['), 400},
      {"never existed", "GET", "/Patient/none", "", 404},
      {"unknown type", "GET", "/Nonsense/none", "", 404},
      {"unknown parameter value", "GET", "/Patient?birthdate=soon", "", 400},
      {"a count of zero", "GET", "/Patient?_count=0", "", 400},
      {"a count over the limit", "GET", "/Patient?_count=101", "", 400},
      {"a garbage page", "GET", "/Patient?page=garbage", "", 400},
      {"a broken escape", "GET", "/Patient?name=%zz", "", 400},
  };
  for (const FhirCase& bad : cases) {
    SCOPED_TRACE(bad.name);
    const RawAnswer answer = app.Fhir(bad.method, store, bad.path, bad.body);
    EXPECT_EQ(answer.status, bad.status) << answer.body;
    const Json outcome = Json::parse(answer.body);
    EXPECT_EQ(outcome.at("resourceType"), "OperationOutcome");
    EXPECT_FALSE(outcome.at("issue").at(0).at("diagnostics").get<std::string>().empty());
  }
  const RawAnswer unknown = app.Fhir("GET", "0123456789abcdef0123456789abcdef", "/Patient/p");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Json::parse(unknown.body).at("resourceType"), "OperationOutcome");
}

TEST(BadInputTest, ABodyOverTheLimitIsRefusedBeforeItIsRead) {
  const RunningApp app;
  const std::string store = app.CreateStore();
  const std::string request = "PUT /datastore/" + store +
                              "/r4/Patient/p HTTP/1.1\r\nHost: h\r\nContent-Type: "
                              "application/fhir+json\r\nContent-Length: 999999999\r\n\r\n{";
  const RawAnswer answer = app.Fhir("GET", store, "/Patient/none");
  EXPECT_EQ(answer.status, 404);
  RawAnswer refused = app.SendRaw(request);
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(Json::parse(refused.body).at("resourceType"), "OperationOutcome");
}

}  // namespace
}  // namespace healthlake::support
