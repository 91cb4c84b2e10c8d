// What the answer to a search looks like, and what ends a search.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "healthlake/json/tree.hpp"
#include "nlohmann/json.hpp"
#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SearchsetTest : public RestTest {
 protected:
  SearchsetTest() {
    for (int i = 1; i <= 5; ++i) {
      const std::string id = "p" + std::to_string(i);
      Put("/r4/Patient/" + id, Patient(id));
    }
  }

  json::Tree Find(const std::string& target, std::vector<http::Header> headers = {}) {
    const http::Response response = Get(target, std::move(headers));
    EXPECT_EQ(response.status, 200) << response.body;
    return json::ParseTree(response.body).value();
  }
  // Of a link that the Bundle has; the request target of the page.
  json::Tree Follow(const json::Tree& bundle, const std::string& relation) {
    const std::string url = Link(bundle, relation);
    return Find(url.substr(std::min(url.find("/datastore/"), url.size())));
  }
  static std::string Link(const json::Tree& bundle, const std::string& relation) {
    for (const json::Tree& link : bundle.at("link")) {
      if (link.at("relation") == relation) return link.at("url").get<std::string>();
    }
    return {};
  }
  static std::vector<std::string> Relations(const json::Tree& bundle) {
    std::vector<std::string> relations;
    for (const json::Tree& link : bundle.at("link")) relations.push_back(link.at("relation"));
    return relations;
  }
  static std::vector<std::string> Ids(const json::Tree& bundle) {
    std::vector<std::string> ids;
    for (const json::Tree& entry : bundle.value("entry", json::Tree::array())) {
      ids.push_back(entry.at("resource").value("id", "(none)"));
    }
    return ids;
  }
  static std::vector<std::string> Modes(const json::Tree& bundle) {
    std::vector<std::string> modes;
    for (const json::Tree& entry : bundle.at("entry")) {
      modes.push_back(entry.at("search").at("mode"));
    }
    return modes;
  }
};

TEST_F(SearchsetTest, PagesAreLinkedToOneAnother) {
  const json::Tree first = Find("/r4/Patient?_count=2");
  EXPECT_THAT(Ids(first), ElementsAre("p1", "p2"));
  EXPECT_EQ(Link(first, "first"), std::string(kBase) + "/Patient?_count=2");
  EXPECT_EQ(Link(first, "previous"), "");
  const json::Tree second = Follow(first, "next");
  EXPECT_THAT(Ids(second), ElementsAre("p3", "p4"));
  EXPECT_EQ(Ids(Follow(second, "previous")), Ids(first));
  EXPECT_EQ(Ids(Follow(second, "first")), Ids(first));
  EXPECT_EQ(Ids(Follow(second, "self")), Ids(second));
  const json::Tree third = Follow(second, "next");
  EXPECT_THAT(Ids(third), ElementsAre("p5"));
  EXPECT_EQ(Link(third, "next"), "");
  EXPECT_EQ(Ids(Follow(third, "previous")), Ids(second));
  EXPECT_THAT(Relations(Find("/r4/Patient?_count=5")), ElementsAre("self"));
}

TEST_F(SearchsetTest, TheLastPageEndsWithTheLastMatch) {
  const json::Tree first = Find("/r4/Patient?_count=2");
  ASSERT_NE(Link(first, "last"), "");
  EXPECT_THAT(Ids(Follow(first, "last")).back(), "p5");
}

TEST_F(SearchsetTest, ATokenMustBePercentEncodedAndCannotBeChanged) {
  const std::string next = Link(Find("/r4/Patient?_count=2"), "next");
  const std::string query = next.substr(next.find('?'));
  EXPECT_THAT(query, HasSubstr("="));
  EXPECT_EQ(query.find('+'), std::string::npos);
  EXPECT_EQ(Get("/r4/Patient" + query).status, 200);
  for (std::size_t i = query.find("page=") + 5; i < query.size(); ++i) {
    std::string changed = query;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Get("/r4/Patient" + changed).status, 400) << changed;
  }
  EXPECT_EQ(Get("/r4/Patient" + query + "&family=doe").status, 400);
  EXPECT_EQ(Get("/r4/Practitioner" + query).status, 400);
}

TEST_F(SearchsetTest, APageOfAnotherStoreIsRefused) {
  const std::string next = Link(Find("/r4/Patient?_count=2"), "next");
  AddStore("fedcba9876543210fedcba9876543210");
  EXPECT_EQ(
      Get("/datastore/fedcba9876543210fedcba9876543210/r4/Patient" + next.substr(next.find('?')))
          .status,
      400);
}

TEST_F(SearchsetTest, WhatIsIncludedIsMarked) {
  Put("/r4/Observation/o1",
      R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},)"
      R"("subject":{"reference":"Patient/p3"}})");
  const json::Tree bundle = Find("/r4/Observation?_include=Observation:subject&_total=accurate");
  EXPECT_THAT(Ids(bundle), ElementsAre("o1", "p3"));
  EXPECT_THAT(Modes(bundle), ElementsAre("match", "include"));
  EXPECT_EQ(bundle.at("total"), 1);
  EXPECT_EQ(bundle.at("entry")[1].at("fullUrl"), std::string(kBase) + "/Patient/p3");
  EXPECT_EQ(Link(bundle, "self"), std::string(kBase) +
                                      "/Observation?_include=Observation:subject&_total=accurate"
                                      "&_count=100");
}

TEST_F(SearchsetTest, ElementsAreLeftOutOfMatchesOnly) {
  Put("/r4/Observation/o1",
      R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},)"
      R"("subject":{"reference":"Patient/p3"}})");
  const json::Tree bundle = Find("/r4/Observation?_elements=status&_include=Observation:subject");
  const json::Tree& match = bundle.at("entry")[0].at("resource");
  EXPECT_FALSE(match.contains("subject"));
  EXPECT_TRUE(match.contains("code"));  // mandatory
  EXPECT_EQ(match.at("meta").at("tag")[0].at("code"), "SUBSETTED");
  const json::Tree& included = bundle.at("entry")[1].at("resource");
  EXPECT_TRUE(included.contains("name"));
  EXPECT_FALSE(included.at("meta").contains("tag"));
}

TEST_F(SearchsetTest, ASummaryIsOfAllEntries) {
  const json::Tree bundle = Find("/r4/Patient?_summary=text&_id=p1");
  const json::Tree& patient = bundle.at("entry")[0].at("resource");
  EXPECT_FALSE(patient.contains("name"));
  EXPECT_EQ(patient.at("id"), "p1");
  EXPECT_EQ(patient.at("meta").at("tag")[0].at("code"), "SUBSETTED");
  EXPECT_TRUE(
      Find("/r4/Patient?_summary=false&_id=p1").at("entry")[0].at("resource").contains("name"));
  EXPECT_EQ(Get("/r4/Patient?_summary=count").status, 400);
  UseRules(fhir::SearchRules::kR4);
  const json::Tree count = Find("/r4/Patient?_summary=count");
  EXPECT_FALSE(count.contains("entry"));
  EXPECT_EQ(count.at("total"), 5);
}

TEST_F(SearchsetTest, R4TellsWhichParametersItIgnored) {
  const std::vector<http::Header> lenient = {{"Prefer", "handling=lenient"}};
  EXPECT_THAT(Modes(Find("/r4/Patient?nonsense=1&_id=p1", lenient)), ElementsAre("match"));
  UseRules(fhir::SearchRules::kR4);
  const json::Tree bundle = Find("/r4/Patient?nonsense=1&_id=p1", lenient);
  EXPECT_THAT(Modes(bundle), ElementsAre("match", "outcome"));
  const json::Tree& entry = bundle.at("entry")[1];
  EXPECT_FALSE(entry.contains("fullUrl"));
  EXPECT_EQ(entry.at("resource").at("resourceType"), "OperationOutcome");
  EXPECT_EQ(entry.at("resource").at("issue")[0].at("severity"), "warning");
  EXPECT_THAT(entry.at("resource").at("issue")[0].at("diagnostics").get<std::string>(),
              HasSubstr("'nonsense'"));
  EXPECT_THAT(Modes(Find("/r4/Patient?_id=p1", lenient)), ElementsAre("match"));
}

TEST_F(SearchsetTest, ExplainsItselfWhenAsked) {
  const json::Tree bundle = Find("/r4/Patient?family=doe&_id=p1&_explain=true");
  EXPECT_THAT(Modes(bundle), ElementsAre("match", "outcome"));
  const json::Tree& outcome = bundle.at("entry")[1].at("resource");
  EXPECT_EQ(outcome.at("resourceType"), "OperationOutcome");
  EXPECT_GT(outcome.at("issue").size(), 1U);
  for (const json::Tree& issue : outcome.at("issue")) {
    EXPECT_EQ(issue.at("severity"), "information");
    EXPECT_EQ(issue.at("code"), "informational");
  }
  EXPECT_THAT(outcome.at("issue").back().at("diagnostics").get<std::string>(),
              HasSubstr("microseconds"));
  EXPECT_THAT(Modes(Find("/r4/Patient?family=doe&_id=p1&_explain=false")), ElementsAre("match"));
}

TEST_F(SearchsetTest, APlanCanBeAskedForAlone) {
  const std::string path = "/datastore/" + std::string(kStore) + "/r4/Patient";
  http::Request request = RequestOf({http::Method::kGet, "/r4/ignored?family=doe", "", {}});
  const http::Response response = service_->Explain(request, path, {});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
  const json::Tree plan = json::ParseTree(response.body).value();
  EXPECT_FALSE(plan.at("steps").empty());
  for (const char* name : {"order", "total", "cursors", "blocks", "bodies", "microseconds"}) {
    EXPECT_TRUE(plan.contains(name)) << name;
  }
  EXPECT_THROW(service_->Explain(request, path + "/p1", {}), core::Error);
  request.query = "nonsense=1";
  EXPECT_THROW(service_->Explain(request, path, {}), core::Error);
}

// Each look at it takes a second.
class TickingClock final : public core::Clock {
 public:
  core::Timestamp Now() const override { return support::FakeClock::kStart; }
  std::chrono::nanoseconds Elapsed() const override { return std::chrono::seconds(++looks_); }

 private:
  mutable int looks_ = 0;
};

class SearchTimeoutTest : public SearchsetTest {
 protected:
  void UseTimeout(std::chrono::seconds limit) {
    service_ = std::make_unique<Service>(
        ServiceOptions{.page_size = 100, .search_timeout = limit, .version = "1.2.3"}, *registry_,
        ticking_);
  }
  TickingClock ticking_;
};

TEST_F(SearchTimeoutTest, ASearchThatTakesTooLongIsStopped) {
  UseTimeout(std::chrono::seconds(1));
  for (const char* query : {"", "?family=doe", "?_sort=birthdate&_total=accurate"}) {
    const http::Response response = Get(std::string("/r4/Patient") + query);
    EXPECT_EQ(response.status, 503) << response.body;
    const json::Tree outcome = json::ParseTree(response.body).value();
    EXPECT_EQ(outcome.at("issue")[0].at("code"), "timeout");
    EXPECT_THAT(outcome.at("issue")[0].at("diagnostics").get<std::string>(),
                HasSubstr("--search-timeout"));
  }
}

// Each look at the time is a chance to stop, at the beginning and between.
TEST_F(SearchTimeoutTest, ASearchIsStoppedWhereverItIs) {
  for (const char* query : {"_text=nothing", "family=doe"}) {
    int stopped = 0;
    for (int seconds = 1; seconds < 1'000; ++seconds) {
      UseTimeout(std::chrono::seconds(seconds));
      const int status = Get(std::string("/r4/Patient?") + query).status;
      if (status == 200) break;
      EXPECT_EQ(status, 503);
      ++stopped;
    }
    EXPECT_GT(stopped, 2) << query;
    EXPECT_LT(stopped, 900) << query;
  }
}

TEST_F(SearchTimeoutTest, SoIsTheSearchOfAConditionalInteraction) {
  UseTimeout(std::chrono::seconds(1));
  EXPECT_EQ(Remove("/r4/Patient?family=doe").status, 503);
  EXPECT_EQ(Remove("/r4/Patient?family=doe&_count=2").status, 503);
  EXPECT_EQ(Put("/r4/Patient?family=doe", R"({"resourceType":"Patient"})").status, 503);
  EXPECT_EQ(
      Post("/r4/Patient", R"({"resourceType":"Patient"})", {{"If-None-Exist", "family=x"}}).status,
      503);
  EXPECT_EQ(Get("/r4/Patient/p1").status, 200);
}

TEST_F(SearchTimeoutTest, ASearchWithoutALimitIsNot) {
  UseTimeout(std::chrono::seconds(0));
  EXPECT_EQ(Get("/r4/Patient?family=doe").status, 200);
  UseTimeout(std::chrono::seconds(86'400));
  EXPECT_EQ(Get("/r4/Patient?family=doe").status, 200);
}

TEST_F(SearchTimeoutTest, ASearchStopsWhenItsCallerHasGone) {
  UseTimeout(std::chrono::seconds(86'400));
  core::CancelSource gone;
  gone.Request();
  http::Request request = RequestOf({http::Method::kGet, "/r4/Patient", "", {}});
  try {
    service_->Handle(request, "http://local:3447", gone.token());
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kUnavailable);
    EXPECT_THAT(error.message(), Not(HasSubstr("--search-timeout")));
  }
}

}  // namespace
}  // namespace healthlake::rest
