// Searches with _sort: what counts as a resource's key, and that every way of finding a page gives
// the same order (search.html, sorting).
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>

#include "datastore/long_text.hpp"
#include "result_fixture.hpp"

namespace healthlake::datastore {
namespace {

constexpr SortWay kAllWays[] = {SortWay::kCheapest, SortWay::kWalkChecking, SortWay::kWalkMembers,
                                SortWay::kCollect};

class SortTest : public ResultTest {
 protected:
  void PutPatient(std::string_view id, std::string_view members) {
    Put(R"({"resourceType":"Patient","id":")" + std::string(id) + R"(")" +
        (members.empty() ? "" : ",") + std::string(members) + "}");
  }
  void PutObservation(std::string_view id, std::string_view members) {
    Put(R"({"resourceType":"Observation","id":")" + std::string(id) +
        R"(","status":"final","code":{"text":"c"})" + (members.empty() ? "" : ",") +
        std::string(members) + "}");
  }
  void OpenIn(SortWay way) {
    OpenOptions options;
    options.sort_way = way;
    Open(options);
  }
  // In every way, by pages of every size.
  void ExpectSorted(std::string_view type, std::string_view query, std::string_view ids) {
    for (const SortWay way : kAllWays) {
      OpenIn(way);
      for (const std::size_t size : {1U, 2U, 3U, 1000U}) {
        EXPECT_EQ(Sorted(type, query, size), ids)
            << type << "?" << query << " by " << size << " in way " << static_cast<int>(way);
      }
    }
  }
};

TEST_F(SortTest, StringsCompareNormalisedAndByTheValueThatComesFirst) {
  PutPatient("ring", R"("name":[{"family":"Ångström"}])");
  PutPatient("b", R"("name":[{"family":"bell"},{"family":"ZORN"}])");
  PutPatient("none", "");
  PutPatient("z", R"("name":[{"family":"Zorn"},{"family":"Ýule"}])");
  PutPatient("a", R"("name":[{"family":"ANDERS"}])");
  ExpectSorted("Patient", "_sort=family", "a ring b z none");
  ExpectSorted("Patient", "_sort=-family", "b z ring a none");
}

TEST_F(SortTest, DatesCompareByTheirBeginning) {
  PutPatient("year", R"("birthDate":"1980")");
  PutPatient("day", R"("birthDate":"1980-01-01")");
  PutPatient("before", R"("birthDate":"1979-12-31")");
  PutPatient("none", "");
  PutPatient("month", R"("birthDate":"1980-02")");
  ExpectSorted("Patient", "_sort=birthdate", "before year day month none");
  ExpectSorted("Patient", "_sort=-birthdate", "month year day before none");
}

TEST_F(SortTest, PeriodsCompareByTheirBeginningAndOpenOnesComeFirst) {
  PutObservation("long", R"("effectivePeriod":{"start":"2020-01-01","end":"2022-01-01"})");
  PutObservation("open", R"("effectivePeriod":{"end":"2019-01-01"})");
  PutObservation("point", R"("effectiveDateTime":"2020-01-01T00:00:00Z")");
  PutObservation("zone", R"("effectiveDateTime":"2020-01-01T00:00:00+02:00")");
  ExpectSorted("Observation", "_sort=date", "open zone long point");
  ExpectSorted("Observation", "_sort=-date", "long point zone open");
}

TEST_F(SortTest, QuantitiesCompareByValueWhateverTheUnit) {
  PutObservation("kg", R"("valueQuantity":{"value":70,"unit":"kg"})");
  PutObservation("g", R"("valueQuantity":{"value":70000,"unit":"g"})");
  PutObservation("minus", R"("valueQuantity":{"value":-1.5})");
  PutObservation("same", R"("valueQuantity":{"value":70.0,"unit":"lb"})");
  PutObservation("none", R"("valueString":"70")");
  ExpectSorted("Observation", "_sort=value-quantity", "minus kg same g none");
  ExpectSorted("Observation", "_sort=-value-quantity", "g kg same minus none");
}

TEST_F(SortTest, NumbersWithTwoEndsCompareByTheLowerOne) {
  const auto put = [&](std::string_view id, std::string_view predictions) {
    Put(R"({"resourceType":"RiskAssessment","id":")" + std::string(id) +
        R"(","status":"final","subject":{"reference":"Patient/1"},"prediction":[)" +
        std::string(predictions) + "]}");
  };
  put("half", R"({"probabilityDecimal":0.5})");
  put("range",
      R"({"probabilityRange":{"low":{"value":20,"unit":"%","system":"http://unitsofmeasure.org",)"
      R"("code":"%"},"high":{"value":90,"unit":"%","system":"http://unitsofmeasure.org",)"
      R"("code":"%"}}})");
  put("two", R"({"probabilityDecimal":0.1},{"probabilityDecimal":0.7})");
  put("none", R"({"rationale":"because"})");
  ExpectSorted("RiskAssessment", "_sort=probability", "two half range none");
  ExpectSorted("RiskAssessment", "_sort=-probability", "range two half none");
}

TEST_F(SortTest, TokensCompareByCodeAndThenBySystem) {
  PutPatient("b2", R"("identifier":[{"system":"urn:2","value":"B"}])");
  PutPatient("b1", R"("identifier":[{"system":"urn:1","value":"b"}])");
  PutPatient("none", "");
  PutPatient("b0", R"("identifier":[{"value":"b"}])");
  PutPatient("ac", R"("identifier":[{"value":"c"},{"value":"a"}])");
  ExpectSorted("Patient", "_sort=identifier", "ac b0 b1 b2 none");
  ExpectSorted("Patient", "_sort=-identifier", "ac b2 b1 b0 none");
}

TEST_F(SortTest, ReferencesAndUrisCompareByTheirText) {
  PutPatient("o2", R"("managingOrganization":{"reference":"Organization/2"})");
  PutPatient("none", "");
  PutPatient("o10", R"("managingOrganization":{"reference":"Organization/10"})");
  ExpectSorted("Patient", "_sort=organization", "o10 o2 none");
  ExpectSorted("Patient", "_sort=-organization", "o2 o10 none");
  Put(R"({"resourceType":"ValueSet","id":"y","status":"draft","url":"http://y.org/a"})");
  Put(R"({"resourceType":"ValueSet","id":"x","status":"draft","url":"http://x.org/b"})");
  ExpectSorted("ValueSet", "_sort=url", "x y");
  ExpectSorted("ValueSet", "_sort=-url", "y x");
}

TEST_F(SortTest, IdsAndTimesOfTheServer) {
  for (const char* id : {"b", "c", "a"}) {
    PutPatient(id, "");
    clock_.Advance(std::chrono::seconds(1));
  }
  PutPatient("c", R"("active":true)");
  ExpectSorted("Patient", "_sort=_id", "a b c");
  ExpectSorted("Patient", "_sort=-_id", "c b a");
  ExpectSorted("Patient", "_sort=_lastUpdated", "b a c");
  ExpectSorted("Patient", "_sort=-_lastUpdated", "c a b");
  ExpectSorted("Patient", "_sort=createdAt", "b c a");
  ExpectSorted("Patient", "_sort=-createdAt", "a c b");
}

TEST_F(SortTest, TiesGoByTheNextRuleAndThenByFirstStoring) {
  PutPatient("3", R"("gender":"male","birthDate":"1980-01-01")");
  PutPatient("1", R"("gender":"female","birthDate":"1980-01-01")");
  PutPatient("2", R"("gender":"male","birthDate":"1980-01-01")");
  PutPatient("4", R"("gender":"male")");
  PutPatient("0", R"("gender":"female")");
  ExpectSorted("Patient", "_sort=birthdate", "3 1 2 4 0");
  ExpectSorted("Patient", "_sort=-birthdate", "3 1 2 4 0");
  ExpectSorted("Patient", "_sort=birthdate,gender", "1 3 2 0 4");
  ExpectSorted("Patient", "_sort=birthdate,-gender", "3 2 1 4 0");
  ExpectSorted("Patient", "_sort=birthdate,-gender,_id", "2 3 1 4 0");
  ExpectSorted("Patient", "_sort=gender,birthdate,-_id", "1 0 3 2 4");
}

TEST_F(SortTest, VeryLongStringsKeepTheirOrder) {
  const std::string head(kLongestIndexedText, 'n');
  PutPatient("short", R"("name":[{"family":"m"}])");
  PutPatient("long", R"("name":[{"family":")" + head + R"(b"}])");
  PutPatient("o", R"("name":[{"family":"o"}])");
  ExpectSorted("Patient", "_sort=family", "short long o");
  ExpectSorted("Patient", "_sort=-family", "o long short");
}

TEST_F(SortTest, OnlyMembersAreSorted) {
  for (int i = 0; i < 20; ++i) {
    PutPatient("p" + std::to_string(i),
               std::string(R"("gender":")") + (i % 5 == 0 ? "male" : "female") +
                   R"(","birthDate":"19)" + std::to_string(90 - i) + R"(")");
  }
  ExpectSorted("Patient", "gender=male&_sort=birthdate", "p15 p10 p5 p0");
  ExpectSorted("Patient", "gender:not=female&_sort=-birthdate", "p0 p5 p10 p15");
  ExpectSorted("Patient", "gender=unknown&_sort=birthdate", "");
}

TEST_F(SortTest, SeveralTypesAreSortedTogether) {
  PutPatient("p", "");
  clock_.Advance(std::chrono::seconds(1));
  PutObservation("o", "");
  clock_.Advance(std::chrono::seconds(1));
  PutPatient("q", "");
  fhir::SearchLimits limits;
  limits.rules = fhir::SearchRules::kR4;
  for (const auto& [text, ids] : std::map<std::string, std::string>{
           {"_type=Patient,Observation&_sort=-_lastUpdated", "q o p"},
           {"_type=Patient,Observation&_sort=_id", "o p q"},
           {"_type=Patient,Observation", "p o q"}}) {
    fhir::SearchQuery query = fhir::ParseSystemQuery(text, limits);
    query.count = 2;
    EXPECT_EQ(Joined(Forwards(query)), ids) << text;
    EXPECT_EQ(Joined(Backwards(query)), ids) << text;
  }
}

// The walk begins where the criterion does.
TEST_F(SortTest, WhatIsAskedOfTheSortedParameterNarrowsTheWalk) {
  for (int year = 10; year < 40; ++year) {
    PutObservation("y" + std::to_string(year),
                   R"("effectiveDateTime":"20)" + std::to_string(year) + R"(-05-01")");
  }
  PutObservation("none", "");
  ExpectSorted("Observation", "date=ge2012&date=lt2016&_sort=date", "y12 y13 y14 y15");
  ExpectSorted("Observation", "date=ge2012&date=lt2016&_sort=-date", "y15 y14 y13 y12");
  ExpectSorted("Observation", "date=2030,2012&_sort=-date", "y30 y12");
  ExpectSorted("Observation", "date=lt2012&_sort=date,_id", "y10 y11");
  ExpectSorted("Observation", "date=ge2041&_sort=date", "");
  // Long periods match though they began before.
  PutObservation("long", R"("effectivePeriod":{"start":"2005-01-01","end":"2050-01-01"})");
  PutObservation("open", R"("effectivePeriod":{"start":"2011-01-01"})");
  ExpectSorted("Observation", "date=gt2037&_sort=date", "long open y38 y39");
  ExpectSorted("Observation", "date=gt2037&_sort=-date", "y39 y38 open long");
  ExpectSorted("Observation", "date=gt2037&date=lt2039&_sort=-date", "y38 open long");
}

// What comes first need not be what satisfies the criterion.
TEST_F(SortTest, AskingForOneOfSeveralValuesNarrowsNothing) {
  PutObservation("two", R"("component":[{"code":{"text":"a"},"valueQuantity":{"value":1}},)"
                        R"({"code":{"text":"b"},"valueQuantity":{"value":50}}])");
  PutObservation("one", R"("component":[{"code":{"text":"a"},"valueQuantity":{"value":20}}])");
  PutObservation("none", "");
  ExpectSorted("Observation", "component-value-quantity=gt10&_sort=component-value-quantity",
               "two one");
  ExpectSorted("Observation", "component-value-quantity=lt40&_sort=-component-value-quantity",
               "two one");
}

// --- Against a naive sort ------------------------------------------------------------------------

struct Model {
  std::string id;
  std::map<std::string, std::set<std::string>> values;  // by parameter; they sort as text
};

class RandomSorts : public SortTest {
 protected:
  std::string Pick(int count) { return std::to_string(random_() % static_cast<unsigned>(count)); }

  Model MakePatient(int number, std::string& json) {
    Model model{"p" + std::to_string(number), {}};
    json = R"({"resourceType":"Patient","id":")" + model.id + R"(")";
    const auto list = [&](const char* member, const std::string& code, int least, auto make) {
      const auto count = static_cast<int>(random_() % 4) - 1 + least;
      if (count <= 0) return;
      json += std::string(",\"") + member + "\":[";
      for (int i = 0; i < count; ++i) {
        const std::string value = Pick(12);
        model.values[code].insert(value.size() == 1 ? "0" + value : value);
        json += (i == 0 ? "" : ",") + make(value.size() == 1 ? "0" + value : value);
      }
      json += "]";
    };
    list("name", "family", 0,
         [](const std::string& v) { return R"({"family":"Fä)" + v + R"("})"; });
    list("identifier", "identifier", 0,
         [](const std::string& v) { return R"({"value":"i)" + v + R"("})"; });
    list("generalPractitioner", "general-practitioner", 0,
         [](const std::string& v) { return R"({"reference":"Practitioner/)" + v + R"("})"; });
    if (random_() % 4 != 0) {
      const std::string month = "0" + std::to_string(1 + random_() % 3);
      const bool whole = random_() % 2 == 0;
      json += R"(,"birthDate":"2000-)" + month + (whole ? "" : "-01") + R"(")";
      model.values["birthdate"] = {month};
    }
    const std::string gender = random_() % 3 == 0 ? "male" : "female";
    json += R"(,"gender":")" + gender + R"("})";
    model.values["gender"] = {gender};
    return model;
  }

  static IdList Expected(std::vector<Model> models, const std::vector<std::string>& rules) {
    const auto key = [](const Model& model, const std::string& code,
                        bool descending) -> std::optional<std::string> {
      const auto found = model.values.find(code);
      if (found == model.values.end()) return std::nullopt;
      return descending ? *found->second.rbegin() : *found->second.begin();
    };
    std::stable_sort(models.begin(), models.end(), [&](const Model& a, const Model& b) {
      for (const std::string& rule : rules) {
        const bool descending = rule.starts_with('-');
        const std::string code = rule.substr(descending ? 1 : 0);
        const auto left = key(a, code, descending);
        const auto right = key(b, code, descending);
        if (left == right) continue;
        if (!left || !right) return left.has_value();
        return descending ? *right < *left : *left < *right;
      }
      return false;
    });
    IdList ids;
    for (const Model& model : models) ids.push_back(model.id);
    return ids;
  }

  std::vector<std::string> RandomRules() {
    std::vector<std::string> codes = {"family", "identifier", "general-practitioner", "birthdate",
                                      "gender"};
    std::shuffle(codes.begin(), codes.end(), random_);
    codes.resize(1 + random_() % 3);
    for (std::string& code : codes) {
      if (random_() % 2 == 0) code.insert(0, "-");
    }
    return codes;
  }

  void Compare(const std::vector<Model>& models, std::initializer_list<std::size_t> sizes) {
    const std::vector<std::string> rules = RandomRules();
    std::string text = "_sort=";
    for (const std::string& rule : rules) text += (text.back() == '=' ? "" : ",") + rule;
    std::vector<Model> members = models;
    const auto keep = [&](const char* criterion, const auto& matches) {
      text += criterion;
      std::erase_if(members, [&](const Model& model) { return !matches(model); });
    };
    const auto month = [](const Model& model) -> std::string {
      return model.values.contains("birthdate") ? *model.values.at("birthdate").begin() : "";
    };
    switch (random_() % 4) {
      case 0:
        keep("&gender=male",
             [](const Model& model) { return model.values.at("gender").contains("male"); });
        break;
      case 1:
        keep("&birthdate=ge2000-02", [&](const Model& model) { return month(model) >= "02"; });
        break;
      case 2:
        keep("&birthdate=lt2000-03&birthdate:missing=false",
             [&](const Model& model) { return !month(model).empty() && month(model) < "03"; });
        break;
      default:
        break;
    }
    const std::string expected = Joined(Expected(members, rules));
    for (const SortWay way : kAllWays) {
      OpenIn(way);
      for (const std::size_t size : sizes) {
        EXPECT_EQ(Sorted("Patient", text, size), expected)
            << text << " by " << size << " in way " << static_cast<int>(way);
      }
    }
  }

  std::mt19937 random_{7};
};

TEST_F(RandomSorts, AgreeWithANaiveSortInEveryWayAndDirection) {
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> lines;
    std::vector<Model> models;
    for (int i = 0; i < 40; ++i) {
      models.push_back(MakePatient(i, lines.emplace_back()));
    }
    Import(lines);
    for (int i = 0; i < 8; ++i) Compare(models, {2 + random_() % 6, 50});
  }
}

TEST_F(RandomSorts, AgreeWhereManyShareAKey) {
  std::vector<std::string> lines;
  std::vector<Model> models;
  for (int i = 0; i < 700; ++i) models.push_back(MakePatient(i, lines.emplace_back()));
  Import(lines);
  for (int i = 0; i < 5; ++i) Compare(models, {150});
}

}  // namespace
}  // namespace healthlake::datastore
