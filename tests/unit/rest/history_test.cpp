// http.html#history; reference 4.11.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "unit/rest/rest_fixture.hpp"

namespace healthlake::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

class HistoryTest : public RestTest, public ::testing::WithParamInterface<fhir::SearchRules> {
 protected:
  HistoryTest() { UseRules(GetParam()); }

  // p1 at the start, p2 an hour later, p1 again, gone, and back, an hour each.
  void Fill() {
    Put("/r4/Patient/p1", Patient("p1", "First"));
    Wait();
    Put("/r4/Patient/p2", Patient("p2", "Other"));
    Wait();
    Put("/r4/Patient/p1", Patient("p1", "Second"));
    Wait();
    Remove("/r4/Patient/p1");
    Wait();
    Put("/r4/Patient/p1", Patient("p1", "Third"));
  }
  void Wait() { clock_.Advance(std::chrono::hours{1}); }

  Json Load(const std::string& target, std::vector<http::Header> headers = {}) {
    const http::Response response = Get(target, std::move(headers));
    EXPECT_EQ(response.status, 200) << target << ' ' << response.body;
    return Json::parse(response.body);
  }

  // "p1/4" for each entry.
  static std::vector<std::string> Versions(const Json& bundle) {
    std::vector<std::string> versions;
    for (const Json& entry : bundle.value("entry", Json::array())) {
      const std::string url = entry["fullUrl"];
      const std::string tag = entry["response"]["etag"];
      versions.push_back(url.substr(url.rfind('/') + 1) + '/' + tag.substr(3, tag.size() - 4));
    }
    return versions;
  }

  static std::string Next(const Json& bundle) {
    for (const Json& link : bundle["link"]) {
      const std::string url = link["url"];
      if (link["relation"] == "next") return url.substr(url.find("/r4/"));
    }
    return {};
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, HistoryTest,
                         ::testing::Values(fhir::SearchRules::kHealthLake, fhir::SearchRules::kR4));

TEST_P(HistoryTest, TellsTheVersionsOfAResourceNewestFirst) {
  Fill();
  const Json bundle = Load("/r4/Patient/p1/_history");
  EXPECT_EQ(bundle["type"], "history");
  EXPECT_EQ(bundle["total"], 4);
  EXPECT_THAT(Versions(bundle), ElementsAre("p1/4", "p1/3", "p1/2", "p1/1"));
  const Json& revived = bundle["entry"][0];
  EXPECT_EQ(revived["fullUrl"], std::string(kBase) + "/Patient/p1");
  EXPECT_EQ(revived["resource"]["name"][0]["family"], "Third");
  EXPECT_EQ(revived["request"], Json::parse(R"({"method":"PUT","url":"Patient/p1"})"));
  EXPECT_EQ(revived["response"]["status"], "201");
  EXPECT_EQ(revived["response"]["lastModified"], "2026-01-02T07:04:05.678Z");
  const Json& deleted = bundle["entry"][1];
  EXPECT_FALSE(deleted.contains("resource"));
  EXPECT_EQ(deleted["request"]["method"], "DELETE");
  EXPECT_EQ(deleted["response"]["status"], "204");
  EXPECT_EQ(bundle["entry"][2]["response"]["status"], "200");
  EXPECT_EQ(bundle["entry"][3]["response"]["status"], "201");
}

TEST_P(HistoryTest, NamesTheTypeThatAResourceWasPostedTo) {
  const Json made = Json::parse(Post("/r4/Patient", Patient("x")).body);
  const Json bundle = Load("/r4/Patient/" + made["id"].get<std::string>() + "/_history");
  EXPECT_EQ(bundle["entry"][0]["request"], Json::parse(R"({"method":"POST","url":"Patient"})"));
  EXPECT_EQ(bundle["entry"][0]["response"]["status"], "201");
}

TEST_P(HistoryTest, TellsOfATypeAndOfAll) {
  Fill();
  Put("/r4/Group/g1", R"({"resourceType":"Group","id":"g1","type":"person","actual":true})");
  EXPECT_THAT(Versions(Load("/r4/Patient/_history")),
              ElementsAre("p1/4", "p1/3", "p1/2", "p2/1", "p1/1"));
  EXPECT_THAT(Versions(Load("/r4/_history")),
              ElementsAre("g1/1", "p1/4", "p1/3", "p1/2", "p2/1", "p1/1"));
  EXPECT_THAT(Versions(Load("/r4/Encounter/_history")), IsEmpty());
}

TEST_P(HistoryTest, GoesOnPageByPage) {
  Fill();
  for (const std::string base :
       {"/r4/Patient/p1/_history", "/r4/Patient/_history", "/r4/_history"}) {
    const std::vector<std::string> whole = Versions(Load(base));
    std::vector<std::string> paged;
    std::string target = base + "?_count=2&_since=2026-01-02";
    for (int pages = 0; !target.empty() && pages < 9; ++pages) {
      const Json bundle = Load(target);
      EXPECT_EQ(bundle["link"][0]["relation"], "self");
      const std::vector<std::string> versions = Versions(bundle);
      paged.insert(paged.end(), versions.begin(), versions.end());
      target = Next(bundle);
      if (target.empty()) continue;
      EXPECT_THAT(versions, SizeIs(2)) << base;
      EXPECT_THAT(target, HasSubstr("_since=2026-01-02&_count=2&page=")) << base;
    }
    EXPECT_EQ(paged, whole) << base;
  }
}

TEST_P(HistoryTest, BeginsWhereSinceSays) {
  Fill();
  const std::string p1 = "/r4/Patient/p1/_history?_since=";
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T06:04:05.678Z")), ElementsAre("p1/4", "p1/3"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T06:04:05.679Z")), ElementsAre("p1/4"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T08:04:05.678%2B02:00")), ElementsAre("p1/4", "p1/3"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T08:04:05.678+02:00")), ElementsAre("p1/4", "p1/3"));
  EXPECT_THAT(Versions(Load(p1 + "2027")), IsEmpty());
  EXPECT_THAT(Versions(Load("/r4/Patient/_history?_since=2026-01-02T05:00:00Z")),
              ElementsAre("p1/4", "p1/3", "p1/2"));
}

TEST_P(HistoryTest, TellsWhatWasCurrentAt) {
  Fill();
  const std::string p1 = "/r4/Patient/p1/_history?_at=";
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T05:30:00Z")), ElementsAre("p1/2"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T04:00Z")), ElementsAre("p1/1"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02T05:04Z")), ElementsAre("p1/2", "p1/1"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-02")), ElementsAre("p1/4", "p1/3", "p1/2", "p1/1"));
  EXPECT_THAT(Versions(Load(p1 + "2026-01-01")), IsEmpty());
  EXPECT_THAT(Versions(Load(p1 + "2026-02")), ElementsAre("p1/4"));
  EXPECT_THAT(Versions(Load(p1 + "ge2026-01-02T06:30:00Z")), ElementsAre("p1/4", "p1/3"));
  EXPECT_THAT(Versions(Load(p1 + "lt2026-01-02T04:00:00Z")), ElementsAre("p1/1"));
  EXPECT_THAT(Versions(Load(p1 + "ge2026-01-02T05:30:00Z&_at=le2026-01-02T06:30:00Z")),
              ElementsAre("p1/3", "p1/2"));
  EXPECT_THAT(Versions(Load("/r4/_history?_at=2026-01-02T04:30:00Z")), ElementsAre("p2/1", "p1/1"));
}

TEST_P(HistoryTest, KnowsWhatNeverWasAndWhatIsNoMore) {
  EXPECT_EQ(Get("/r4/Patient/never/_history").status, 404);
  Put("/r4/Patient/p1", Patient("p1"));
  Remove("/r4/Patient/p1");
  EXPECT_THAT(Versions(Load("/r4/Patient/p1/_history")), ElementsAre("p1/2", "p1/1"));
  EXPECT_EQ(Get("/r4/Patient/p1/_history/2").status, 410);
  EXPECT_EQ(Get("/r4/Patient/p1/_history/1").status, 200);
  EXPECT_EQ(Get("/r4/Patient/p1/_history/3").status, 404);
}

TEST_P(HistoryTest, RefusesParametersThatAreNone) {
  Fill();
  for (const char* query :
       {"_since=yesterday", "_since=", "_since=2026-13-01", "_at=never", "_at=ne2026-01-01",
        "_since=2026&_since=2027", "_at=ge2027&_at=lt2026", "_count=x", "_count=-1",
        "page=", "page=nonsense", "family=Doe", "_sort=family", "%zz=1"}) {
    EXPECT_EQ(Get("/r4/Patient/_history?" + std::string(query)).status, 400) << query;
    EXPECT_EQ(Get("/r4/Patient/p1/_history?" + std::string(query)).status, 400) << query;
  }
  EXPECT_EQ(Get("/r4/_history?_format=xml").status, 406);
  EXPECT_THAT(Load("/r4/_history?family=Doe", {{"Prefer", "handling=lenient"}})["entry"],
              SizeIs(5));
  const std::string next = Next(Load("/r4/Patient/_history?_count=2"));
  const std::string page = next.substr(next.find("page="));
  EXPECT_EQ(Get("/r4/Patient/p1/_history?" + page).status, 400);
}

TEST_P(HistoryTest, HoldsToTheCountsOfItsRules) {
  Fill();
  const bool healthlake = GetParam() == fhir::SearchRules::kHealthLake;
  for (const char* count : {"0", "101", "99999999999999999999"}) {
    EXPECT_EQ(Get("/r4/_history?_count=" + std::string(count)).status, healthlake ? 400 : 200)
        << count;
  }
  EXPECT_EQ(Get("/r4/_history?_count=100").status, 200);
}

TEST_P(HistoryTest, HoldsToTheRulesOfTypes) {
  const bool healthlake = GetParam() == fhir::SearchRules::kHealthLake;
  for (const char* type : {"Parameters", "OperationOutcome", "Basic"}) {
    const std::string base = "/r4/" + std::string(type);
    EXPECT_EQ(Get(base + "/_history").status, healthlake ? 400 : 200) << type;
    EXPECT_EQ(Get(base + "/x/_history").status, healthlake ? 400 : 404) << type;
  }
}

}  // namespace
}  // namespace healthlake::rest
