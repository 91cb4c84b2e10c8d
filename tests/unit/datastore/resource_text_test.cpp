#include "datastore/resource_text.hpp"

#include <gtest/gtest.h>

namespace healthlake::datastore {
namespace {

constexpr core::Timestamp kTime{std::chrono::milliseconds{1'767'323'045'678}};

std::string Stamped(std::string_view text, std::uint64_t version = 7) {
  json::Document document;
  EXPECT_FALSE(document.Parse(text).has_value()) << text;
  std::string out;
  StampResource(document.root(), {.id = "new", .version = version, .last_updated = kTime}, out);
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
