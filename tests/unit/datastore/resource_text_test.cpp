#include "datastore/resource_text.hpp"

#include <gtest/gtest.h>

namespace healthlake::datastore {
namespace {

constexpr core::Timestamp kTime{std::chrono::milliseconds{1'767'323'045'678}};

enum class Flag { kNo, kYes };

std::string Stamped(std::string_view text, std::uint64_t version = 7, Flag flag = Flag::kNo) {
  json::Document document;
  EXPECT_FALSE(document.Parse(text).has_value()) << text;
  std::string out;
  StampResource(
      document.root(),
      {.id = "new", .version = version, .last_updated = kTime, .flagged = flag == Flag::kYes}, out);
  return out;
}

#define META R"("versionId":"7","lastUpdated":"2026-01-02T03:04:05.678Z")"

TEST(ResourceText, AppendsMetaAndThenId) {
  EXPECT_EQ(Stamped(R"({"resourceType":"Patient","active":true})"),
            R"({"resourceType":"Patient","active":true,"meta":{)" META R"(},"id":"new"})");
  EXPECT_EQ(Stamped("{}"), R"({"meta":{)" META R"(},"id":"new"})");
}

TEST(ResourceText, ReplacesInPlaceAndKeepsTheRest) {
  EXPECT_EQ(Stamped(R"({ "id" : "old", "meta" : { "lastUpdated":"x", "tag":[{"code":"\u00e9"}],
                       "versionId":"1" }, "resourceType":"Patient" })"),
            R"({"id":"new","meta":{"lastUpdated":"2026-01-02T03:04:05.678Z",)"
            R"("tag":[{"code":"\u00e9"}],"versionId":"7"},"resourceType":"Patient"})");
  EXPECT_EQ(Stamped(R"({"meta":{},"id":"x"})"), R"({"meta":{)" META R"(},"id":"new"})");
  EXPECT_EQ(Stamped(R"({"meta":{"source":"s"}})"),
            R"({"meta":{"source":"s",)" META R"(},"id":"new"})");
}

TEST(ResourceText, InnerResourcesKeepTheirOwn) {
  EXPECT_EQ(Stamped(R"({"id":"x","contained":[{"id":"c","meta":{"versionId":"1"}}],"meta":{}})"),
            R"({"id":"new","contained":[{"id":"c","meta":{"versionId":"1"}}],"meta":{)" META "}}");
}

// Reference 2.9, as HealthLake's guide prints it.
#define ISSUE                                                                                    \
  R"({"url":"http://healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue",)"       \
  R"("valueString":"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",)" \
  R"(\"code\":\"processing\",\"details\":{\"text\":\"FHIR resource in payload failed FHIR )"     \
  R"(validation rules.\"},\"diagnostics\":\"FHIR resource in payload failed FHIR validation )"   \
  R"(rules.\"}]}"})"
#define OLD_ISSUE                                                                            \
  R"({"url":"http:\/\/healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue",)" \
  R"("valueString":"old"})"
#define TAIL R"("meta":{)" META R"(},"id":"new")"

TEST(ResourceText, FlagsWithTheExtensionBesideThoseThatAreThere) {
  EXPECT_EQ(Stamped("{}", 7, Flag::kYes), R"({)" TAIL R"(,"extension":[)" ISSUE "]}");
  EXPECT_EQ(Stamped(R"({"extension":[],"a":1.50})", 7, Flag::kYes),
            R"({"extension":[)" ISSUE R"(],"a":1.50,)" TAIL "}");
  EXPECT_EQ(Stamped(R"({"extension":[ {"url":"u"}, 7 ]})", 7, Flag::kYes),
            R"({"extension":[{"url":"u"},7,)" ISSUE "]," TAIL "}");
}

TEST(ResourceText, ReplacesTheFlagOfAnEarlierWrite) {
  EXPECT_EQ(Stamped(R"({"extension":[)" OLD_ISSUE R"(,{"url":"u"},)" OLD_ISSUE "]}", 7, Flag::kYes),
            R"({"extension":[{"url":"u"},)" ISSUE "]," TAIL "}");
  EXPECT_EQ(Stamped(R"({"id":"x","extension":[)" OLD_ISSUE R"(],"meta":{}})", 7, Flag::kYes),
            R"({"id":"new","extension":[)" ISSUE R"(],"meta":{)" META "}}");
}

TEST(ResourceText, DropsTheFlagOfWhatIsSoundNow) {
  EXPECT_EQ(Stamped(R"({"extension":[{"url":"u"},)" OLD_ISSUE "]}"),
            R"({"extension":[{"url":"u"}],)" TAIL "}");
  // The whole member goes when nothing is left of it, wherever it stands.
  EXPECT_EQ(Stamped(R"({"extension":[)" OLD_ISSUE "]}"), "{" TAIL "}");
  EXPECT_EQ(Stamped(R"({"extension":[)" OLD_ISSUE R"(],"a":1,"b":2})"),
            R"({"a":1,"b":2,)" TAIL "}");
  EXPECT_EQ(Stamped(R"({"a":1,"extension":[)" OLD_ISSUE R"(],"b":2})"),
            R"({"a":1,"b":2,)" TAIL "}");
  EXPECT_EQ(Stamped(R"({"id":"x","extension":[)" OLD_ISSUE R"(],"meta":{}})"),
            R"({"id":"new","meta":{)" META "}}");
  EXPECT_EQ(Stamped(R"({"a":1,"\u0065xtension":[)" OLD_ISSUE "]}"), R"({"a":1,)" TAIL "}");
}

TEST(ResourceText, LeavesExtensionsOfInnerElementsAlone) {
  EXPECT_EQ(Stamped(R"({"name":[{"extension":[)" OLD_ISSUE R"(]}]})"),
            R"({"name":[{"extension":[)" OLD_ISSUE R"(]}],)" TAIL "}");
}

TEST(ResourceText, RestampingEqualsStampingAnew) {
  for (const std::string_view text :
       {R"({"resourceType":"Patient"})", R"({"meta":{"lastUpdated":"x","versionId":"1"},"id":"q"})",
        R"({"meta":{"versionId":"123456","tag":[],"lastUpdated":""},"a":[1.50]})"}) {
    json::Document document;
    ASSERT_FALSE(document.Parse(text).has_value());
    for (const std::uint64_t version : {1ULL, 9ULL, 10ULL, 123456ULL}) {
      std::string first;
      const StampPlaces places = StampResource(document.root(), {.id = "new"}, first);
      std::string again;
      Restamp(first, places, version, kTime, again);
      EXPECT_EQ(again, Stamped(text, version));
    }
  }
}

}  // namespace
}  // namespace healthlake::datastore
