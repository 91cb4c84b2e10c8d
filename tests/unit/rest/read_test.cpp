#include <gmock/gmock.h>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;

class ReadTest : public RestTest {};

TEST_F(ReadTest, AnswersTheStoredBytesWithTheirVersion) {
  Put("/r4/Patient/p1", Patient("p1"));

  const http::Response response = Get("/r4/Patient/p1");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response, "ETag"), "W/\"1\"");
  EXPECT_EQ(HeaderOf(response, "Last-Modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/fhir+json");
  EXPECT_THAT(response.body, HasSubstr("\"versionId\":\"1\""));
  EXPECT_THAT(response.body, HasSubstr("\"family\":\"Doe\""));
}

TEST_F(ReadTest, AnswersHeadLikeGet) {
  Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_EQ(Send({http::Method::kHead, "/r4/Patient/p1", "", {}}).status, 200);
  EXPECT_EQ(Send({http::Method::kHead, "/r4/Patient/p2", "", {}}).status, 404);
}

TEST_F(ReadTest, KnowsUnknownFromDeleted) {
  Put("/r4/Patient/p1", Patient("p1"));
  Remove("/r4/Patient/p1");

  EXPECT_EQ(Get("/r4/Patient/p1").status, 410);
  EXPECT_THAT(Get("/r4/Patient/p1").body, HasSubstr("\"code\":\"deleted\""));
  EXPECT_EQ(Get("/r4/Patient/p2").status, 404);
  EXPECT_THAT(Get("/r4/Patient/p2").body, HasSubstr("\"code\":\"not-found\""));
}

TEST_F(ReadTest, ReadsOldVersions) {
  Put("/r4/Patient/p1", Patient("p1", "First"));
  Put("/r4/Patient/p1", Patient("p1", "Second"));
  Remove("/r4/Patient/p1");

  const http::Response first = Get("/r4/Patient/p1/_history/1");
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.body, HasSubstr("First"));
  EXPECT_EQ(HeaderOf(first, "ETag"), "W/\"1\"");
  EXPECT_THAT(Get("/r4/Patient/p1/_history/2").body, HasSubstr("Second"));
  EXPECT_EQ(Get("/r4/Patient/p1/_history/3").status, 410);
  for (const char* version : {"4", "0", "x", "-1", "99999999999999999999"}) {
    EXPECT_EQ(Get(std::string("/r4/Patient/p1/_history/") + version).status, 404) << version;
  }
}

TEST_F(ReadTest, SaysWhenTheCallerHasItAlready) {
  Put("/r4/Patient/p1", Patient("p1"));

  const http::Response same = Get("/r4/Patient/p1", {{"If-None-Match", "W/\"1\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(HeaderOf(same, "ETag"), "W/\"1\"");
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-None-Match", "W/\"3\", \"1\""}}).status, 304);
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-None-Match", "W/\"2\""}}).status, 200);
  EXPECT_EQ(Get("/r4/Patient/p1", {{"If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"}}).status,
            304);
}

TEST_F(ReadTest, ServesOnlyJson) {
  Put("/r4/Patient/p1", Patient("p1"));
  struct Case {
    const char* accept;
    int status;
  };
  for (const Case& c : {Case{"application/fhir+json", 200}, Case{"application/json", 200},
                        Case{"*/*", 200}, Case{"text/html, application/*;q=0.8", 200},
                        Case{"APPLICATION/FHIR+JSON; charset=utf-8", 200}, Case{"", 200},
                        Case{"application/fhir+xml", 406}, Case{"application/json;q=0", 406},
                        Case{"text/html,text/turtle", 406}}) {
    EXPECT_EQ(Get("/r4/Patient/p1", {{"Accept", c.accept}}).status, c.status) << c.accept;
  }
  EXPECT_EQ(Get("/r4/Patient/p1?_format=json", {{"Accept", "text/html"}}).status, 200);
  EXPECT_EQ(Get("/r4/Patient/p1?_format=application/fhir%2Bjson").status, 200);
  EXPECT_EQ(Get("/r4/Patient/p1?_format=xml").status, 406);
}

}  // namespace
}  // namespace healthlake::rest
