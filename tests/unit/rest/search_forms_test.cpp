// The ways to ask for a search: GET, POST, all types, compartments, entries of Bundles.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/bundle_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const http::Header kForm{"Content-Type", "application/x-www-form-urlencoded"};

class SearchFormsTest : public BundleTest {
 protected:
  SearchFormsTest() : BundleTest("batch") {
    Put("/r4/Patient/p1", Patient("p1"));
    Put("/r4/Patient/p2", Patient("p2", "Roe"));
    Put("/r4/Observation/o1", Observation("o1", "Patient/p1"));
    Put("/r4/Observation/o2", Observation("o2", "Patient/p2"));
    Put("/r4/Observation/o3", Observation("o3", "Patient/p1"));
  }

  // Type and id of what was found.
  static std::vector<std::string> Names(std::string_view text) {
    std::vector<std::string> names;
    const json::Tree bundle = json::ParseTree(text).value();
    for (const json::Tree& entry : bundle.value("entry", json::Tree::array())) {
      const json::Tree& resource = entry.at("resource");
      names.push_back(resource.at("resourceType").get<std::string>() + '/' +
                      resource.value("id", ""));
    }
    return names;
  }
  std::vector<std::string> Found(const Exchange& exchange) {
    const http::Response response = Send(exchange);
    EXPECT_EQ(response.status, 200) << exchange.target << ' ' << response.body;
    return response.status == 200 ? Names(response.body) : std::vector<std::string>();
  }
  std::vector<std::string> Found(const std::string& target) {
    return Found({http::Method::kGet, target, "", {}});
  }
  std::vector<std::string> Posted(const std::string& target, const std::string& form) {
    return Found({http::Method::kPost, target, form, {kForm}});
  }
  static std::string Link(std::string_view text, const std::string& relation) {
    const json::Tree bundle = json::ParseTree(text).value();
    for (const json::Tree& link : bundle.at("link")) {
      if (link.at("relation") == relation) return link.at("url").get<std::string>();
    }
    return {};
  }
};

TEST_F(SearchFormsTest, APostHasItsParametersInAForm) {
  EXPECT_THAT(Posted("/r4/Patient/_search", "family=roe"), ElementsAre("Patient/p2"));
  EXPECT_THAT(Posted("/r4/Patient/_search", "family=r%6Fe&_id=p2"), ElementsAre("Patient/p2"));
  EXPECT_THAT(Posted("/r4/Patient/_search", "family=r+oe"), IsEmpty());
  EXPECT_THAT(Found({http::Method::kPost,
                     "/r4/Patient/_search",
                     "family=roe",
                     {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}}}),
              ElementsAre("Patient/p2"));
  EXPECT_THAT(Found({http::Method::kPost, "/r4/Patient/_search", "family=roe", {}}),
              ElementsAre("Patient/p2"));
}

TEST_F(SearchFormsTest, APostMayHaveThemInTheUrlInstead) {
  EXPECT_THAT(Found({http::Method::kPost,
                     "/r4/Patient/_search?family=roe",
                     "",
                     {{"Content-Type", "application/json"}}}),
              ElementsAre("Patient/p2"));
  EXPECT_THAT(Posted("/r4/Patient/_search", ""), ElementsAre("Patient/p1", "Patient/p2"));
}

TEST_F(SearchFormsTest, HealthLakeTakesThemFromOnePlaceOnly) {
  const http::Response both = Post("/r4/Patient/_search?_id=p2", "family=roe", {kForm});
  EXPECT_EQ(both.status, 400);
  EXPECT_THAT(both.body, HasSubstr("--compat r4"));
  EXPECT_THAT(Posted("/r4/Patient/_search?_format=json&_pretty=true", "family=roe"),
              ElementsAre("Patient/p2"));
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(Posted("/r4/Patient/_search?_id=p2", "family=roe"), ElementsAre("Patient/p2"));
  EXPECT_THAT(Posted("/r4/Patient/_search?_id=p1", "family=roe"), IsEmpty());
}

TEST_F(SearchFormsTest, APostOfAnythingButAFormIsRefused) {
  for (const char* type : {"application/json", "application/fhir+json", "text/plain",
                           "multipart/form-data; boundary=x"}) {
    EXPECT_EQ(Post("/r4/Patient/_search", "family=roe", {{"Content-Type", type}}).status, 415)
        << type;
  }
}

TEST_F(SearchFormsTest, ThePagesOfAPostAreGot) {
  const http::Response first = Post("/r4/Observation/_search", "code:text=x&_count=2", {kForm});
  EXPECT_THAT(Names(first.body), ElementsAre("Observation/o1", "Observation/o2"));
  EXPECT_EQ(Link(first.body, "self"), std::string(kBase) + "/Observation?code:text=x&_count=2");
  const std::string next = Link(first.body, "next");
  EXPECT_THAT(next, HasSubstr(std::string(kBase) + "/Observation?code:text=x&_count=2&page="));
  EXPECT_THAT(Found(next.substr(next.find("/datastore/"))), ElementsAre("Observation/o3"));
}

TEST_F(SearchFormsTest, ACompartmentHasWhatBelongsToIt) {
  EXPECT_THAT(Found("/r4/Patient/p1/Observation"), ElementsAre("Observation/o1", "Observation/o3"));
  EXPECT_THAT(Found("/r4/Patient/p1/Observation?_id=o3"), ElementsAre("Observation/o3"));
  EXPECT_THAT(Found("/r4/Patient/p1/Patient"), ElementsAre("Patient/p1"));
  EXPECT_THAT(Found("/r4/Patient/none/Observation"), IsEmpty());
  EXPECT_THAT(Found("/r4/Encounter/p1/Observation"), IsEmpty());
  EXPECT_THAT(Posted("/r4/Patient/p1/Observation/_search", "_id=o1,o2"),
              ElementsAre("Observation/o1"));
  const http::Response page = Get("/r4/Patient/p1/Observation?_count=1");
  EXPECT_EQ(Link(page.body, "self"), std::string(kBase) + "/Patient/p1/Observation?_count=1");
  const std::string next = Link(page.body, "next");
  EXPECT_THAT(Found(next.substr(next.find("/datastore/"))), ElementsAre("Observation/o3"));
}

TEST_F(SearchFormsTest, AnotherCompartmentsPageIsRefused) {
  const std::string next = Link(Get("/r4/Patient/p1/Observation?_count=1").body, "next");
  const std::string query = next.substr(next.find('?'));
  EXPECT_EQ(Get("/r4/Patient/p1/Observation" + query).status, 200);
  EXPECT_EQ(Get("/r4/Patient/p2/Observation" + query).status, 400);
  EXPECT_EQ(Get("/r4/Observation" + query).status, 400);
}

TEST_F(SearchFormsTest, OnlyCompartmentsOfTheStandardAreServed) {
  EXPECT_EQ(Get("/r4/Organization/p1/Observation").status, 400);
  EXPECT_EQ(Get("/r4/Patient/p1/Nothing").status, 404);
  EXPECT_EQ(Get("/r4/Patient/a_b/Observation").status, 400);
  EXPECT_EQ(Post("/r4/Patient/p1/Observation", "{}").status, 405);
}

TEST_F(SearchFormsTest, HealthLakeDoesNotSearchAllTypes) {
  for (const Exchange& exchange :
       {Exchange{http::Method::kGet, "/r4?_id=p1", "", {}},
        Exchange{http::Method::kPost, "/r4/_search", "_id=p1", {kForm}},
        Exchange{http::Method::kGet, "/r4/Patient/p1/*", "", {}},
        Exchange{http::Method::kPost, "/r4/Patient/p1/_search", "", {kForm}}}) {
    const http::Response response = Send(exchange);
    EXPECT_EQ(response.status, 400) << exchange.target;
    EXPECT_THAT(response.body, HasSubstr("\"not-supported\"")) << exchange.target;
    EXPECT_THAT(response.body, HasSubstr("--compat r4")) << exchange.target;
  }
}

TEST_F(SearchFormsTest, R4SearchesAllTypes) {
  UseRules(fhir::SearchRules::kR4);
  EXPECT_THAT(Found("/r4?_type=Patient,Observation&_id=p1,o2"),
              UnorderedElementsAre("Patient/p1", "Observation/o2"));
  EXPECT_THAT(Found("/r4/?_id=p1"), ElementsAre("Patient/p1"));
  EXPECT_THAT(Posted("/r4/_search", "_id=o1,p2"),
              UnorderedElementsAre("Observation/o1", "Patient/p2"));
  EXPECT_THAT(Found("/r4/Patient/p1/*"),
              UnorderedElementsAre("Patient/p1", "Observation/o1", "Observation/o3"));
  EXPECT_THAT(Posted("/r4/Patient/p1/*/_search", "_type=Observation"),
              ElementsAre("Observation/o1", "Observation/o3"));
  const http::Response page = Get("/r4?_type=Observation&_count=2");
  EXPECT_EQ(Link(page.body, "self"), std::string(kBase) + "?_type=Observation&_count=2");
  const std::string next = Link(page.body, "next");
  EXPECT_THAT(Found(next.substr(next.find("/datastore/"))), ElementsAre("Observation/o3"));
}

TEST_F(SearchFormsTest, ABatchSearchesInEveryForm) {
  UseRules(fhir::SearchRules::kR4);
  const Answer answer =
      Process({Entry("GET", "Patient?family=roe"), Entry("POST", "Patient/_search?family=roe"),
               Entry("GET", "Patient/p1/Observation"), Entry("GET", "?_id=p2&_type=Patient"),
               Entry("POST", "_search?_id=p2"), Entry("GET", "Patient/p2/*?_type=Observation")});
  EXPECT_THAT(answer.Statuses(), ElementsAre("200", "200", "200", "200", "200", "200"));
  const std::vector<std::vector<std::string>> expected = {
      {"Patient/p2"}, {"Patient/p2"}, {"Observation/o1", "Observation/o3"},
      {"Patient/p2"}, {"Patient/p2"}, {"Observation/o2"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const json::Tree entry = json::ParseTree(answer.entries.at(i)).value();
    EXPECT_EQ(Names(json::Write(entry.at("resource"))), expected[i]) << i;
  }
}

// A resource is no form: left out, it would widen the search unseen.
TEST_F(SearchFormsTest, ABatchRefusesASearchWithAResource) {
  const Answer answer =
      Process({Entry("POST", "Patient/_search?family=roe", R"({"resourceType":"Parameters"})")});
  EXPECT_THAT(answer.Statuses(), ElementsAre("415"));
}

TEST_F(SearchFormsTest, AHeadIsAnsweredAsAGet) {
  EXPECT_THAT(Found({http::Method::kHead, "/r4/Patient?family=roe", "", {}}),
              ElementsAre("Patient/p2"));
}

class TransactionSearchTest : public BundleTest {
 protected:
  TransactionSearchTest() : BundleTest("transaction") {}
};

TEST_F(TransactionSearchTest, APostedSearchSeesWhatTheTransactionWrites) {
  const Answer answer = Process({Entry("POST", "Patient/_search?family=smit"),
                                 Entry("PUT", "Patient/p1", Patient("p1", "Smit"))});
  EXPECT_THAT(answer.Statuses(), ElementsAre("200", "201"));
  EXPECT_THAT(answer.entries.at(0), HasSubstr("\"id\":\"p1\""));
}

}  // namespace
}  // namespace healthlake::rest
