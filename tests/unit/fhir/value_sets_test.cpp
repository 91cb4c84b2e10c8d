#include "healthlake/fhir/value_sets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const json::Document> Parsed(std::string_view text) {
  auto document = std::make_shared<json::Document>();
  const auto error = document->Parse(text);
  if (error) throw std::runtime_error(error->message);
  return document;
}

class ValueSetsTest : public testing::Test {
 protected:
  void Store(std::string_view type, std::string_view url, std::string_view members) {
    stored_[std::string(type) + " " + std::string(url)] =
        Parsed(R"({"resourceType":")" + std::string(type) + R"(",)" + std::string(members) + "}");
  }
  void StoreCompose(std::string_view url, std::string_view compose) {
    Store("ValueSet", url, R"("compose":)" + std::string(compose));
  }
  FindDefinition Finder() {
    return [this](ResourceType type, std::string_view canonical) {
      ++asked_;
      const auto found = stored_.find(std::string(NameOf(type)) + " " + std::string(canonical));
      return found == stored_.end() ? nullptr : found->second;
    };
  }
  ValueSetCodes Read(std::string_view members, const ValueSetLimits& limits = {}) {
    const auto document = Parsed(R"({"resourceType":"ValueSet",)" + std::string(members) + "}");
    return ReadValueSet(document->root(), Finder(), limits);
  }
  ValueSetCodes Compose(std::string_view compose) {
    return Read(R"("compose":)" + std::string(compose));
  }
  static std::vector<std::string> Listed(const std::vector<SystemCode>& codes) {
    std::vector<std::string> out;
    for (const SystemCode& each : codes) out.push_back(each.system + "|" + each.code);
    return out;
  }

  std::map<std::string, std::shared_ptr<const json::Document>> stored_;
  std::size_t asked_ = 0;
};

TEST_F(ValueSetsTest, AnExpansionListsItsCodesHoweverDeep) {
  const ValueSetCodes set = Read(
      R"("expansion":{"contains":[{"system":"urn:s","code":"b"},{"abstract":true,"system":"urn:s",
         "code":"group","contains":[{"system":"urn:s","code":"a"},{"display":"none"}]}]},
         "compose":{"include":[{"system":"urn:other"}]})");
  EXPECT_THAT(Listed(set.codes), ElementsAre("urn:s|a", "urn:s|b"));
  EXPECT_THAT(set.systems, IsEmpty());
  EXPECT_TRUE(set.complete);
  EXPECT_TRUE(set.Holds("urn:s", "a"));
  EXPECT_FALSE(set.Holds("urn:s", "group"));
  EXPECT_FALSE(set.Holds("", "a"));
}

TEST_F(ValueSetsTest, APartOfAnExpansionGivesWayToTheDefinition) {
  constexpr std::string_view kPart =
      R"("expansion":{"total":2,"contains":[{"system":"urn:s","code":"a"}]})";
  EXPECT_FALSE(Read(kPart).complete);
  const ValueSetCodes set =
      Read(std::string(kPart) +
           R"(,"compose":{"include":[{"system":"urn:s","concept":[{"code":"b"}]}]})");
  EXPECT_THAT(Listed(set.codes), ElementsAre("urn:s|b"));
  EXPECT_TRUE(set.complete);
  EXPECT_TRUE(Read(R"("expansion":{"total":0})").complete);
  EXPECT_FALSE(Read(R"("status":"draft")").complete);
}

TEST_F(ValueSetsTest, ComposeIncludesConceptsAndWholeSystems) {
  const ValueSetCodes set = Compose(
      R"({"include":[{"system":"urn:whole"},{"system":"urn:s","concept":[{"code":"b"},{"code":"a"}]},
          {"system":"urn:whole","concept":[{"code":"x"}]}]})");
  EXPECT_THAT(set.systems, ElementsAre("urn:whole"));
  EXPECT_THAT(Listed(set.codes), ElementsAre("urn:s|a", "urn:s|b"));
  EXPECT_THAT(set.except, IsEmpty());
  EXPECT_TRUE(set.Holds("urn:whole", "anything"));
}

TEST_F(ValueSetsTest, ComposeExcludesCodesOfListsAndOfWholeSystems) {
  const ValueSetCodes set = Compose(
      R"({"include":[{"system":"urn:whole"},{"system":"urn:s","concept":[{"code":"a"},{"code":"b"}]},
                     {"system":"urn:gone"}],
          "exclude":[{"system":"urn:whole","concept":[{"code":"x"}]},{"system":"urn:gone"},
                     {"system":"urn:s","concept":[{"code":"a"}]},
                     {"system":"urn:none","concept":[{"code":"y"}]}]})");
  EXPECT_THAT(set.systems, ElementsAre("urn:whole"));
  EXPECT_THAT(Listed(set.except), ElementsAre("urn:whole|x"));
  EXPECT_THAT(Listed(set.codes), ElementsAre("urn:s|b"));
  EXPECT_FALSE(set.Holds("urn:whole", "x"));
  EXPECT_TRUE(set.Holds("urn:whole", "y"));
  EXPECT_FALSE(set.Holds("urn:gone", "z"));
}

TEST_F(ValueSetsTest, AnIncludeHasWhatItsSystemAndAllItsValueSetsHave) {
  StoreCompose("urn:one", R"({"include":[{"system":"urn:s","concept":[{"code":"a"},{"code":"b"}]},
                                         {"system":"urn:t","concept":[{"code":"c"}]}]})");
  StoreCompose("urn:two", R"({"include":[{"system":"urn:s"}],
                              "exclude":[{"system":"urn:s","concept":[{"code":"b"}]}]})");
  EXPECT_THAT(Listed(Compose(R"({"include":[{"valueSet":["urn:one"]}]})").codes),
              ElementsAre("urn:s|a", "urn:s|b", "urn:t|c"));
  EXPECT_THAT(Listed(Compose(R"({"include":[{"valueSet":["urn:one","urn:two"]}]})").codes),
              ElementsAre("urn:s|a"));
  EXPECT_THAT(Listed(Compose(R"({"include":[{"system":"urn:t","valueSet":["urn:one"]}]})").codes),
              ElementsAre("urn:t|c"));
  EXPECT_THAT(
      Listed(Compose(R"({"include":[{"valueSet":["urn:one"]},{"valueSet":["urn:two"]}]})").except),
      IsEmpty());
}

TEST_F(ValueSetsTest, ValueSetsOfTheBaseSpecificationAreKnown) {
  const auto gender = FindValueSet("http://hl7.org/fhir/ValueSet/administrative-gender", Finder());
  ASSERT_TRUE(gender);
  EXPECT_TRUE(gender->complete);
  EXPECT_EQ(gender->codes.size(), 4U);
  EXPECT_TRUE(gender->Holds("http://hl7.org/fhir/administrative-gender", "female"));
  const auto languages = FindValueSet("http://hl7.org/fhir/ValueSet/all-languages", Finder());
  ASSERT_TRUE(languages);
  EXPECT_THAT(languages->systems, ElementsAre("urn:ietf:bcp:47"));
  EXPECT_FALSE(FindValueSet("urn:unknown", Finder()));
  EXPECT_TRUE(FindValueSet("http://hl7.org/fhir/ValueSet/administrative-gender", nullptr));
}

TEST_F(ValueSetsTest, StoredValueSetsComeBeforeThoseOfTheBase) {
  StoreCompose("http://hl7.org/fhir/ValueSet/administrative-gender",
               R"({"include":[{"system":"urn:s","concept":[{"code":"a"}]}]})");
  const auto set = FindValueSet("http://hl7.org/fhir/ValueSet/administrative-gender", Finder());
  EXPECT_THAT(Listed(set->codes), ElementsAre("urn:s|a"));
}

TEST_F(ValueSetsTest, FiltersAreDecidedByStoredCodeSystems) {
  Store("CodeSystem", "urn:s",
        R"("url":"urn:s","content":"complete","concept":[{"code":"a","concept":[{"code":"b"}]},
           {"code":"c"}])");
  const auto filtered = [&](std::string_view part) {
    return Compose(R"({"include":[{)" + std::string(part) +
                   R"(,"filter":[{"property":"concept","op":"is-a","value":"a"}]}]})");
  };
  EXPECT_THAT(Listed(filtered(R"("system":"urn:s")").codes), ElementsAre("urn:s|a", "urn:s|b"));
  EXPECT_THAT(Listed(filtered(R"("system":"urn:s","version":"2")").codes),
              ElementsAre("urn:s|a", "urn:s|b"));
  EXPECT_FALSE(filtered(R"("system":"urn:unknown")").complete);
}

TEST_F(ValueSetsTest, WhatCannotBeFollowedIsSaid) {
  EXPECT_FALSE(Compose(R"({"include":[{"valueSet":["urn:unknown"]}]})").complete);
  EXPECT_FALSE(Compose(R"({"include":[{}]})").complete);
  const ValueSetCodes set = Compose(
      R"({"include":[{"valueSet":["urn:unknown"]},{"system":"urn:s","concept":[{"code":"a"}]}]})");
  EXPECT_FALSE(set.complete);
  EXPECT_THAT(Listed(set.codes), ElementsAre("urn:s|a"));
}

TEST_F(ValueSetsTest, CirclesEnd) {
  StoreCompose("urn:one", R"({"include":[{"valueSet":["urn:two"]},
                                         {"system":"urn:s","concept":[{"code":"a"}]}]})");
  StoreCompose("urn:two", R"({"include":[{"valueSet":["urn:one"]}]})");
  const auto set = FindValueSet("urn:one", Finder());
  EXPECT_FALSE(set->complete);
  EXPECT_THAT(Listed(set->codes), ElementsAre("urn:s|a"));
}

TEST_F(ValueSetsTest, LimitsHoldForAllSetsTogether) {
  std::string codes;
  for (int i = 0; i < 60; ++i)
    codes += (i ? "," : "") + (R"({"code":"c)" + std::to_string(i)) + "\"}";
  StoreCompose("urn:one", R"({"include":[{"system":"urn:s","concept":[)" + codes + "]}]}");
  StoreCompose("urn:two", R"({"include":[{"system":"urn:t","concept":[)" + codes + "]}]}");
  constexpr std::string_view kBoth =
      R"("compose":{"include":[{"valueSet":["urn:one"]},{"valueSet":["urn:two"]}]})";
  EXPECT_TRUE(Read(kBoth, {.max_codes = 120, .max_value_sets = 2}).complete);
  EXPECT_FALSE(Read(kBoth, {.max_codes = 119, .max_value_sets = 2}).complete);
  EXPECT_FALSE(Read(kBoth, {.max_codes = 120, .max_value_sets = 1}).complete);
}

// Each level names the one below twice: without memory of what was read that is 2^50 sets.
TEST_F(ValueSetsTest, ASetNamedOftenIsReadOnce) {
  StoreCompose("urn:0", R"({"include":[{"system":"urn:s","concept":[{"code":"a"}]}]})");
  for (int i = 1; i <= 50; ++i) {
    const std::string below = "\"urn:" + std::to_string(i - 1) + "\"";
    StoreCompose("urn:" + std::to_string(i),
                 R"({"include":[{"valueSet":[)" + below + R"(]},{"valueSet":[)" + below + "]}]}");
  }
  const auto set = FindValueSet("urn:50", Finder());
  EXPECT_TRUE(set->complete);
  EXPECT_THAT(Listed(set->codes), ElementsAre("urn:s|a"));
  EXPECT_EQ(asked_, 51U);
}

// Value sets made by chance, and what each holds by the words of valueset.html: a coding is in when
// some include has it and no exclude does.
class MadeValueSets {
 public:
  explicit MadeValueSets(std::uint32_t seed) : random_(seed) {
    for (std::size_t i = 0; i < kSets; ++i) sets_.push_back({MakeParts(i), MakeParts(i)});
  }

  static constexpr std::size_t kSets = 6;
  std::size_t size() const { return sets_.size(); }
  std::string Compose(std::size_t set) const {
    return R"({"include":)" + ToJson(sets_[set].included) + R"(,"exclude":)" +
           ToJson(sets_[set].excluded) + "}";
  }
  bool Holds(std::size_t set, std::string_view system, std::string_view code) const {
    const auto has = [&](const Part& part) { return PartHolds(part, system, code); };
    return std::ranges::any_of(sets_[set].included, has) &&
           std::ranges::none_of(sets_[set].excluded, has);
  }

 private:
  struct Part {
    std::string system;
    std::vector<std::string> codes;
    std::vector<std::size_t> sets;
  };
  struct Set {
    std::vector<Part> included;
    std::vector<Part> excluded;
  };

  bool PartHolds(const Part& part, std::string_view system, std::string_view code) const {
    if (!part.system.empty() && part.system != system) return false;
    if (!part.codes.empty() && std::ranges::find(part.codes, code) == part.codes.end())
      return false;
    return std::ranges::all_of(part.sets,
                               [&](std::size_t set) { return Holds(set, system, code); });
  }
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  // Of the sets before `set`.
  std::vector<Part> MakeParts(std::size_t set) {
    std::vector<Part> parts(Below(3));
    for (Part& part : parts) {
      if (set > 0) {
        for (std::size_t i = Below(3); i > 0; --i) part.sets.push_back(Below(set));
      }
      if (!part.sets.empty() && Below(2) == 0) continue;
      part.system = Below(2) == 0 ? "urn:s" : "urn:t";
      for (std::size_t i = Below(4); i > 0; --i) part.codes.emplace_back(1, "abcd"[Below(4)]);
    }
    return parts;
  }
  static std::string ToJson(const std::vector<Part>& parts) {
    std::string text = "[";
    for (const Part& part : parts) {
      std::string members;
      if (!part.system.empty()) members += R"("system":")" + part.system + '"';
      std::string codes;
      for (const std::string& code : part.codes) {
        codes += (codes.empty() ? R"({"code":")" : R"(,{"code":")") + code + "\"}";
      }
      if (!codes.empty()) members += R"(,"concept":[)" + codes + "]";
      std::string sets;
      for (const std::size_t set : part.sets) {
        sets += (sets.empty() ? "\"urn:" : ",\"urn:") + std::to_string(set) + '"';
      }
      if (!sets.empty()) members += (members.empty() ? "" : ",") + (R"("valueSet":[)" + sets) + "]";
      text += (text.size() > 1 ? ",{" : "{") + members + "}";
    }
    return text + "]";
  }

  std::mt19937 random_;
  std::vector<Set> sets_;
};

TEST_F(ValueSetsTest, MadeSetsHoldWhatTheirDefinitionsSay) {
  std::size_t held = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    const MadeValueSets made(seed);
    for (std::size_t i = 0; i < made.size(); ++i) {
      StoreCompose("urn:" + std::to_string(i), made.Compose(i));
    }
    for (std::size_t i = 0; i < made.size(); ++i) {
      const auto set = FindValueSet("urn:" + std::to_string(i), Finder());
      EXPECT_TRUE(set->complete);
      for (const std::string_view system : {"urn:s", "urn:t", "urn:other"}) {
        for (const std::string_view code : {"a", "b", "c", "d", "z"}) {
          const bool expected = made.Holds(i, system, code);
          EXPECT_EQ(set->Holds(system, code), expected)
              << "seed " << seed << ", set " << i << ": " << system << "|" << code;
          held += expected ? 1U : 0U;
        }
      }
    }
  }
  EXPECT_GT(held, 1000U);
}

TEST_F(ValueSetsTest, CodesBelowAndAboveIncludeTheCode) {
  const auto tree =
      Parsed(R"({"resourceType":"CodeSystem","concept":[{"code":"a","concept":[{"code":"b"}]}]})");
  EXPECT_THAT(CodesAtOrBelow(tree->root(), "a"), ElementsAre("a", "b"));
  EXPECT_THAT(CodesAtOrAbove(tree->root(), "b"), ElementsAre("b", "a"));
}

}  // namespace
}  // namespace healthlake::fhir
