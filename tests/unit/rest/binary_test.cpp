// Binary as content and as a resource (binary.html; http.html#binary).
#include <gmock/gmock.h>

#include "healthlake/core/encoding.hpp"
#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::HasSubstr;

class BinaryTest : public RestTest {
 protected:
  static json::Tree Parsed(const http::Response& response) {
    return json::ParseTree(response.body).value();
  }
  static std::string Resource(const std::string& id, const std::string& type,
                              const std::string& data) {
    return R"({"resourceType":"Binary","id":")" + id + R"(","contentType":")" + type +
           R"(","data":")" + data + R"("})";
  }
};

TEST_F(BinaryTest, StoresContentAsAResource) {
  const std::string bytes("\x89PNG\r\n\0\xff", 8);
  const http::Response made = Post("/r4/Binary", bytes, {{"Content-Type", "image/png"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(HeaderOf(made, "Content-Type"), "application/fhir+json");
  const json::Tree binary = Parsed(made);
  EXPECT_EQ(binary.at("contentType"), "image/png");
  EXPECT_EQ(binary.at("data"), core::Base64Encode(bytes));

  const std::string target = "/r4/Binary/" + binary.at("id").get<std::string>();
  const http::Response content = Get(target, {{"Accept", "image/png"}});
  EXPECT_EQ(content.status, 200);
  EXPECT_EQ(content.body, bytes);
  EXPECT_EQ(HeaderOf(content, "Content-Type"), "image/png");
  EXPECT_EQ(HeaderOf(content, "ETag"), "W/\"1\"");
  EXPECT_NE(HeaderOf(content, "Last-Modified"), "(none)");
}

TEST_F(BinaryTest, UpdatesUnderTheIdOfThePath) {
  EXPECT_EQ(Put("/r4/Binary/b1", "one", {{"Content-Type", "text/plain; charset=utf-8"}}).status,
            201);
  const http::Response second = Put("/r4/Binary/b1", "two", {{"Content-Type", "text/csv"}});
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(Parsed(second).at("id"), "b1");
  EXPECT_EQ(Get("/r4/Binary/b1", {{"Accept", "text/csv"}}).body, "two");
  const http::Response first = Get("/r4/Binary/b1/_history/1", {{"Accept", "text/plain"}});
  EXPECT_EQ(first.body, "one");
  EXPECT_EQ(HeaderOf(first, "Content-Type"), "text/plain; charset=utf-8");
}

TEST_F(BinaryTest, KeepsTheSecurityContext) {
  const http::Response made = Put(
      "/r4/Binary/b1", "x", {{"Content-Type", "text/plain"}, {"X-Security-Context", "Patient/p1"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(Parsed(made).at("securityContext").at("reference"), "Patient/p1");
  EXPECT_EQ(HeaderOf(Get("/r4/Binary/b1", {{"Accept", "text/plain"}}), "X-Security-Context"),
            "Patient/p1");
}

TEST_F(BinaryTest, StoresEmptyContent) {
  ASSERT_EQ(Put("/r4/Binary/b1", "", {{"Content-Type", "text/plain"}}).status, 201);
  const http::Response content = Get("/r4/Binary/b1", {{"Accept", "text/plain"}});
  EXPECT_EQ(content.status, 200);
  EXPECT_EQ(content.body, "");
}

TEST_F(BinaryTest, AnswersInTheFormAskedFor) {
  ASSERT_EQ(Put("/r4/Binary/b1", Resource("b1", "text/html", core::Base64Encode("<p>"))).status,
            201);
  struct Case {
    std::vector<http::Header> headers;
    std::string query;
    int status;
    bool content;
  };
  for (const Case& c : {
           Case{{}, "", 200, false},
           Case{{{"Accept", "*/*"}}, "", 200, false},
           Case{{{"Accept", "application/*"}}, "", 200, false},
           Case{{{"Accept", "application/fhir+json"}}, "", 200, false},
           Case{{{"Accept", "application/json"}}, "", 200, false},
           Case{{{"Accept", "text/html, application/fhir+json"}}, "", 200, false},
           Case{{{"Accept", "text/html"}}, "?_format=json", 200, false},
           Case{{{"Accept", "text/html"}}, "", 200, true},
           Case{{{"Accept", "TEXT/HTML;q=0.9"}}, "", 200, true},
           Case{{{"Accept", "text/*"}}, "", 200, true},
           Case{{{"Accept", "text/html, */*;q=0.8"}}, "", 200, true},
           Case{{}, "?_format=text/html", 200, true},
           Case{{{"Accept", "image/png, */*;q=0.8"}}, "", 200, false},
           Case{{{"Accept", "image/png"}}, "", 406, false},
           Case{{{"Accept", "application/fhir+xml"}}, "", 406, false},
           Case{{{"Accept", "text/html;q=0"}}, "", 406, false},
       }) {
    const http::Response response = Get("/r4/Binary/b1" + c.query, c.headers);
    const std::string name = (c.headers.empty() ? "" : c.headers[0].value) + c.query;
    EXPECT_EQ(response.status, c.status) << name;
    if (c.status == 200) {
      EXPECT_EQ(response.body == "<p>", c.content) << name;
    }
  }
}

TEST_F(BinaryTest, AnswersWithContentUnderR4WhereAnyTypeWillDo) {
  UseRules(fhir::SearchRules::kR4);
  ASSERT_EQ(Put("/r4/Binary/b1", Resource("b1", "text/html", core::Base64Encode("<p>"))).status,
            201);
  EXPECT_EQ(Get("/r4/Binary/b1").body, "<p>");
  EXPECT_EQ(Get("/r4/Binary/b1", {{"Accept", "*/*"}}).body, "<p>");
  EXPECT_NE(Get("/r4/Binary/b1", {{"Accept", "application/fhir+json, */*"}}).body, "<p>");
  EXPECT_EQ(Get("/r4/Binary/b1", {{"Accept", "image/png"}}).status, 406);
}

// What a client has stored must not run as a page of this server.
TEST_F(BinaryTest, SendsContentAsADownload) {
  Put("/r4/Binary/b1", "<script>", {{"Content-Type", "text/html"}});
  const http::Response response = Get("/r4/Binary/b1", {{"Accept", "text/html"}});
  EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(HeaderOf(response, "Content-Disposition"), "attachment");
}

TEST_F(BinaryTest, ReadsBase64ThatIsBrokenIntoLines) {
  ASSERT_EQ(Put("/r4/Binary/b1", Resource("b1", "text/plain", "aGVs\\r\\nbG8= ")).status, 201);
  EXPECT_EQ(Get("/r4/Binary/b1", {{"Accept", "text/plain"}}).body, "hello");
}

TEST_F(BinaryTest, AnswersWithoutContentAsEver) {
  const std::vector<http::Header> plain = {{"Accept", "text/plain"}};
  EXPECT_EQ(Get("/r4/Binary/b1", plain).status, 404);
  Put("/r4/Binary/b1", "x", {{"Content-Type", "text/plain"}});
  EXPECT_EQ(Get("/r4/Binary/b1", {{"Accept", "text/plain"}, {"If-None-Match", "W/\"1\""}}).status,
            304);
  Remove("/r4/Binary/b1");
  EXPECT_EQ(Get("/r4/Binary/b1", plain).status, 410);
}

TEST_F(BinaryTest, RefusesWhatIsNeitherContentNorAResource) {
  for (const char* type :
       {"application/fhir+xml", "application/x-www-form-urlencoded", "nonsense"}) {
    EXPECT_EQ(Post("/r4/Binary", "x", {{"Content-Type", type}}).status, 415) << type;
  }
  // Nothing is said: a resource, as for every other type.
  EXPECT_EQ(Post("/r4/Binary", "x").status, 400);
  // JSON is taken as a resource.
  EXPECT_THAT(Post("/r4/Binary", R"({"a":1})", {{"Content-Type", "application/json"}}).body,
              HasSubstr("resourceType"));
  // Only Binary has a native form.
  EXPECT_EQ(Post("/r4/Patient", "x", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(Put("/r4/Patient/p", "x", {{"Content-Type", "text/plain"}}).status, 415);
  Put("/r4/Patient/p1", Patient("p1"));
  EXPECT_EQ(Get("/r4/Patient/p1", {{"Accept", "text/plain"}}).status, 406);
}

// Stored at the level minimal, the media type may be anything; it must not end a header field.
TEST_F(BinaryTest, SendsNoFieldThatIsNone) {
  ASSERT_EQ(Put("/r4/Binary/b1", Resource("b1", "text/plain;\\r\\nX-Evil: 1", "eA=="),
                {{"x-amzn-healthlake-fhir-validation-level", "minimal"}})
                .status,
            201);
  const http::Response response = Get("/r4/Binary/b1", {{"Accept", "text/plain"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/octet-stream");
}

}  // namespace
}  // namespace healthlake::rest
