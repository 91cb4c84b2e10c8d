// Header fields and the parameters that stand for them (reference 4.4; http.html).
#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;

constexpr const char* kConsistency = "x-amz-fhir-history-consistency-level";

class HeadersTest : public RestTest, public ::testing::WithParamInterface<fhir::SearchRules> {
 protected:
  HeadersTest() { UseRules(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Modes, HeadersTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(HeadersTest, TellsTheVersionOfWhatIsReadAndWritten) {
  const auto check = [](const http::Response& response, const std::string& tag) {
    EXPECT_EQ(HeaderOf(response, "ETag"), tag);
    EXPECT_EQ(HeaderOf(response, "Last-Modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
  };
  check(Put("/r4/Patient/p1", Patient("p1")), "W/\"1\"");
  check(Put("/r4/Patient/p1", Patient("p1")), "W/\"2\"");
  check(Get("/r4/Patient/p1"), "W/\"2\"");
  check(Get("/r4/Patient/p1/_history/1"), "W/\"1\"");
  check(Send({http::Method::kHead, "/r4/Patient/p1", "", {}}), "W/\"2\"");
  check(Post("/r4/Patient", Patient("x")), "W/\"1\"");
  check(Remove("/r4/Patient/p1"), "W/\"3\"");
}

TEST_P(HeadersTest, TakesListsInIfMatch) {
  Put("/r4/Patient/p1", Patient("p1"));
  struct Case {
    const char* field;
    int status;
  };
  for (const Case& c :
       {Case{"W/\"7\", W/\"1\"", 200}, Case{"\"7\",\"8\"", 412}, Case{"W/\"7\", *", 412},
        Case{"*", 200}, Case{"", 400}, Case{" , ", 400}, Case{"W/\"1\" W/\"2\"", 400},
        Case{"W/\"-1\"", 412}, Case{"W/\"99999999999999999999\"", 412}, Case{"W/\"abc\"", 412},
        Case{"W/\"02\"", 412}, Case{"abc", 400}, Case{"W/\"3\"", 200}}) {
    EXPECT_EQ(Put("/r4/Patient/p1", Patient("p1"), {{"If-Match", c.field}}).status, c.status)
        << c.field;
  }
  EXPECT_EQ(Put("/r4/Patient/p1", Patient("p1"), {{"If-Match", "W/\"1\""}, {"If-Match", "W/\"4\""}})
                .status,
            200);
}

TEST_P(HeadersTest, WritesOnlyWhatHasNotChangedSince) {
  Put("/r4/Patient/p1", Patient("p1"));
  const auto status = [&](const char* date, std::vector<http::Header> more = {}) {
    more.push_back({"If-Unmodified-Since", date});
    return Put("/r4/Patient/p1", Patient("p1"), more).status;
  };
  EXPECT_EQ(status("Sun, 06 Nov 1994 08:49:37 GMT"), 412);
  EXPECT_EQ(status("Sun, 06 Nov 1994 08:49:37 GMT", {{"If-Match", "W/\"1\""}}), 200);
  EXPECT_EQ(status("Fri, 02 Jan 2026 03:04:05 GMT"), 200);
  EXPECT_EQ(status("yesterday"), 200);
  EXPECT_EQ(
      Remove("/r4/Patient/p1", {{"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status,
      412);
}

TEST_P(HeadersTest, TakesVersionsAsTheyAreWritten) {
  Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_EQ(Get("/r4/Patient/p1/_history/1").status, 200);
  EXPECT_EQ(Get("/r4/Patient/p1/_history/01").status, 404);
}

TEST_P(HeadersTest, ReadsConditionallyByVersion) {
  Put("/r4/Patient/p1", Patient("p1"));
  Put("/r4/Patient/p1", Patient("p1"));
  struct Case {
    const char* field;
    int status;
  };
  for (const Case& c :
       {Case{"W/\"2\"", 304}, Case{"\"2\"", 304}, Case{"W/\"1\", W/\"2\"", 304}, Case{"*", 304},
        Case{"W/\"1\"", 200}, Case{"nonsense", 200}, Case{"", 200}}) {
    const http::Response response = Get("/r4/Patient/p1", {{"If-None-Match", c.field}});
    EXPECT_EQ(response.status, c.status) << c.field;
    EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"2\"") << c.field;
    EXPECT_EQ(response.body.empty(), c.status == 304) << c.field;
  }
  // If-Modified-Since is not looked at beside it (RFC 9110 13.1.3).
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-None-Match", "W/\"1\""},
                                   {"If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"}})
                .status,
            200);
  EXPECT_EQ(Get("/r4/Patient/never", {{"If-None-Match", "*"}}).status, 404);
}

TEST_P(HeadersTest, ReadsConditionallyByAnyDateOfHttp) {
  Put("/r4/Patient/p1", Patient("p1"));
  struct Case {
    const char* field;
    int status;
  };
  for (const Case& c : {
           Case{"Fri, 02 Jan 2026 03:04:05 GMT", 304},
           Case{"Fri, 02 Jan 2026 03:04:06 GMT", 304},
           Case{"Fri, 02 Jan 2026 03:04:04 GMT", 200},
           Case{"Sat, 01 Jan 2028 00:00:00 GMT", 304},
           Case{"Sun, 06 Nov 1994 08:49:37 GMT", 200},
           Case{"Friday, 02-Jan-26 03:04:05 GMT", 304},
           Case{"Sunday, 06-Nov-94 08:49:37 GMT", 200},
           Case{"Fri Jan  2 03:04:05 2026", 304},
           Case{"Fri Jan 02 03:04:05 2026", 304},
           Case{"Fri Jan  2 03:04:04 2026", 200},
           // What is no date is ignored.
           Case{"2030-01-01T00:00:00Z", 200},
           Case{"Fri, 02 Jan 2030 03:04:05 UTC", 200},
           Case{"Fri, 32 Jan 2030 03:04:05 GMT", 200},
           Case{"Fri, 02 Jan 2030 24:04:05 GMT", 200},
           Case{"Fri, 02 Jan 2030 03:04:05 GMT x", 200},
           Case{"Fri, 2 Jan 2030 03:04:05 GMT", 200},
           Case{"Xyz, 02 Jan 2030 03:04:05 GMT", 200},
           Case{"Fri, 02 Jan", 200},
           Case{"", 200},
       }) {
    EXPECT_EQ(Get("/r4/Patient/p1", {{"If-Modified-Since", c.field}}).status, c.status) << c.field;
  }
}

TEST_P(HeadersTest, ShowsAsMuchAsPreferSays) {
  const std::vector<http::Header> minimal = {{"Prefer", "return=minimal"}};
  const std::vector<http::Header> outcome = {{"Prefer", "return=OperationOutcome"}};
  const std::vector<http::Header> whole = {{"Prefer", "return=representation"}};
  for (const http::Response& response :
       {Post("/r4/Patient", Patient("x"), minimal), Put("/r4/Patient/p1", Patient("p1"), minimal),
        Put("/r4/Patient?_id=p1", Patient("p1"), minimal)}) {
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(HeaderOf(response, "Content-Type"), "(none)");
    EXPECT_NE(HeaderOf(response, "ETag"), "(none)");
  }
  EXPECT_THAT(Post("/r4/Patient", Patient("x"), outcome).body, HasSubstr("OperationOutcome"));
  EXPECT_THAT(Put("/r4/Patient/p1", Patient("p1"), outcome).body, HasSubstr("OperationOutcome"));
  EXPECT_THAT(Put("/r4/Patient/p1", Patient("p1"), whole).body, HasSubstr("Doe"));
  EXPECT_THAT(Put("/r4/Patient/p1", Patient("p1")).body, HasSubstr("Doe"));
}

TEST_P(HeadersTest, TakesTheLevelsOfConsistency) {
  Put("/r4/Patient/p1", Patient("p1"));
  for (const char* level : {"strong", "eventual", "Strong", " eventual "}) {
    EXPECT_EQ(Get("/r4/Patient/p1", {{kConsistency, level}}).status, 200) << level;
    EXPECT_EQ(Get("/r4/Patient/p1/_history", {{kConsistency, level}}).status, 200) << level;
    EXPECT_EQ(Get("/r4/Patient?_id=p1", {{kConsistency, level}}).status, 200) << level;
  }
  for (const char* level : {"weak", "", "strong,eventual"}) {
    EXPECT_EQ(Get("/r4/Patient/p1", {{kConsistency, level}}).status, 400) << level;
  }
}

TEST_P(HeadersTest, IndentsWhatIsToBePretty) {
  const std::string body = R"({"resourceType":"Observation","id":"o1","status":"final",)"
                           R"("code":{"text":"a \"b\" {c}, [d]: \\"},"valueQuantity":)"
                           R"({"value":1.500e2}})";
  Put("/r4/Observation/o1", body);
  const std::string pretty = Get("/r4/Observation/o1?_pretty=true").body;
  EXPECT_THAT(pretty, HasSubstr("{\n  \"resourceType\": \"Observation\",\n  \"id\": \"o1\",\n"));
  EXPECT_THAT(pretty, HasSubstr("\n    \"text\": \"a \\\"b\\\" {c}, [d]: \\\\\"\n  },\n"));
  EXPECT_THAT(pretty, HasSubstr("\n    \"value\": 1.500e2\n  }"));
  EXPECT_EQ(Get("/r4/Observation/o1?_pretty=false").body, Get("/r4/Observation/o1").body);
  for (const char* target : {"/r4/Observation?_pretty=true", "/r4/metadata?_pretty=true",
                             "/r4/Observation/_history?_pretty=true",
                             "/r4/Observation/o1/_history/1?_format=json&_pretty=true"}) {
    EXPECT_TRUE(Get(target).body.starts_with("{\n  \"resourceType\": ")) << target;
  }
  EXPECT_TRUE(Put("/r4/Observation/o1?_pretty=true", body).body.starts_with("{\n"));
}

TEST_P(HeadersTest, ServesJsonOnly) {
  Put("/r4/Patient/p1", Patient("p1"));
  struct Case {
    const char* accept;
    int status;
  };
  for (const Case& c :
       {Case{"application/fhir+json", 200}, Case{"application/json", 200}, Case{"*/*", 200},
        Case{"application/fhir+xml, application/fhir+json;q=0.1", 200},
        Case{"application/fhir+json; fhirVersion=4.0", 200}, Case{"application/fhir+xml", 406},
        Case{"text/html", 406}, Case{"application/fhir+json;q=0", 406}, Case{"", 200}}) {
    for (const char* target : {"/r4/Patient/p1", "/r4/Patient/p1/_history", "/r4/Patient",
                               "/r4/metadata", "/r4/Patient/p1/_history/1", "/r4/_history"}) {
      const http::Response response = Get(target, {{"Accept", c.accept}});
      EXPECT_EQ(response.status, c.status) << c.accept << ' ' << target;
      if (c.status == 406) {
        EXPECT_THAT(response.body, HasSubstr("OperationOutcome"));
      }
    }
    EXPECT_EQ(Put("/r4/Patient/p1", Patient("p1"), {{"Accept", c.accept}}).status, c.status);
  }
  EXPECT_EQ(Get("/r4/Patient/p1?_format=xml").status, 406);
  EXPECT_EQ(Get("/r4/Patient/p1?_format=json", {{"Accept", "application/xml"}}).status, 200);
  EXPECT_EQ(Remove("/r4/Patient/p1?_format=xml").status, 406);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

constexpr const char* kAuditEvent =
    R"({"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},)"
    R"("recorded":"2026-01-02T03:04:05Z","agent":[{"requestor":true}],)"
    R"("source":{"observer":{"display":"x"}}})";

// Reference 4.2.
TEST_P(HeadersTest, LetsAnAuditEventBeMadeAndNotChangedUnderHealthLakesRules) {
  const bool healthlake = GetParam() == fhir::SearchRules::kHealthLake;
  EXPECT_EQ(Post("/r4/AuditEvent", kAuditEvent).status, 201);
  EXPECT_EQ(Put("/r4/AuditEvent/a1", kAuditEvent).status, 201);
  EXPECT_EQ(Get("/r4/AuditEvent/a1").status, 200);
  for (const http::Response& response :
       {Put("/r4/AuditEvent/a1", kAuditEvent), Put("/r4/AuditEvent?_id=a1", kAuditEvent),
        Remove("/r4/AuditEvent/a1")}) {
    EXPECT_EQ(response.status / 100, healthlake ? 4 : 2) << response.body;
    if (healthlake) {
      EXPECT_THAT(response.body, HasSubstr("\"not-supported\""));
    }
  }
  EXPECT_EQ(Get("/r4/AuditEvent/a1").status, healthlake ? 200 : 410);
}

TEST_P(HeadersTest, DoesNotReviveAnAuditEventUnderHealthLakesRules) {
  UseRules(fhir::SearchRules::kR4);
  Put("/r4/AuditEvent/a1", kAuditEvent);
  Remove("/r4/AuditEvent/a1");
  UseRules(GetParam());
  EXPECT_EQ(Put("/r4/AuditEvent/a1", kAuditEvent).status,
            GetParam() == fhir::SearchRules::kHealthLake ? 400 : 201);
}

}  // namespace
}  // namespace healthlake::rest
