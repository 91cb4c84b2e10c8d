// What queries find, type by type. Sections are those of R4's search.html.
#include <gtest/gtest.h>

#include "datastore/long_text.hpp"
#include "datastore_fixture.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

struct Case {
  std::string_view query;
  std::string_view ids;
};

class SearchTest : public DatastoreTest {
 protected:
  void ExpectAll(std::string_view type, std::initializer_list<Case> cases) {
    for (const Case& one : cases) {
      EXPECT_EQ(Ids(type, one.query), one.ids) << type << "?" << one.query;
    }
  }
  void PutObservation(std::string_view id, std::string_view members) {
    Put(R"({"resourceType":"Observation","id":")" + std::string(id) +
        R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-1"}]})" +
        (members.empty() ? "" : ",") + std::string(members) + "}");
  }
};

// 3.1.1.4.10 token
TEST_F(SearchTest, TokensMatchBySystemAndCode) {
  Put(R"({"resourceType":"Patient","id":"a","identifier":[{"system":"urn:one","value":"X1"}]})");
  Put(R"({"resourceType":"Patient","id":"b","identifier":[{"system":"urn:two","value":"X1"}]})");
  Put(R"({"resourceType":"Patient","id":"c","identifier":[{"value":"X1"},{"system":"urn:one","value":"Y,|$"}]})");
  Put(R"({"resourceType":"Patient","id":"d","gender":"male","active":true})");
  ExpectAll("Patient", {
                           {"identifier=urn:one|X1", "a"},
                           {"identifier=X1", "a b c"},
                           {"identifier=x1", "a b c"},
                           {"identifier=|X1", "c"},
                           {"identifier=urn:one|", "a c"},
                           {"identifier=urn:three|X1", ""},
                           {"identifier=urn:one|X1,urn:two|X1", "a b"},
                           {"identifier=X1&identifier=urn:one|", "a c"},
                           {R"(identifier=urn:one|Y\,\|\$)", "c"},
                           {"identifier:not=X1", "d"},
                           {"identifier:not=urn:one|X1,urn:two|X1", "c d"},
                           {"identifier:missing=true", "d"},
                           {"identifier:missing=false", "a b c"},
                           {"gender=male", "d"},
                           {"gender=http://hl7.org/fhir/administrative-gender|male", "d"},
                           {"gender=|male", "d"},
                           {"active=true", "d"},
                           {"active=false", ""},
                       });
}

// The index keeps the head of a text that is longer than a request can ask for.
TEST_F(SearchTest, VeryLongTextsAreFoundByTheirHead) {
  const std::string head(kLongestIndexedText, 'n');
  const auto named = [](std::string_view id, const std::string& family) {
    return R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","name":[{"family":")" +
           family + R"("}]})";
  };
  Put(named("a", "Smith" + head + "one"));
  Import({named("b", "Smith" + head + "two"), named("c", head), named("d", head + "n")});
  const std::string cut = ("Smith" + head).substr(0, kLongestIndexedText);
  ExpectAll("Patient", {
                           {"family=smith", "a b"},
                           {"family=smithnnnn", "a b"},
                           {"family:contains=mithnn", "a b"},
                           {"family:missing=true", ""},
                           {"family:exact=Smith", ""},
                       });
  EXPECT_EQ(Ids("Patient", "family=" + cut), "a b");
  // Neither what is kept of a longer text nor another text with the same head is the text.
  EXPECT_EQ(Ids("Patient", "family:exact=" + cut), "");
  EXPECT_EQ(Ids("Patient", "family:exact=" + head), "c");
  EXPECT_EQ(Ids("Patient", "family:exact=Smith" + head + "one"), "a");
  EXPECT_EQ(Ids("Patient", "family:exact=Smith" + head + "TWO"), "");
  // An update takes away exactly what was kept.
  Put(named("a", "Jones"));
  EXPECT_EQ(Ids("Patient", "family=smith"), "b");
  Delete("Patient", "b");
  EXPECT_EQ(Ids("Patient", "family=smith"), "");
  EXPECT_EQ(Ids("Patient", "family=jones"), "a");
}

TEST_F(SearchTest, VeryLongSystemsUrisUnitsAndCodesStayApart) {
  const std::string head = "http://x/" + std::string(kLongestIndexedText, 'u');
  const auto system = [&](std::string_view id, const std::string& end) {
    Put(R"({"resourceType":"CodeSystem","id":")" + std::string(id) +
        R"(","status":"active","content":"complete","url":")" + head + end +
        R"(","identifier":[{"system":")" + head + end + R"(","value":"v"}]})");
  };
  system("a", "1");
  system("b", "2");
  EXPECT_EQ(Ids("CodeSystem", "url=" + head + "1"), "a");
  EXPECT_EQ(Ids("CodeSystem", "url=" + head), "");
  EXPECT_EQ(Ids("CodeSystem", "url:below=http://x/"), "a b");
  EXPECT_EQ(Ids("CodeSystem", "identifier=" + head + "2|v"), "b");
  EXPECT_EQ(Ids("CodeSystem", "identifier=" + head + "|v"), "");
  EXPECT_EQ(Ids("CodeSystem", "identifier=v"), "a b");

  PutObservation("o", R"("valueQuantity":{"value":3,"unit":")" + head + R"("})");
  EXPECT_EQ(Ids("Observation", "value-quantity=3"), "o");
  EXPECT_EQ(Ids("Observation", "code-value-quantity=http://loinc.org|1-1$3"), "o");
  Put(R"({"resourceType":"Observation","id":"p","status":"final","code":{"coding":[{"code":")" +
      head + R"("}]},"valueQuantity":{"value":4}})");
  EXPECT_EQ(Ids("Observation", "code=" + head), "p");
  EXPECT_EQ(Ids("Observation", "code-value-quantity=" + head + "$4"), "p");
  EXPECT_EQ(Ids("Observation", "code-value-quantity=" + head + "x$4"), "");
}

// reference 5.3: the guide says that a bare value matches a code or a system.
TEST_F(SearchTest, UnderHealthLakeABareTokenMayBeASystem) {
  Put(R"({"resourceType":"Patient","id":"a","identifier":[{"system":"urn:one","value":"X1"}]})");
  const auto found = [&](fhir::SearchRules rules) {
    return store_->Search(Query("Patient", "identifier=urn:one", rules), {}).entries.size();
  };
  EXPECT_EQ(found(fhir::SearchRules::kHealthLake), 1U);
  EXPECT_EQ(found(fhir::SearchRules::kR4), 0U);
}

// 3.1.1.4.5 string
TEST_F(SearchTest, StringsMatchByTheirBeginningWhateverCaseAndAccents) {
  Put(R"({"resourceType":"Patient","id":"a","name":[{"family":"Ångström","given":["Eve","Ann Mary"]}]})");
  Put(R"({"resourceType":"Patient","id":"b","name":[{"family":"angstrom"}]})");
  Put(R"({"resourceType":"Patient","id":"c","name":[{"text":"Steve"}],"address":[{"city":"Ann Arbor"}]})");
  ExpectAll("Patient", {
                           {"family=angs", "a b"},
                           {"family=%C3%85NG", "a b"},
                           {"family:exact=%C3%85ngstr%C3%B6m", "a"},
                           {"family:exact=angstrom", "b"},
                           {"family:exact=angs", ""},
                           {"given=eve", "a"},
                           {"given=mary", ""},
                           {"given:contains=mary", "a"},
                           {"name=eve", "a"},
                           {"name:contains=EVE", "a c"},
                           {"name=eve,steve", "a c"},
                           {"given=eve&family=ang", "a"},
                           {"given=ann+mary", "a"},
                           {"family:missing=true", "c"},
                           {"address-city=ann", "c"},
                           {"address=ann", "c"},
                       });
}

// 3.1.1.4.4 date: a day, an instant, a period with and without its ends.
TEST_F(SearchTest, DatesAreIntervals) {
  PutObservation("day", R"("effectiveDateTime":"2020-05-10")");
  PutObservation("noon", R"("effectiveDateTime":"2020-05-10T12:00:00Z")");
  PutObservation("year", R"("effectiveDateTime":"2020")");
  PutObservation("week", R"("effectivePeriod":{"start":"2020-05-08","end":"2020-05-14"})");
  PutObservation("since", R"("effectivePeriod":{"start":"2019-01-01"})");
  PutObservation("until", R"("effectivePeriod":{"end":"2020-05-10"})");
  PutObservation("decade", R"("effectivePeriod":{"start":"2010","end":"2019"})");
  PutObservation("none", "");
  ExpectAll("Observation", {
                               {"date=2020-05-10", "day noon"},
                               {"date=2020-05", "day noon week"},
                               {"date=2020", "day noon week year"},
                               {"date=2020-05-10T12:00:00Z", "noon"},
                               {"date=2020-05-10T14:00:00+02:00", "noon"},
                               {"date=2020-05-10T14:00:00%2B02:00", "noon"},
                               {"date=ne2020-05-10", "decade since until week year"},
                               {"date=gt2020-05-10", "since week year"},
                               {"date=gt2020-05-09", "day noon since until week year"},
                               {"date=ge2020-05-10", "day noon since week year"},
                               {"date=lt2020-05-10", "decade since until week year"},
                               {"date=le2020-05-10", "day decade noon since until week year"},
                               {"date=sa2020-05-09", "day noon"},
                               {"date=eb2020-05-11", "day decade noon until"},
                               {"date=gt2030", "since"},
                               {"date=gt2018", "day decade noon since until week year"},
                               {"date=lt2010", "until"},
                               {"date=ge2020-05-10&date=le2020-05-10", "day noon since week year"},
                               {"date:missing=true", "none"},
                           });
}

TEST_F(SearchTest, ApproximateDatesReachATenthOfTheirDistance) {
  PutObservation("near", R"("effectiveDateTime":"2016-01-01")");
  PutObservation("far", R"("effectiveDateTime":"2014-01-01")");
  PutObservation("long", R"("effectivePeriod":{"start":"2000","end":"2015-06"})");
  EXPECT_EQ(Ids("Observation", "date=ap2016-06-01"), "long near");
}

// 3.1.1.4.3 number and 3.1.1.4.11 quantity: the digits given say how exact the match is.
TEST_F(SearchTest, QuantitiesMatchToTheirPrecision) {
  const auto quantity = [](std::string_view value, std::string_view unit) {
    return R"("valueQuantity":{"value":)" + std::string(value) + "," + std::string(unit) + "}";
  };
  const std::string ucum = R"("system":"http://unitsofmeasure.org","code":"mg","unit":"milligram")";
  PutObservation("low", quantity("5.34", ucum));
  PutObservation("same", quantity("5.40", ucum));
  PutObservation("high", quantity("5.45", ucum));
  PutObservation("hundred", quantity("100", R"("unit":"mg")"));
  PutObservation("negative", quantity("-5.4", ucum));
  PutObservation("bare", quantity("5.4", R"("unit":"g")"));
  PutObservation("tiny", quantity("0.0001", ucum));
  ExpectAll("Observation", {
                               {"value-quantity=5.4", "bare same"},
                               {"value-quantity=5.4|http://unitsofmeasure.org|mg", "same"},
                               {"value-quantity=5.4||mg", "same"},
                               {"value-quantity=5.4||milligram", "same"},
                               {"value-quantity=5.4||g", "bare"},
                               {"value-quantity=5.4|http://other|mg", ""},
                               {"value-quantity=5", "bare high low same"},
                               {"value-quantity=5.40", "bare same"},
                               {"value-quantity=1e2", "hundred"},
                               {"value-quantity=100||mg", "hundred"},
                               {"value-quantity=gt5.4", "high hundred"},
                               {"value-quantity=ge5.4", "bare high hundred same"},
                               {"value-quantity=lt5.4", "low negative tiny"},
                               {"value-quantity=le5.4", "bare low negative same tiny"},
                               {"value-quantity=sa5.4", "high hundred"},
                               {"value-quantity=eb5.4", "low negative tiny"},
                               {"value-quantity=ne5.4", "high hundred low negative tiny"},
                               {"value-quantity=ap5", "bare high low same"},
                               {"value-quantity=-5.4", "negative"},
                               {"value-quantity=lt0", "negative"},
                               {"value-quantity=1e-4", "tiny"},
                               {"value-quantity=gt5.4,lt0", "high hundred negative"},
                               {"value-quantity:missing=true", ""},
                           });
}

TEST_F(SearchTest, NumbersMatchToTheirPrecision) {
  const auto put = [&](std::string_view id, std::string_view probability) {
    Put(R"({"resourceType":"RiskAssessment","id":")" + std::string(id) +
        R"(","status":"final","subject":{"reference":"Patient/p"},"prediction":[{)" +
        std::string(probability) + "}]}");
  };
  put("a", R"("probabilityDecimal":0.8)");
  put("b", R"("probabilityDecimal":0.85)");
  put("c", R"("probabilityRange":{
      "low":{"value":0.2,"system":"http://unitsofmeasure.org","code":"%"},
      "high":{"value":0.82,"system":"http://unitsofmeasure.org","code":"%"}})");
  ExpectAll("RiskAssessment", {
                                  {"probability=0.8", "a"},
                                  {"probability=0.85", "b"},
                                  {"probability=gt0.8", "b c"},
                                  {"probability=ge0.8", "a b c"},
                                  {"probability=lt0.8", "c"},
                                  {"probability=ne0.8", "b c"},
                                  {"probability=sa0.8", "b"},
                                  {"probability=eb0.9", "a b c"},
                                  {"probability:missing=false", "a b c"},
                              });
}

// 3.1.1.4.12 reference
TEST_F(SearchTest, ReferencesMatchByIdTypeAndUrl) {
  const auto subject = [](std::string_view reference) {
    return R"("subject":{"reference":")" + std::string(reference) + "\"}";
  };
  PutObservation("a", subject("Patient/1"));
  PutObservation("b", subject("Group/1"));
  PutObservation("c", subject("http://elsewhere.org/fhir/Patient/1"));
  PutObservation("d", subject("https://h:1/datastore/" + std::string(kTestDatastore) +
                              "/r4/Patient/1/_history/3"));
  PutObservation("e", R"("subject":{"identifier":{"system":"urn:mrn","value":"77"}})");
  PutObservation("f", R"("subject":{"display":"nobody"})");
  ExpectAll(
      "Observation",
      {
          {"subject=Patient/1", "a d"},
          {"subject=1", "a b d"},
          {"subject=Patient/1,Group/1", "a b d"},
          {"subject:Patient=1", "a d"},
          {"subject:Group=1", "b"},
          {"subject=http://elsewhere.org/fhir/Patient/1", "c"},
          {"subject=http://any/datastore/0123456789abcdef0123456789abcdef/r4/Patient/1", "a d"},
          {"patient=Patient/1", "a d"},
          {"patient=1", "a d"},
          {"subject:identifier=urn:mrn|77", "e"},
          {"subject:identifier=77", "e"},
          {"subject:missing=false", "a b c d e"},
      });
}

// 3.1.1.4.13 uri: exact, or by path with :below.
TEST_F(SearchTest, UrisMatchWholeOrBelow) {
  const auto put = [&](std::string_view id, std::string_view url) {
    Put(R"({"resourceType":"ValueSet","id":")" + std::string(id) +
        R"(","status":"active","url":")" + std::string(url) + "\"}");
  };
  put("a", "http://acme.org/fhir/ValueSet/123");
  put("b", "http://acme.org/fhir/ValueSet/456");
  put("c", "urn:oid:1.2.3");
  ExpectAll("ValueSet", {
                            {"url=http://acme.org/fhir/ValueSet/123", "a"},
                            {"url=http://acme.org/fhir/ValueSet/", ""},
                            {"url:below=http://acme.org/fhir/", "a b"},
                            {"url:above=http://acme.org/fhir/ValueSet/123/x", "a"},
                            {"url=urn:oid:1.2.3", "c"},
                            {"url=urn:oid:1.2.4", ""},
                        });
}

// 3.1.1.4.14 composite
TEST_F(SearchTest, CompositesTakeTheirPartsFromOneElement) {
  const auto component = [](std::string_view code, std::string_view value) {
    return R"({"code":{"coding":[{"system":"http://loinc.org","code":")" + std::string(code) +
           R"("}]},"valueQuantity":{"value":)" + std::string(value) +
           R"(,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}})";
  };
  PutObservation("a", "\"component\":[" + component("s", "120") + "," + component("d", "80") + "]");
  PutObservation("b", "\"component\":[" + component("s", "80") + "," + component("d", "120") + "]");
  PutObservation("c", R"("valueString":"Blood Group A")");
  PutObservation("d", R"("valueDateTime":"2020-05-10")");
  PutObservation("e", R"("valueCodeableConcept":{"coding":[{"system":"urn:v","code":"Yes"}]})");
  ExpectAll("Observation",
            {
                {"component-code-value-quantity=http://loinc.org|s$120", "a"},
                {"component-code-value-quantity=s$120", "a"},
                {"component-code-value-quantity=S$gt100", "a"},
                {"component-code-value-quantity=d$gt100||mm[Hg]", "b"},
                {"component-code-value-quantity=d$gt100|http://unitsofmeasure.org|mm[Hg]", "b"},
                {"component-code-value-quantity=d$gt100|http://unitsofmeasure.org|kPa", ""},
                {"component-code-value-quantity=|s$120", ""},
                {"component-code-value-quantity=http://loinc.org|$120", "a b"},
                {"component-code-value-quantity=s$lt100,d$lt100", "a b"},
                {"combo-code-value-quantity=s$120", "a"},
                {"code-value-string=1-1$blood", "c"},
                {"code-value-string=2-2$blood", ""},
                {"code-value-date=http://loinc.org|1-1$2020-05", "d"},
                {"code-value-date=1-1$gt2020-06", ""},
                {"code-value-concept=1-1$yes", "e"},
                {"code-value-concept=1-1$urn:v|Yes", "e"},
                {"code-value-concept=1-1$urn:v|", "e"},
                {"code-value-concept=1-1$urn:w|Yes", ""},
                {"code-value-concept=1-1$|Yes", ""},
            });
}

TEST_F(SearchTest, EveryTypeHasIdAndLastUpdated) {
  Put(R"({"resourceType":"Patient","id":"a","meta":{"tag":[{"system":"urn:t","code":"x"}],)"
      R"("profile":["http://p|1.0"]}})");
  clock_.Advance(std::chrono::hours(48));
  Put(R"({"resourceType":"Patient","id":"b"})");
  Put(R"({"resourceType":"Group","id":"a","type":"person","actual":true})");
  ExpectAll("Patient", {
                           {"_id=a", "a"},
                           {"_id=a,b,c", "a b"},
                           {"_id=A", ""},
                           {"_id=a&_id=b", ""},
                           {"_id:not=a", "b"},
                           {"_id:missing=false", "a b"},
                           {"_id:missing=true", ""},
                           {"_lastUpdated=2026-01-02", "a"},
                           {"_lastUpdated=gt2026-01-03", "b"},
                           {"_lastUpdated=2026-01-02T03:04:05.678Z", "a"},
                           {"createdAt=ge2026-01-03", "b"},
                           {"_tag=urn:t|x", "a"},
                           {"_profile=http://p", "a"},
                           {"_profile=http://p|1.0", "a"},
                           {"_profile=http://p|2.0", ""},
                       });
}

TEST_F(SearchTest, ValuesGoWithTheVersionThatHadThem) {
  PutObservation("a",
                 R"("effectivePeriod":{"start":"2010","end":"2019"},"valueQuantity":{"value":1})");
  PutObservation("a", R"("effectivePeriod":{"start":"2010"},"valueString":"x")");
  ExpectAll("Observation", {
                               {"date=gt2025", "a"},
                               {"value-quantity=1", ""},
                               {"combo-value-quantity=1", ""},
                               {"code-value-quantity=1-1$1", ""},
                               {"code-value-string=1-1$x", "a"},
                           });
  PutObservation("a", "");
  ExpectAll("Observation", {{"date=gt2025", ""}, {"date:missing=false", ""}});
}

TEST_F(SearchTest, PagesNeitherRepeatNorLoseWhatStaysWhileOthersWrite) {
  std::vector<std::string> lines;
  for (int i = 0; i < 95; ++i) {
    lines.push_back(R"({"resourceType":"Patient","id":"p)" + std::to_string(i) +
                    R"(","gender":"male"})");
  }
  Import(lines);
  fhir::SearchQuery query = Query("Patient", "gender=male&_count=10");
  std::vector<std::string> seen;
  for (int page_number = 0;; ++page_number) {
    const SearchPage page = store_->Search(query, {});
    for (const SearchEntry& match : page.entries) seen.push_back(match.id);
    if (!page.next) break;
    query.page = *page.next;
    EXPECT_NE(query.page.find('='), std::string::npos);
    // Changes behind and before the place of the page.
    Put(R"({"resourceType":"Patient","id":"p3","gender":"male","active":true})");
    Put(R"({"resourceType":"Patient","id":"p90","gender":"male","active":true})");
    Put(R"({"resourceType":"Patient","id":"n)" + std::to_string(page_number) +
        R"(","gender":"female"})");
  }
  std::vector<std::string> expected;
  for (int i = 0; i < 95; ++i) expected.push_back("p" + std::to_string(i));
  EXPECT_EQ(seen, expected);
}

TEST_F(SearchTest, ATokenBelongsToItsQuery) {
  for (const char* id : {"a", "b", "c"}) {
    Put(std::string(R"({"resourceType":"Patient","id":")") + id + "\"}");
  }
  fhir::SearchQuery query = Query("Patient", "_count=1");
  const SearchPage page = store_->Search(query, {});
  ASSERT_TRUE(page.next);
  const auto refused = [&](std::string_view text, std::string_view token) {
    fhir::SearchQuery other = Query("Patient", text);
    other.page = token;
    return support::ErrorKindOf([&] { store_->Search(other, {}); });
  };
  EXPECT_EQ(refused("_count=2", *page.next), std::nullopt);
  EXPECT_EQ(refused("gender=male&_count=1", *page.next), core::ErrorKind::kInvalid);
  EXPECT_EQ(refused("_count=1", "garbage"), core::ErrorKind::kInvalid);
  EXPECT_EQ(refused("_count=1", "AAAA"), core::ErrorKind::kInvalid);
  EXPECT_EQ(refused("_count=1", page.next->substr(4)), core::ErrorKind::kInvalid);
}

TEST_F(SearchTest, ACancelledSearchStops) {
  Put(R"({"resourceType":"Patient","id":"a"})");
  core::CancelSource source;
  source.Request();
  EXPECT_EQ(support::ErrorKindOf([&] { store_->Search(Query("Patient", ""), source.token()); }),
            core::ErrorKind::kUnavailable);
}

TEST_F(SearchTest, EndsAPageThatHasReachedItsBytes) {
  OpenOptions options;
  options.page_bytes = 1;
  Open(options);
  for (const char* id : {"a", "b", "c"}) {
    Put(R"({"resourceType":"Patient","id":")" + std::string(id) + "\"}");
  }
  fhir::SearchQuery query = Query("Patient", "");
  std::string found;
  for (bool more = true; more;) {
    const SearchPage page = store_->Search(query, {});
    ASSERT_EQ(page.entries.size(), 1U);
    found += page.entries.front().id;
    more = page.next.has_value();
    query.page = page.next.value_or("");
  }
  EXPECT_EQ(found, "abc");
}

}  // namespace
}  // namespace healthlake::datastore
