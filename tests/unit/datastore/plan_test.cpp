// What a search opens and reads, shape by shape: a plan that gets worse is seen here, whatever the
// machine.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

constexpr int kPatients = 200;
constexpr int kObservations = 60;  // of each

std::string Two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

class PlanTest : public DatastoreTest {
 protected:
  PlanTest() {
    std::vector<std::string> lines;
    for (int p = 0; p < kPatients; ++p) {
      const std::string patient = std::to_string(p);
      lines.push_back(R"({"resourceType":"Patient","id":"p)" + patient + R"(","gender":")" +
                      (p % 2 == 0 ? "male" : "female") + R"(","name":[{"family":"Name)" + patient +
                      R"("}],"birthDate":"19)" + Two(p % 100) +
                      R"(-01-01","managingOrganization":{"reference":"Organization/o)" +
                      std::to_string(p % 5) + R"("}})");
    }
    for (int o = 0; o < 5; ++o) {
      const std::string number = std::to_string(o);
      lines.push_back(R"({"resourceType":"Organization","id":"o)" + number + R"(","name":"House )" +
                      number + R"("})");
    }
    for (int p = 0; p < kPatients; ++p) {
      for (int i = 0; i < kObservations; ++i) lines.push_back(Observation(p, i));
    }
    for (const LineOutcome& outcome : Import(lines)) EXPECT_EQ(outcome.status, 201);
  }

  static std::string Observation(int patient, int i) {
    return R"({"resourceType":"Observation","id":"o)" + std::to_string(patient) + "-" +
           std::to_string(i) + R"(","status":")" + (i % 3 == 0 ? "amended" : "final") +
           R"(","code":{"coding":[{"system":"http://loinc.org","code":"c)" +
           std::to_string(i % 20) + R"("}]},"subject":{"reference":"Patient/p)" +
           std::to_string(patient) + R"("},"effectiveDateTime":"20)" + Two(i % 24) + "-" +
           Two(1 + patient % 12) + "-" + Two(1 + (patient + i) % 28) + "T" + Two(i % 24) +
           R"(:00:00Z","valueQuantity":{"value":)" + std::to_string(patient * 7 % 100) + "." +
           std::to_string(i) + R"(,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}})";
  }

  struct Done {
    std::string plan;  // "what: how" of each step, the order, the total
    SearchPlan counters;
    std::size_t rows = 0;
  };
  Done Run(std::string_view query) {
    const std::size_t mark = query.find('?');
    const SearchPage page = store_->Search(
        Query(query.substr(0, mark), std::string(query.substr(mark + 1)) + "&_explain=true"), {});
    Done done;
    for (const PlanStep& step : page.plan.value().steps) {
      done.plan += step.what.substr(step.what.find('?') + 1) + ": " + step.how + "; ";
    }
    done.plan += "order " + page.plan->order + "; total " + page.plan->total;
    done.counters = *page.plan;
    done.rows = page.entries.size();
    return done;
  }
};

struct Shape {
  std::string_view query;
  std::size_t rows;
  std::string_view plan;
  std::uint64_t cursors;  // at most
  std::uint64_t blocks;   // at most
  std::uint64_t bodies;   // at most
};

constexpr auto kShapes = std::to_array<Shape>({
    {"Patient?", 100, "Patient: index: all of the type; order rid; total not asked for", 1, 1, 100},
    {"Patient?_id=p3,p5,none", 2, "_id=p3,p5,none: table of ids; order rid; total not asked for", 0,
     1, 2},
    {"Observation?code=http://loinc.org%7Cc3&_count=20", 20,
     "code=http://loinc.org|c3: index: 2 values; order rid; total not asked for", 2, 6, 20},
    {"Observation?code=c3&_count=20", 20, "code=c3: index: 1 value; order rid; total not asked for",
     1, 5, 20},
    {"Observation?status=final&_count=0&_total=accurate", 0,
     "status=final: index: 1 value; order ; total counters of the index", 0, 6, 0},
    {"Observation?code=http://loinc.org%7Cc3&_count=0&_total=accurate", 0,
     "code=http://loinc.org|c3: index: 2 values; order ; total counters of the index", 0, 6, 0},
    {"Observation?status=final&code=http://loinc.org%7Cc3&_count=20", 20,
     "status=final: index: 1 value; code=http://loinc.org|c3: index: 2 values; order rid; total "
     "not asked for",
     3, 11, 20},
    {"Observation?status=final&code=http://loinc.org%7Cc3&_count=0&_total=accurate", 0,
     "status=final: index: 1 value; code=http://loinc.org|c3: index: 2 values; order ; total "
     "postings of the index",
     3, 12, 0},
    {"Observation?patient=Patient/p7&code=c3&date=ge2003-01&_count=20", 3,
     "patient=Patient/p7: index: 1 value; code=c3: index: 1 value; date=ge2003-01: checked on "
     "bodies; order rid; total not asked for",
     2, 9, 6},
    {"Observation?date=ge2010&_count=20", 20,
     "date=ge2010: index: 1 range; order rid; total not asked for", 1, 10, 20},
    {"Observation?date=ge2010&_count=0&_total=accurate", 0,
     "date=ge2010: index: 1 range; order ; total postings of the index", 1, 10, 0},
    {"Observation?date=ge2010&_sort=-date&_count=20", 20,
     "date=ge2010: index: 1 range; order walk of Observation.date, descending, among the members; "
     "total not asked for",
     3, 12, 21},
    {"Observation?_sort=-date&_count=20", 20,
     "Observation: index: all of the type; order walk of Observation.date, descending, checked on "
     "bodies; total not asked for",
     1, 2, 21},
    {"Observation?code=c3&_sort=-date&_count=20", 20,
     "code=c3: index: 1 value; order walk of Observation.date, descending, among the members; "
     "total not asked for",
     2, 6, 21},
    {"Observation?patient=Patient/p7&_sort=-date&_count=20", 20,
     "patient=Patient/p7: index: 1 value; order bodies sorted; total not asked for", 1, 4, 60},
    {"Observation?_sort=value-quantity&_count=20", 20,
     "Observation: index: all of the type; order walk of Observation.value-quantity, ascending, "
     "checked on bodies; total not asked for",
     2, 3, 21},
    {"Observation?_sort=status&patient=Patient/p7&_count=20", 20,
     "patient=Patient/p7: index: 1 value; order bodies sorted; total not asked for", 1, 4, 60},
    {"Patient?name=name1&_count=20", 20,
     "name=name1: index: 1 prefix; order rid; total not asked for", 1, 1, 20},
    {"Patient?name:contains=ame11&_count=20", 11,
     "name:contains=ame11: index: 1 prefix; order rid; total not asked for", 1, 1, 11},
    {"Patient?name:exact=Name11", 1,
     "name:exact=Name11: index: 1 prefix; order rid; total not asked for", 1, 1, 1},
    {"Patient?_sort=family&_count=20", 20,
     "Patient: index: all of the type; order walk of Patient.family, ascending, among the members; "
     "total not asked for",
     2, 1, 21},
    {"Observation?value-quantity=gt50%7Chttp://unitsofmeasure.org%7Cmg&_count=20", 20,
     "value-quantity=gt50|http://unitsofmeasure.org|mg: index: 1 range; order rid; total not asked "
     "for",
     1, 13, 20},
    {"Observation?code-value-quantity=c3%24gt50&_count=20", 20,
     "code-value-quantity=c3$gt50: index: 1 range; order rid; total not asked for", 1, 8, 20},
    {"Observation?subject:Patient.name=Name11&_count=20", 20,
     "subject:Patient.name=Name11: index: references to what meets the chain; order rid; total not "
     "asked for",
     12, 15, 20},
    {"Observation?subject:Patient.gender=female&_count=20", 20,
     "subject:Patient.gender=female: checked on bodies; order rid; total not asked for", 1, 6, 103},
    {"Observation?subject:Patient.organization.name=house%201&_count=20", 20,
     "subject:Patient.organization.name=house 1: index: references to what meets the chain; order "
     "rid; total not asked for",
     42, 51, 20},
    {"Patient?_has:Observation:patient:code=c3&_count=20", 20,
     "_has:Observation:patient:code=c3: checked on bodies; order rid; total not asked for", 23, 29,
     41},
    {"Patient?gender:not=male&_count=20", 20,
     "gender:not=male: not index: 1 value; order rid; total not asked for", 2, 6, 20},
    {"Patient?gender:missing=true&_count=20", 0,
     "gender:missing=true: not index: 2 values; order rid; total not asked for", 3, 8, 0},
    {"Observation?_lastUpdated=gt2000&_count=20", 20,
     "_lastUpdated=gt2000: index: 1 value; order rid; total not asked for", 1, 5, 20},
    {"Patient?_text=nothing&_count=20", 0,
     "_text=nothing: every body; order rid; total not asked for", 1, 1, 200},
    {"Patient?organization=Organization/o1&_include=Patient:organization&_count=20", 21,
     "organization=Organization/o1: index: 1 value; order rid; total not asked for", 1, 4, 21},
    {"Patient?_id=p3&_revinclude=Observation:patient", 61,
     "_id=p3: table of ids; order rid; total not asked for", 1, 2, 61},
});

TEST_F(PlanTest, ShapesAreAnsweredAsTheyAreMeantToBe) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.query);
    const Done done = Run(shape.query);
    EXPECT_EQ(done.rows, shape.rows);
    EXPECT_EQ(done.plan, shape.plan);
    EXPECT_LE(done.counters.cursors, shape.cursors);
    EXPECT_LE(done.counters.blocks, shape.blocks);
    EXPECT_LE(done.counters.bodies, shape.bodies);
  }
}

}  // namespace
}  // namespace healthlake::datastore
