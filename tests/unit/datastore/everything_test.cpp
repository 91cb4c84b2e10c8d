// Everything about a patient against a naive model, and what the model does not show.
#include "datastore/everything.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "datastore_fixture.hpp"

namespace healthlake::datastore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EverythingTest : public DatastoreTest {
 protected:
  static EverythingQuery Of(const std::string& patient) {
    EverythingQuery query;
    query.patient = patient;
    return query;
  }

  // "Type/id", with a '+' when it is included, over all pages.
  std::vector<std::string> Names(EverythingQuery query, View* view = nullptr) {
    std::vector<std::string> names;
    while (true) {
      const auto page = (view != nullptr ? *view : *store_).Everything(query, {});
      if (!page) return {"none"};
      for (const EverythingItem& item : page->items) {
        const std::string name = std::string(fhir::NameOf(item.type)) + '/' + item.id;
        EXPECT_NE(item.json.find("\"id\":\"" + item.id + '"'), std::string::npos) << item.json;
        names.push_back(name + (item.included ? "+" : ""));
      }
      if (!page->next) {
        EXPECT_EQ(page->total, names.size());
        return names;
      }
      EXPECT_EQ(page->items.size(), query.count);
      query.page = *page->next;
    }
  }

  void PutAll(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) Put(text, {}, fhir::ValidationLevel::kMinimal);
  }
};

std::string Text(const std::string& type, const std::string& id, const std::string& members) {
  return R"({"resourceType":")" + type + R"(","id":")" + id + '"' + (members.empty() ? "" : ",") +
         members + "}";
}
std::string Refers(const std::string& element, const std::string& to) {
  return '"' + element + R"(":{"reference":")" + to + "\"}";
}

TEST(ForEachReferenceTest, FindsReferencesInMinifiedText) {
  std::vector<std::string> found;
  const auto read = [&](std::string_view json) {
    found.clear();
    ForEachReference(json, [&](std::string_view text) { found.emplace_back(text); });
  };
  read(R"({"a":{"reference":"Patient/1"},"b":[{"reference":"#x"},{"reference":""}]})");
  EXPECT_THAT(found, ElementsAre("Patient/1", "#x", ""));
  // Not where it is text, and not where it is an object.
  read(
      R"({"a":"\"reference\":\"Patient/1\"","reference":{"reference":"B/2"},"display":"reference"})");
  EXPECT_THAT(found, ElementsAre("B/2"));
  read(R"({"a":{"reference":"Patient\/1"},"b":{"reference":"x\"\\"},"c":{"reference":"D/4"}})");
  EXPECT_THAT(found, ElementsAre("Patient/1", "x\"\\", "D/4"));
  for (const char* broken : {"", R"("reference":")", R"("reference":"a\)", R"("reference)"}) {
    read(broken);
  }
}

TEST_F(EverythingTest, FollowsReferencesThroughWhatBelongsToNobody) {
  PutAll({Text("Patient", "p", Refers("managingOrganization", "Organization/a")),
          Text("Organization", "a", Refers("partOf", "Organization/b")),
          Text("Organization", "b", Refers("partOf", "Organization/a")),
          Text("Organization", "lonely", ""),
          Text("Encounter", "e",
               Refers("subject", "Patient/p") + ",\"participant\":[{" +
                   Refers("individual", "PractitionerRole/r") + "}]"),
          Text("PractitionerRole", "r",
               Refers("practitioner", "Practitioner/d") + ',' +
                   Refers("organization", "http://h/datastore/" + std::string(kTestDatastore) +
                                              "/r4/Organization/c/_history/1")),
          Text("Practitioner", "d", ""), Text("Organization", "c", "")});
  EXPECT_THAT(Names(Of("p")),
              ElementsAre("Encounter/e", "Organization/a+", "Organization/b+", "Organization/c+",
                          "Patient/p", "Practitioner/d+", "PractitionerRole/r+"));
}

TEST_F(EverythingTest, LeavesOtherPatientsAlone) {
  PutAll(
      {Text("Patient", "p", R"("link":[{"type":"seealso",)" + Refers("other", "Patient/q") + "}]"),
       Text("Patient", "q", ""),
       Text("Observation", "mine",
            Refers("subject", "Patient/p") + R"(,"hasMember":[)" +
                R"({"reference":"Observation/hers"},{"reference":"Observation/nobodys"}])"),
       Text("Observation", "hers",
            Refers("subject", "Patient/q") + ',' + Refers("device", "Device/her-device")),
       Text("Observation", "nobodys",
            Refers("subject", "Location/l") + ',' + Refers("device", "Device/device")),
       Text("Device", "her-device", ""), Text("Device", "device", ""), Text("Location", "l", ""),
       Text(
           "Group", "g",
           R"("member":[{"entity":{"reference":"Patient/p"}},{"entity":{"reference":"Patient/q"}}])")});
  EXPECT_THAT(Names(Of("p")), ElementsAre("Device/device+", "Group/g", "Location/l+",
                                          "Observation/mine", "Observation/nobodys+", "Patient/p"));
  // A patient that links to the other is in the other's compartment (Patient:link).
  EXPECT_THAT(Names(Of("q")), ElementsAre("Device/her-device+", "Group/g", "Observation/hers",
                                          "Patient/p", "Patient/q"));
}

TEST_F(EverythingTest, LeavesDeletedAndUnknownOnesOut) {
  PutAll({Text("Patient", "p",
               R"("generalPractitioner":[{"reference":"Practitioner/gone"},)"
               R"({"reference":"Practitioner/unknown"},{"reference":"urn:uuid:x"},)"
               R"({"reference":"#p1"},{"reference":"http://elsewhere/Practitioner/d"}])"),
          Text("Practitioner", "gone", ""), Text("Practitioner", "d", ""),
          Text("Condition", "c", Refers("subject", "Patient/p"))});
  Delete("Practitioner", "gone");
  Delete("Condition", "c");
  EXPECT_THAT(Names(Of("p")), ElementsAre("Patient/p"));
  Delete("Patient", "p");
  EXPECT_THAT(Names(Of("p")), ElementsAre("none"));
  EXPECT_THAT(Names(Of("never")), ElementsAre("none"));
}

TEST_F(EverythingTest, SelectsTheCompartmentByDateAndTheWholeByTypeAndChange) {
  PutAll({Text("Patient", "p", ""), Text("Practitioner", "old", ""),
          Text("Practitioner", "new", ""),
          Text("Encounter", "old",
               Refers("subject", "Patient/p") + R"(,"period":{"start":"2019-01-01"})"),
          Text("Condition", "old",
               Refers("subject", "Patient/p") + R"(,"recordedDate":"2019-01-01",)" +
                   Refers("recorder", "Practitioner/old")),
          // Its encounter is of the compartment, and out of the time.
          Text("Condition", "new",
               Refers("subject", "Patient/p") + R"(,"recordedDate":"2021-01-01",)" +
                   Refers("recorder", "Practitioner/new") + ',' +
                   Refers("encounter", "Encounter/old"))});
  EverythingQuery query = Of("p");
  query.care = fhir::ParseDateInterval("2021");
  EXPECT_THAT(Names(query), ElementsAre("Condition/new", "Patient/p", "Practitioner/new+"));
  query.types = {TypeNamed("Practitioner")};
  EXPECT_THAT(Names(query), ElementsAre("Practitioner/new+"));
  query.types = {TypeNamed("Medication")};
  EXPECT_THAT(Names(query), IsEmpty());

  clock_.Advance(std::chrono::hours(1));
  query = Of("p");
  query.since = clock_.Now();
  PutAll({Text("Practitioner", "old", R"("gender":"male")")});
  EXPECT_THAT(Names(query), ElementsAre("Practitioner/old+"));
}

TEST_F(EverythingTest, KeepsItsPlaceWhateverIsWrittenBetweenPages) {
  PutAll({Text("Patient", "p", "")});
  for (const char* id : {"a", "c", "e", "g"}) {
    PutAll({Text("Condition", id, Refers("subject", "Patient/p"))});
  }
  EverythingQuery query = Of("p");
  query.count = 2;
  const auto first = store_->Everything(query, {});
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[1].id, "c");
  // The page's last one goes, one comes before it and one after it.
  Delete("Condition", "c");
  PutAll({Text("Condition", "b", Refers("subject", "Patient/p")),
          Text("Condition", "d", Refers("subject", "Patient/p"))});
  query.page = *first->next;
  const auto second = store_->Everything(query, {});
  ASSERT_EQ(second->items.size(), 2U);
  EXPECT_EQ(second->items[0].id, "d");
  EXPECT_EQ(second->items[1].id, "e");
  EXPECT_EQ(second->total, 6U);
}

TEST_F(EverythingTest, RefusesPagesOfOtherQueries) {
  PutAll({Text("Patient", "p", ""), Text("Patient", "q", ""),
          Text("Condition", "a", Refers("subject", "Patient/p"))});
  EverythingQuery query = Of("p");
  query.count = 1;
  const std::string page = *store_->Everything(query, {})->next;
  EverythingQuery other = Of("q");
  other.page = page;
  EXPECT_THROW(store_->Everything(other, {}), core::Error);
  for (const std::string& text :
       {std::string("x"), std::string("===="), page.substr(0, 8), page.substr(4), page + page}) {
    query.page = text;
    EXPECT_THROW(store_->Everything(query, {}), core::Error) << text;
  }
}

TEST_F(EverythingTest, StopsWhenNobodyWaits) {
  PutAll({Text("Patient", "p", "")});
  core::CancelSource source;
  source.Request();
  EXPECT_THROW(store_->Everything(Of("p"), source.token()), core::Error);
}

TEST_F(EverythingTest, EndsAPageBeforeItGrowsTooLarge) {
  const std::string large(1'200, 'x');
  PutAll({Text("Patient", "p", "")});
  for (const char* id : {"1", "2", "3", "4"}) {
    PutAll({Text("Condition", id,
                 Refers("subject", "Patient/p") + R"(,"note":[{"text":")" + large + "\"}]")});
  }
  for (const auto& [bytes, expected] :
       std::map<std::size_t, std::vector<std::size_t>>{{3'600, {2, 3}}, {1, {1, 1, 1, 1, 1}}}) {
    OpenOptions options;
    options.page_bytes = bytes;
    Open(options);
    EverythingQuery query = Of("p");
    std::vector<std::size_t> sizes;
    while (true) {
      const auto page = store_->Everything(query, {});
      sizes.push_back(page->items.size());
      if (!page->next) break;
      query.page = *page->next;
    }
    EXPECT_EQ(sizes, expected) << bytes;
  }
}

TEST_F(EverythingTest, SeesWhatItsOwnTransactionHasWritten) {
  PutAll({Text("Patient", "p", "")});
  const json::Document document = Parsed(Text("Condition", "c", Refers("subject", "Patient/p")));
  const auto draft = store_->Prepare(
      {TypeNamed("Condition"), WriteMethod::kPut, "c", fhir::ValidationLevel::kMinimal},
      document.root());
  const auto writing = store_->BeginWrite({});
  writing->Put(*draft, {});
  EXPECT_THAT(Names(Of("p"), writing.get()), ElementsAre("Condition/c", "Patient/p"));
  EXPECT_THAT(Names(Of("p")), ElementsAre("Patient/p"));
}

TEST(EverythingListsTest, KeepListsOfTheLatestState) {
  const auto list = [](std::size_t size) {
    auto made = std::make_shared<EverythingList>();
    made->ids.assign(size, 'x');
    return made;
  };
  EverythingLists lists;
  const auto first = list(100);
  lists.Keep(5, "a", first);
  EXPECT_EQ(lists.Find(5, "a"), first);
  EXPECT_EQ(lists.Find(5, "b"), nullptr);
  EXPECT_EQ(lists.Find(6, "a"), nullptr);
  lists.Keep(4, "a", list(100));
  EXPECT_EQ(lists.Find(5, "a"), first);
  lists.Keep(6, "b", list(100));
  EXPECT_EQ(lists.Find(5, "a"), nullptr);
  EXPECT_NE(lists.Find(6, "b"), nullptr);
  // The least recently used go first; what is too large is not kept at all.
  for (int i = 0; i < 8; ++i) {
    lists.Keep(6, std::to_string(i), list(std::size_t{3} << 20));
    lists.Find(6, "0");
  }
  EXPECT_NE(lists.Find(6, "0"), nullptr);
  EXPECT_NE(lists.Find(6, "7"), nullptr);
  EXPECT_EQ(lists.Find(6, "1"), nullptr);
  lists.Keep(6, "large", list(std::size_t{17} << 20));
  EXPECT_EQ(lists.Find(6, "large"), nullptr);
  EXPECT_NE(lists.Find(6, "0"), nullptr);
}

// --- Against a naive model -----------------------------------------------------------------------

struct Model {
  std::string date;                // of the resource's clinical element; empty: none
  std::set<std::string> patients;  // whose compartments it is in
  std::set<std::string> references;
};
using Models = std::map<std::string, Model>;  // by Type/id

std::vector<std::string> NaiveNames(const Models& models, const std::string& patient,
                                    const std::string& from) {
  std::map<std::string, bool> found;  // included?
  std::vector<std::string> open;
  for (const auto& [name, model] : models) {
    if (!model.patients.contains(patient)) continue;
    if (!from.empty() && !model.date.empty() && model.date < from) continue;
    found[name] = false;
    open.push_back(name);
  }
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    for (const std::string& to : models.at(name).references) {
      const auto target = models.find(to);
      if (target == models.end() || !target->second.patients.empty() || found.contains(to)) {
        continue;
      }
      found[to] = true;
      open.push_back(to);
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, included] : found) names.push_back(name + (included ? "+" : ""));
  // By type, then by id: '/' sorts below letters, so by the text.
  return names;
}

TEST_F(EverythingTest, AgreesWithANaiveModel) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  const auto number = [&](std::size_t end) { return std::to_string(below(end)); };
  Models models;
  for (int round = 0; round < 30; ++round) {
    std::vector<std::string> lines;
    std::set<std::string> named;
    for (int i = 0; i < 20; ++i) {
      Model model;
      std::string name;
      std::string text;
      const std::string id = number(12);
      switch (below(4)) {
        case 0: {
          name = "Patient/" + id.substr(0, 1);
          const std::string organization = "Organization/" + number(12);
          model.patients = {id.substr(0, 1)};
          model.references = {organization};
          text = Text("Patient", id.substr(0, 1), Refers("managingOrganization", organization));
          break;
        }
        case 1: {
          name = "Organization/" + id;
          const std::string parent = "Organization/" + number(12);
          model.references = {parent};
          text = Text("Organization", id, Refers("partOf", parent));
          break;
        }
        default: {
          name = "Condition/" + id;
          const std::string subject = number(4);
          const std::string encounter = "Condition/" + number(12);
          const std::string owner = "Organization/" + number(12);
          model.date = std::to_string(2000 + below(20));
          model.references = {encounter, owner};
          text = Text("Condition", id,
                      R"("recordedDate":")" + model.date + R"(","extension":[{"url":"urn:x",)" +
                          Refers("valueReference", encounter) + R"(},{"url":"urn:y",)" +
                          Refers("valueReference", owner) + "}]");
          if (below(5) != 0) {
            model.patients = {subject};
            text.insert(text.size() - 1, "," + Refers("subject", "Patient/" + subject));
          }
        }
      }
      if (!named.insert(name).second) continue;
      models[name] = model;
      lines.push_back(text);
    }
    if (round % 2 == 0) {
      Import(lines, fhir::ValidationLevel::kMinimal);
    } else {
      PutAll(lines);
    }
    if (below(3) == 0 && !models.empty()) {
      const auto victim =
          std::next(models.begin(), static_cast<std::ptrdiff_t>(below(models.size())));
      const std::size_t slash = victim->first.find('/');
      Delete(victim->first.substr(0, slash), victim->first.substr(slash + 1));
      models.erase(victim);
    }
    for (const std::string patient : {"0", "1", "2", "3"}) {
      EverythingQuery query = Of(patient);
      query.count = 1 + below(30);
      const bool live = models.contains("Patient/" + patient);
      using Strings = std::vector<std::string>;
      EXPECT_EQ(Names(query), live ? NaiveNames(models, patient, "") : Strings{"none"});
      query.care = fhir::DateInterval{fhir::ParseDateInterval("2010")->from, INT64_MAX};
      EXPECT_EQ(Names(query), live ? NaiveNames(models, patient, "2010") : Strings{"none"});
    }
  }
}

}  // namespace
}  // namespace healthlake::datastore
