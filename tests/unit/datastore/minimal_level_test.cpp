// The level minimal: what is not valid is stored, flagged and found as far as it can be read.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "datastore/value_difference.hpp"
#include "datastore_fixture.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::datastore {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kMinimal = fhir::ValidationLevel::kMinimal;
constexpr auto kStructureOnly = fhir::ValidationLevel::kStructureOnly;

class MinimalLevelTest : public DatastoreTest {
 protected:
  std::string TextOf(std::string_view type, std::string_view id) {
    return store_->Find(TypeNamed(type), id).value().json;
  }

  // False: refused.
  bool Try(const json::Tree& resource) {
    try {
      Put(json::Write(resource), {}, kMinimal);
      return true;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid) << error.what();
      EXPECT_FALSE(error.issues().empty());
      return false;
    }
  }
};

TEST_F(MinimalLevelTest, StoresAndFlagsWhatOtherLevelsRefuse) {
  constexpr std::string_view kText = R"({"resourceType":"Patient","id":"a","odd":1.50})";
  for (const auto level : {kStrict, kStructureOnly}) {
    EXPECT_THROW(Put(kText, {}, level), core::Error);
  }
  const WriteResult result = Put(kText, {}, kMinimal);
  EXPECT_EQ(result.kind, WriteKind::kCreated);
  ASSERT_EQ(result.issues.size(), 1U);
  EXPECT_THAT(result.issues[0].diagnostics, HasSubstr("odd"));
  EXPECT_THAT(result.stored.json, HasSubstr(R"("odd":1.50)"));
  EXPECT_THAT(result.stored.json, HasSubstr(fhir::kValidationIssueUrl));
  EXPECT_EQ(result.stored.json, TextOf("Patient", "a"));
}

TEST_F(MinimalLevelTest, SaysNothingOfWhatIsSound) {
  const WriteResult result = Put(R"({"resourceType":"Patient","id":"a"})", {}, kMinimal);
  EXPECT_TRUE(result.issues.empty());
  EXPECT_THAT(result.stored.json, Not(HasSubstr("extension")));
}

TEST_F(MinimalLevelTest, TakesTheFlagAwayOnceTheResourceIsSound) {
  Put(R"({"resourceType":"Patient","id":"a","odd":1})", {}, kMinimal);
  std::string text = TextOf("Patient", "a");
  const std::size_t odd = text.find(R"("odd":1,)");
  ASSERT_NE(odd, std::string::npos) << text;
  text.erase(odd, 8);
  for (const auto level : {kMinimal, kStructureOnly, kStrict}) {
    Put(text, {}, level);
    EXPECT_THAT(TextOf("Patient", "a"), Not(HasSubstr("validation-issue")));
  }
}

TEST_F(MinimalLevelTest, RefusesWhatCannotBearTheFlag) {
  for (const std::string_view text : {
           R"({"resourceType":"Patient","id":"a","extension":{}})",
           R"({"resourceType":"Patient","id":"a","extension":"x"})",
           R"({"resourceType":"Patient","id":"a","extension":null})",
           R"({"resourceType":"Patient","id":"a","meta":"x"})",
           R"({"resourceType":"Patient","id":"a","meta":[{}]})",
       }) {
    EXPECT_THROW(Put(text, {}, kMinimal), core::Error) << text;
    EXPECT_EQ(Import({std::string(text)}, kMinimal)[0].status, 400) << text;
  }
  EXPECT_EQ(Ids("Patient", ""), "");
}

TEST_F(MinimalLevelTest, ImportsWhatOtherLevelsRefuse) {
  const std::vector<std::string> lines = {
      R"({"resourceType":"Patient","id":"good","gender":"male"})",
      R"({"resourceType":"Patient","id":"odd","gender":"male","odd":1})",
      R"({"resourceType":"Patient","id":"a_b"})",
      R"({"resourceType":"Nobody","id":"x"})",
      R"({"resourceType":"Patient"})",
      R"([])",
      R"({)",
  };
  EXPECT_EQ(Import(lines, kStructureOnly)[1].status, 400);
  const auto outcomes = Import(lines, kMinimal);
  EXPECT_EQ(outcomes[0].status, 200);
  EXPECT_TRUE(outcomes[0].issues.empty());
  EXPECT_EQ(outcomes[1].status, 201);
  ASSERT_EQ(outcomes[1].issues.size(), 1U);
  for (std::size_t i = 2; i < lines.size(); ++i) EXPECT_EQ(outcomes[i].status, 400) << lines[i];
  EXPECT_EQ(Ids("Patient", "gender=male"), "good odd");
  EXPECT_THAT(TextOf("Patient", "odd"), HasSubstr(fhir::kValidationIssueUrl));
}

TEST_F(MinimalLevelTest, FindsAnUnsoundResourceByWhatCanBeReadOfIt) {
  Put(R"({"resourceType":"Patient","id":"a","name":"Smith","gender":"male","active":["x"]})", {},
      kMinimal);
  Put(R"({"resourceType":"Patient","id":"b","name":{"family":"Smith"},"birthDate":7})", {},
      kMinimal);
  Put(R"({"resourceType":"Patient","id":"c","name":[{"family":["Smith"]},{"family":"Jones"}]})", {},
      kMinimal);
  EXPECT_EQ(Ids("Patient", "gender=male"), "a");
  EXPECT_EQ(Ids("Patient", "family=smith"), "b c");
  EXPECT_EQ(Ids("Patient", "family=jones"), "c");
  EXPECT_EQ(Ids("Patient", ""), "a b c");
}

TEST_F(MinimalLevelTest, LeavesNothingInTheIndexWhenAnUnsoundResourceGoes) {
  Put(R"({"resourceType":"Patient","id":"a","name":{"family":"Smith"},"gender":["male"]})", {},
      kMinimal);
  Put(R"({"resourceType":"Patient","id":"a","name":[{"family":"Jones"}],"gender":"female"})");
  EXPECT_EQ(Ids("Patient", "family=smith"), "");
  EXPECT_EQ(Ids("Patient", "family=jones&gender=female"), "a");
  Put(R"({"resourceType":"Patient","id":"a","name":7,"gender":{"a":"male"}})", {}, kMinimal);
  EXPECT_EQ(Ids("Patient", "family=jones"), "");
  Delete("Patient", "a");
  EXPECT_EQ(Ids("Patient", ""), "");
}

// --- Any damage at all ---------------------------------------------------------------------------

constexpr auto kSeeds = std::to_array<std::string_view>({
    R"({"resourceType":"Patient","id":"0","meta":{"profile":["http://x/p"],"tag":[{"system":"s",
        "code":"t"}]},"extension":[{"url":"http://x/e","valueString":"v"}],"active":true,
        "identifier":[{"system":"urn:s1","value":"1"}],"name":[{"family":"Smith","given":["Ann"]}],
        "telecom":[{"system":"phone","value":"1"}],"gender":"male","birthDate":"2000-01-02",
        "deceasedBoolean":true,"address":[{"city":"X","line":["a"]}],
        "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"#p"}],
        "contained":[{"resourceType":"Practitioner","id":"p","active":true}]})",
    R"({"resourceType":"Observation","id":"0","status":"final","category":[{"coding":[{"system":
        "urn:s1","code":"vital-signs"}]}],"code":{"coding":[{"system":"urn:s2","code":"a"}],"text":
        "t"},"subject":{"reference":"Patient/0"},"effectivePeriod":{"start":"2000","end":"2001-02"},
        "valueQuantity":{"value":5.40,"unit":"mg","system":"urn:u","code":"mg"},"component":[{"code":
        {"coding":[{"system":"urn:s1","code":"b"}]},"valueQuantity":{"value":1}}]})",
    R"({"resourceType":"Location","id":"0","name":"n","position":{"longitude":1.5,"latitude":2.5},
        "address":{"city":"X"},"partOf":{"identifier":{"system":"urn:s1","value":"1"}}})",
    R"({"resourceType":"Appointment","id":"0","status":"booked","start":"2020-01-01T10:00:00Z","end":"2020-01-01T11:00:00Z",
        "participant":[{"actor":{"reference":"Patient/0"},"status":"accepted"}]})",
    R"({"resourceType":"ValueSet","id":"0","url":"http://x/v","version":"1","status":"active",
        "name":"N","compose":{"include":[{"system":"urn:s1","concept":[{"code":"a"}]}]},
        "expansion":{"timestamp":"2020-01-01T10:00:00Z","contains":[{"system":"urn:s1","code":"a"}]}})",
});

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  // `times` changes anywhere below the root; resourceType and id stay.
  json::Tree Do(json::Tree resource, std::size_t times) {
    for (; times > 0; --times) {
      std::vector<json::Tree*> places;
      for (auto& [name, value] : resource.items()) {
        if (name != "resourceType" && name != "id") Collect(value, places);
      }
      if (places.empty()) break;
      Change(*places[Below(places.size())]);
    }
    return resource;
  }

 private:
  static void Collect(json::Tree& value, std::vector<json::Tree*>& places) {
    places.push_back(&value);
    if (!value.is_structured()) return;
    for (json::Tree& inner : value) Collect(inner, places);
  }

  void Change(json::Tree& place) {
    const json::Tree before = place;
    switch (Below(12)) {
      case 0:
        place = nullptr;
        break;
      case 1:
        place = json::Tree::object();
        break;
      case 2:
        place = json::Tree::array();
        break;
      case 3:
        place = json::Tree::array({before});
        break;
      case 4:
        place = json::Tree::array({before, nullptr, 7, before});
        break;
      case 5:
        place = json::Tree{{"value", before}};
        break;
      case 6:
        place = json::Tree{{"reference", before}, {"coding", before}, {"code", before}};
        break;
      case 7:
        place = -12.5;
        break;
      case 8:
        place = "";
        break;
      case 9:
        place = std::string(Below(3000), 'x');
        break;
      case 10:
        place = "2020-13-45T99|\\,$\n";
        break;
      default:
        if (place.is_array() && !place.empty()) {
          place = before.front();
        } else if (place.is_object()) {
          place["odd"] = before;
        } else {
          place = true;
        }
    }
  }

  std::mt19937 random_;
};

// What is taken out of the index later is what a walk of the stored text finds, unchecked.
TEST_F(MinimalLevelTest, YieldsTheSameValuesCheckedAndUnchecked) {
  Damage damage(20'261);
  fhir::ResourceWalk checked;
  fhir::ResourceWalk unchecked;
  int unsound = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto seed = kSeeds[static_cast<std::size_t>(i) % kSeeds.size()];
    const json::Tree resource = damage.Do(json::ParseTree(seed).value(), 1 + damage.Below(3));
    const json::Document document = Parsed(json::Write(resource));
    checked.Run(document.root());
    fhir::WalkOptions off;
    off.structure = fhir::StructureCheck::kOff;
    unchecked.Run(document.root(), off);
    if (!checked.Sound()) ++unsound;
    const auto one = checked.values();
    const auto other = unchecked.values();
    ASSERT_EQ(one.size(), other.size()) << document.text();
    for (std::size_t at = 0; at < one.size(); ++at) {
      ASSERT_EQ(one[at].param, other[at].param) << document.text();
      ASSERT_EQ(one[at].kind, other[at].kind) << document.text();
      ASSERT_EQ(one[at].text, other[at].text) << document.text();
      ASSERT_EQ(one[at].from, other[at].from) << document.text();
    }
  }
  EXPECT_GT(unsound, 3000);
}

TEST_F(MinimalLevelTest, SurvivesAnyDamageAndForgetsItAgain) {
  Damage damage(4711);
  constexpr std::size_t kIds = 3;
  int stored = 0;
  for (int round = 0; round < 600; ++round) {
    json::Tree resource = damage.Do(json::ParseTree(kSeeds[damage.Below(kSeeds.size())]).value(),
                                    1 + damage.Below(3));
    resource["id"] = std::to_string(damage.Below(kIds));
    const bool taken = damage.Below(2) == 0
                           ? Try(resource)
                           : Import({json::Write(resource)}, kMinimal)[0].status < 400;
    stored += taken ? 1 : 0;
  }
  EXPECT_GT(stored, 400);

  // Every value of what was stored in between has left the index: sound resources in their place
  // are found as in a new store.
  for (const std::string_view seed : kSeeds) {
    for (std::size_t id = 0; id < kIds; ++id) {
      json::Tree resource = json::ParseTree(seed).value();
      resource["id"] = std::to_string(id);
      Put(json::Write(resource));
    }
  }
  for (const auto& [type, query, ids] :
       std::vector<std::array<std::string, 3>>{{"Patient", "family=smith", "0 1 2"},
                                               {"Patient", "gender=male", "0 1 2"},
                                               {"Patient", "gender:not=male", ""},
                                               {"Patient", "birthdate:missing=true", ""},
                                               {"Patient", "_tag=s|t", "0 1 2"},
                                               {"Observation", "code:missing=true", ""},
                                               {"Observation", "value-quantity=5.4", "0 1 2"},
                                               {"Observation", "date=ge2000-01", "0 1 2"},
                                               {"Location", "name=n", "0 1 2"},
                                               {"ValueSet", "url=http://x/v", "0 1 2"},
                                               {"Appointment", "patient=Patient/0", "0 1 2"}}) {
    EXPECT_EQ(Ids(type, query), ids) << type << "?" << query;
  }
}

}  // namespace
}  // namespace healthlake::datastore
