// Random writes of all kinds, then random queries: the store must answer as the naive search does.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "datastore_fixture.hpp"
#include "naive_search.hpp"

namespace healthlake::datastore {
namespace {

// Small vocabularies, so that values meet, and both ways of leaving something out.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  std::string_view Pick(std::initializer_list<std::string_view> all) {
    return *(all.begin() + Below(all.size()));
  }

  std::string Date() {
    const std::string year = std::to_string(2017 + Below(4));
    const std::string month = Two(1 + Below(12));
    const std::string day = Two(1 + Below(28));
    switch (Below(5)) {
      case 0:
        return year;
      case 1:
        return year + "-" + month;
      case 2:
        return year + "-" + month + "-" + day;
      case 3:
        return year + "-" + month + "-" + day + "T" + Two(Below(24)) + ":30:00Z";
      default:
        return year + "-" + month + "-" + day + "T" + Two(Below(24)) + ":30:00.5+05:00";
    }
  }
  std::string Number() {
    return std::string(Pick({"", "-"})) +
           std::string(Pick({"0", "1", "1.0", "5.4", "5.40", "5.44", "99", "100", "100.4", "1e2",
                             "0.001", "123456789.123"}));
  }
  std::string Code() { return std::string(Pick({"a", "A", "b", "8302-2", "x y"})); }
  std::string System() { return std::string(Pick({"urn:s1", "urn:s2", "http://loinc.org"})); }
  std::string Id() { return std::to_string(Below(40)); }
  std::string Unit() { return std::string(Pick({"mg", "g", "mm[Hg]"})); }

  std::string Patient(const std::string& id) {
    std::string text = R"({"resourceType":"Patient","id":")" + id + "\"";
    if (Chance(70)) text += R"(,"gender":")" + std::string(Pick({"male", "female"})) + "\"";
    if (Chance(60)) text += R"(,"birthDate":")" + Date().substr(0, 4) + "\"";
    if (Chance(70)) {
      text += R"(,"name":[{"family":")" + std::string(Pick({"Smith", "smythe", "Ångst", "S"})) +
              R"(","given":["Ann","Éve"]}])";
    }
    if (Chance(50)) text += R"(,"identifier":[)" + Coding("value") + "," + Coding("value") + "]";
    return text + "}";
  }

  std::string Observation(const std::string& id) {
    std::string text = R"({"resourceType":"Observation","id":")" + id + R"(","status":")" +
                       std::string(Pick({"final", "amended"})) + R"(","code":{"coding":[)" +
                       Coding("code") + "," + Coding("code") + "]}";
    if (Chance(80)) text += R"(,"subject":)" + Subject();
    if (Chance(50)) text += R"(,"effectiveDateTime":")" + Date() + "\"";
    if (!text.ends_with('"') && Chance(80)) text += R"(,"effectivePeriod":)" + Period();
    switch (Below(6)) {
      case 0:
      case 1:
      case 2:
        text += R"(,"valueQuantity":)" + Quantity();
        break;
      case 3:
        text += R"(,"valueRange":{"low":{"value":1},"high":{"value":)" +
                std::string(Pick({"5.4", "100"})) + "}}";
        break;
      case 4:
        text += R"(,"valueString":"Blood )" + Code() + "\"";
        break;
      default:
        text += R"(,"valueCodeableConcept":{"coding":[)" + Coding("code") + "]}";
    }
    return text + "}";
  }

  std::string Query(std::string_view type) {
    std::string query;
    for (std::size_t i = 0, n = Below(3) + (Chance(90) ? 1 : 0); i < n; ++i) {
      query += (i == 0 ? "" : "&") + (type == "Patient" ? PatientClause() : ObservationClause());
    }
    return query;
  }

 private:
  static std::string Two(std::size_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  }
  std::string Coding(std::string_view code_name) {
    std::string text = "{";
    if (Chance(70)) text += R"("system":")" + System() + "\",";
    return text + "\"" + std::string(code_name) + R"(":")" + Code() + "\"}";
  }
  std::string Subject() {
    if (Chance(20)) {
      return R"({"identifier":{"system":")" + System() + R"(","value":")" + Code() + "\"}}";
    }
    return R"({"reference":")" + std::string(Pick({"Patient/", "Group/", "http://x/Patient/"})) +
           Id() + "\"}";
  }
  std::string Period() {
    std::string text = "{";
    const bool start = Chance(70);
    if (start) text += R"("start":"201)" + std::to_string(Below(8)) + "\"";
    if (!start || Chance(60)) {
      text += (start ? "," : "") + std::string(R"("end":"202)") + std::to_string(Below(4)) + "\"";
    }
    return text + "}";
  }
  std::string Quantity() {
    std::string text = R"({"value":)" + Number();
    if (Chance(60)) text += R"(,"system":")" + System() + R"(","code":")" + Unit() + "\"";
    if (Chance(50)) text += R"(,"unit":")" + Unit() + "\"";
    return text + "}";
  }

  std::string TokenText() {
    switch (Below(4)) {
      case 0:
        return Code();
      case 1:
        return System() + "|" + Code();
      case 2:
        return "|" + Code();
      default:
        return System() + "|";
    }
  }
  std::string Prefix() {
    return std::string(Pick({"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"}));
  }
  std::string QuantityText() {
    const std::string number = Prefix() + Number();
    switch (Below(4)) {
      case 0:
        return number + "|" + System() + "|" + Unit();
      case 1:
        return number + "||" + Unit();
      default:
        return number;
    }
  }
  std::string List(std::string (Generator::*one)()) {
    std::string text = (this->*one)();
    while (Chance(25)) text += "," + (this->*one)();
    return text;
  }
  std::string DateText() { return Prefix() + Date(); }
  std::string IdText() { return Chance(50) ? Id() : "Patient/" + Id(); }
  std::string Missing() { return std::string(Pick({"true", "false"})); }
  std::string Name() { return std::string(Pick({"s", "smi", "ANN", "eve", "ang", "ngs", "S"})); }

  std::string PatientClause() {
    switch (Below(10)) {
      case 0:
        return "gender=" + std::string(Pick({"male", "female", "male,female", "|male"}));
      case 1:
        return "gender:not=" + std::string(Pick({"male", "female", "male,female"}));
      case 2:
        return "birthdate=" + List(&Generator::DateText);
      case 3:
        return "name=" + List(&Generator::Name);
      case 4:
        return "name:contains=" + List(&Generator::Name);
      case 5:
        return "family:exact=" + List(&Generator::Name);
      case 6:
        return "identifier=" + List(&Generator::TokenText);
      case 7:
        return "identifier:not=" + List(&Generator::TokenText);
      case 8:
        return "name:missing=" + Missing();
      default:
        return "_id=" + Id() + "," + Id();
    }
  }
  std::string ObservationClause() {
    switch (Below(14)) {
      case 0:
        return "status=" + std::string(Pick({"final", "amended"}));
      case 1:
        return "code=" + List(&Generator::TokenText);
      case 2:
        return "code:not=" + List(&Generator::TokenText);
      case 3:
      case 4:
        return "date=" + List(&Generator::DateText);
      case 5:
        return "subject=" + List(&Generator::IdText);
      case 6:
        return "patient=" + List(&Generator::IdText);
      case 7:
        return "subject:Patient=" + Id();
      case 8:
        return "subject:identifier=" + List(&Generator::TokenText);
      case 9:
        return "value-quantity=" + List(&Generator::QuantityText);
      case 10:
        return "code-value-quantity=" + TokenText() + "$" + QuantityText();
      case 11:
        return "code-value-concept=" + TokenText() + "$" + TokenText();
      case 12:
        return "code-value-string=" + TokenText() + "$blood";
      default:
        return std::string(Pick({"date", "subject", "value-quantity", "value-concept"})) +
               ":missing=" + Missing();
    }
  }

  std::mt19937 random_;
};

class DifferentialTest : public DatastoreTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  std::string AnyLine(Generator& generator) {
    const std::string id = generator.Id();
    return generator.Chance(30) ? generator.Patient(id) : generator.Observation(id);
  }
  void Remember(const std::string& line) {
    const json::Document document = Parsed(line);
    live_[std::string(document.root().Find("resourceType")->string()) + "/" +
          std::string(document.root().Find("id")->string())] = line;
  }

  void WriteSomething(Generator& generator) {
    const std::size_t what = generator.Below(100);
    if (what < 45) {
      const std::string line = AnyLine(generator);
      Put(line);
      Remember(line);
    } else if (what < 65) {
      const std::string type(generator.Pick({"Patient", "Observation"}));
      const std::string id = generator.Id();
      Delete(type, id);
      live_.erase(type + "/" + id);
    } else if (what < 90) {
      std::vector<std::string> lines;
      for (std::size_t i = 0, n = 1 + generator.Below(30); i < n; ++i) {
        lines.push_back(AnyLine(generator));
        Remember(lines.back());
      }
      for (const LineOutcome& outcome : Import(lines)) {
        ASSERT_LT(outcome.status, 400) << outcome.issues.front().diagnostics;
      }
    } else if (what < 97) {
      store_->Maintain({});
    } else {
      Open(options_);
    }
  }

  std::string Expected(const fhir::SearchQuery& query) {
    std::string joined;
    std::vector<std::string> ids;
    for (const auto& [key, body] : live_) {
      if (naive_.Matches(query, body)) ids.push_back(key.substr(key.find('/') + 1));
    }
    std::sort(ids.begin(), ids.end());
    for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
    return joined;
  }

  OpenOptions options_;
  std::map<std::string, std::string> live_;
  NaiveSearch naive_{std::string(kTestDatastore)};
};

TEST_P(DifferentialTest, AnswersAsIfEveryBodyWereRead) {
  options_.index.delta_rows_to_fold = 50;
  options_.index.runs_per_level = 2;
  options_.index.block_bytes = 256;
  if (GetParam() % 2 == 0) options_.key_bits.count = 6;  // keys of resources collide
  Open(options_);
  Generator generator(GetParam());
  std::size_t found = 0;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 12; ++i) ASSERT_NO_FATAL_FAILURE(WriteSomething(generator));
    for (int i = 0; i < 50; ++i) {
      const std::string type(generator.Pick({"Patient", "Observation"}));
      const std::string text = generator.Query(type);
      const std::string expected = Expected(Query(type, text));
      found += expected.empty() ? 0U : 1U;
      ASSERT_EQ(Ids(type, text, 1 + generator.Below(20)), expected)
          << type << "?" << text << " in round " << round;
    }
  }
  EXPECT_GT(found, 150U) << "the queries hardly ever find anything";
}

INSTANTIATE_TEST_SUITE_P(Seeds, DifferentialTest, ::testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace healthlake::datastore
