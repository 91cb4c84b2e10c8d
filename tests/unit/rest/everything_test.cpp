// Patient/{id}/$everything (patient-operation-everything.html; reference 6.1).
#include <gmock/gmock.h>

#include "healthlake/core/time_text.hpp"
#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EverythingTest : public RestTest {
 protected:
  EverythingTest() {
    Put("/r4/Organization/o1", R"({"resourceType":"Organization","id":"o1","name":"A"})");
    Put("/r4/Organization/o2",
        R"({"resourceType":"Organization","id":"o2","name":"B","partOf":{"reference":"Organization/o1"}})");
    Put("/r4/Practitioner/d1", R"({"resourceType":"Practitioner","id":"d1"})");
    Put("/r4/Patient/p1",
        R"({"resourceType":"Patient","id":"p1","managingOrganization":{"reference":"Organization/o2"}})");
    Put("/r4/Patient/p2", Patient("p2"));
    Put("/r4/Observation/b1", Observation("b1", "p1", "2020-01-01"));
    Put("/r4/Observation/b2", Observation("b2", "p1", "2021-01-01"));
    Put("/r4/Observation/b3", Observation("b3", "p2", "2021-01-01"));
  }

  static std::string Observation(const std::string& id, const std::string& patient,
                                 const std::string& date) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" + patient +
           R"("},"performer":[{"reference":"Practitioner/d1"}],"effectiveDateTime":")" + date +
           R"("})";
  }
  static std::vector<std::string> Entries(const http::Response& response) {
    std::vector<std::string> entries;
    const json::Tree bundle = json::ParseTree(response.body).value();
    for (const json::Tree& entry : bundle.value("entry", json::Tree::array())) {
      const json::Tree& resource = entry.at("resource");
      const std::string name = resource.at("resourceType").get<std::string>() + '/' +
                               resource.at("id").get<std::string>();
      EXPECT_EQ(entry.at("fullUrl"), std::string(kBase) + '/' + name);
      entries.push_back(name + ' ' + entry.at("search").at("mode").get<std::string>());
    }
    return entries;
  }
  static std::string Link(const http::Response& response, const std::string& relation) {
    const json::Tree bundle = json::ParseTree(response.body).value();
    for (const json::Tree& link : bundle.at("link")) {
      if (link.at("relation") == relation) return link.at("url");
    }
    return "";
  }
  http::Response Follow(const std::string& url) {
    return Get(url.substr(std::string("http://local:3447").size()));
  }
};

TEST_F(EverythingTest, GivesTheCompartmentAndWhatItRefersTo) {
  const http::Response response = Get("/r4/Patient/p1/$everything");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/fhir+json");
  const json::Tree bundle = json::ParseTree(response.body).value();
  EXPECT_EQ(bundle.at("type"), "searchset");
  EXPECT_EQ(bundle.at("total"), 6);
  EXPECT_THAT(Entries(response), ElementsAre("Observation/b1 match", "Observation/b2 match",
                                             "Organization/o1 include", "Organization/o2 include",
                                             "Patient/p1 match", "Practitioner/d1 include"));
  EXPECT_EQ(Link(response, "self"), std::string(kBase) + "/Patient/p1/$everything?_count=100");
  EXPECT_EQ(Link(response, "next"), "");
}

TEST_F(EverythingTest, PagesByTypeAndId) {
  std::vector<std::string> all;
  http::Response response = Get("/r4/Patient/p1/$everything?_count=2&end=2030");
  for (int pages = 1;; ++pages) {
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_THAT(response.body, HasSubstr("\"total\":6"));
    for (std::string& entry : Entries(response)) all.push_back(std::move(entry));
    const std::string next = Link(response, "next");
    if (next.empty()) {
      EXPECT_EQ(pages, 3);
      break;
    }
    EXPECT_THAT(next, HasSubstr("/Patient/p1/$everything?end=2030&_count=2&page="));
    response = Follow(next);
  }
  EXPECT_EQ(all, Entries(Get("/r4/Patient/p1/$everything")));
}

TEST_F(EverythingTest, SelectsByDateTypeAndTimeOfChange) {
  // The Practitioner comes with the Observations that are left.
  EXPECT_THAT(
      Entries(Get("/r4/Patient/p1/$everything?start=2020-06&_type=Observation,Practitioner")),
      ElementsAre("Observation/b2 match", "Practitioner/d1 include"));
  EXPECT_THAT(Entries(Get("/r4/Patient/p1/$everything?end=2020&_type=Observation")),
              ElementsAre("Observation/b1 match"));
  EXPECT_THAT(
      Entries(Get("/r4/Patient/p1/$everything?start=2025")),
      ElementsAre("Organization/o1 include", "Organization/o2 include", "Patient/p1 match"));
  EXPECT_THAT(Entries(Get("/r4/Patient/p1/$everything?_type=Patient&_type=Observation")),
              ElementsAre("Observation/b1 match", "Observation/b2 match", "Patient/p1 match"));
  EXPECT_EQ(Get("/r4/Patient/p1/$everything?start=2020-06-01T00:00:00+01:00").status, 200);
  clock_.Advance(std::chrono::hours(1));
  const std::string now = core::FormatInstant(clock_.Now());
  Put("/r4/Observation/b1", Observation("b1", "p1", "2020-01-02"));
  EXPECT_THAT(Entries(Get("/r4/Patient/p1/$everything?since=" + now)),
              ElementsAre("Observation/b1 match"));
  EXPECT_THAT(Entries(Get("/r4/Patient/p1/$everything?_since=" + now)),
              ElementsAre("Observation/b1 match"));
}

TEST_F(EverythingTest, AnswersAsReadWhereThereIsNoPatient) {
  EXPECT_EQ(Get("/r4/Patient/p9/$everything").status, 404);
  Remove("/r4/Patient/p2");
  EXPECT_EQ(Get("/r4/Patient/p2/$everything").status, 410);
}

TEST_F(EverythingTest, RefusesParametersThatItCannotHeed) {
  for (const char* query :
       {"start=soon", "end=2020-13", "since=x", "_since=", "_type=Foo", "_type=", "_type=Basic",
        "_count=0", "_count=101", "_count=x", "_count=-1", "page=x", "page=", "foo=1", "start",
        "start=2021&end=2020", "start=2020&start=2021", "_elements=id", "start=%zz"}) {
    const http::Response response = Get(std::string("/r4/Patient/p1/$everything?") + query);
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_THAT(response.body, HasSubstr("OperationOutcome")) << query;
  }
  EXPECT_EQ(Get("/r4/Patient/p1/$everything?foo=1", {{"Prefer", "handling=lenient"}}).status, 200);
  // A page belongs to its query.
  const std::string next = Link(Get("/r4/Patient/p1/$everything?_count=1"), "next");
  const std::string token = next.substr(next.find("page="));
  EXPECT_EQ(Get("/r4/Patient/p1/$everything?_count=5&" + token).status, 200);
  EXPECT_EQ(Get("/r4/Patient/p2/$everything?_count=1&" + token).status, 400);
  EXPECT_EQ(Get("/r4/Patient/p1/$everything?start=2020&" + token).status, 400);
}

TEST_F(EverythingTest, IsAReadOfOnePatient) {
  const http::Response post = Post("/r4/Patient/p1/$everything", "{}");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(HeaderOf(post, "Allow"), "GET, HEAD");
  for (const char* target :
       {"/r4/Patient/$everything", "/r4/$everything", "/r4/Encounter/e1/$everything"}) {
    const http::Response response = Get(target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(response.body, HasSubstr("not-supported")) << target;
  }
}

TEST_F(EverythingTest, TakesMoreUnderR4) {
  UseRules(fhir::SearchRules::kR4);
  Put("/r4/Basic/c1",
      R"({"resourceType":"Basic","id":"c1","code":{"text":"x"},"subject":{"reference":"Patient/p1"}})");
  EXPECT_THAT(Entries(Get("/r4/Patient/p1/$everything?_count=500&_type=Basic")),
              ElementsAre("Basic/c1 match"));
  const http::Response count = Get("/r4/Patient/p1/$everything?_count=0");
  EXPECT_THAT(count.body, HasSubstr("\"total\":7"));
  EXPECT_THAT(Entries(count), ElementsAre());
}

}  // namespace
}  // namespace healthlake::rest
