#include "healthlake/fhir/value_sets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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

TEST_F(ValueSetsTest, CodesBelowAndAboveIncludeTheCode) {
  const auto tree =
      Parsed(R"({"resourceType":"CodeSystem","concept":[{"code":"a","concept":[{"code":"b"}]}]})");
  EXPECT_THAT(CodesAtOrBelow(tree->root(), "a"), ElementsAre("a", "b"));
  EXPECT_THAT(CodesAtOrAbove(tree->root(), "b"), ElementsAre("b", "a"));
}

}  // namespace
}  // namespace healthlake::fhir
