#include "healthlake/fhir/reference_rewrite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kUuid = "urn:uuid:0f4ac2b7-0e3c-4a0a-8b53-1c4e7f7a0001";
constexpr std::string_view kAbsolute = "http://example.org/fhir/Patient/7";

class ReferenceRewriteTest : public ::testing::Test {
 protected:
  ReferenceRewriteTest() {
    targets_.Add(kUuid, {"Patient/new", 3});
    targets_.Add(kAbsolute, {"Patient/seven", 1});
    targets_.Add("urn:oid:1.2.3", {"Binary/b", 1});
  }

  // U stands for the uuid. Empty: nothing was replaced.
  std::string Rewrite(std::string text, std::string_view base = {}) {
    for (std::size_t at = text.find("$U"); at != std::string::npos; at = text.find("$U", at)) {
      text.replace(at, 2, kUuid);
    }
    json::Document document;
    EXPECT_FALSE(document.Parse(text).has_value()) << text;
    std::string out = "untouched";
    if (RewriteReferences(document.root(), base, targets_, out)) return out;
    EXPECT_EQ(out, "untouched");
    return {};
  }

  ReferenceTargets targets_;
};

TEST_F(ReferenceRewriteTest, ReplacesReferencesAndKeepsAllOtherBytes) {
  EXPECT_EQ(
      Rewrite(
          R"({"resourceType":"Observation","valueQuantity":{"value":1.500e0},"note":[{"text":"\u00e9\/"}],"subject":{"reference":"$U","display":"$U"},"performer":[{"reference":"Practitioner\/1"},{"reference":"$U"}]})"),
      R"({"resourceType":"Observation","valueQuantity":{"value":1.500e0},"note":[{"text":"\u00e9\/"}],"subject":{"reference":"Patient/new","display":"urn:uuid:0f4ac2b7-0e3c-4a0a-8b53-1c4e7f7a0001"},"performer":[{"reference":"Practitioner\/1"},{"reference":"Patient/new"}]})");
}

TEST_F(ReferenceRewriteTest, SaysWhenThereIsNothingToReplace) {
  EXPECT_EQ(Rewrite(R"({"resourceType":"Observation","subject":{"reference":"Patient/7"}})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Observation","subject":{"reference":"urn:uuid:0"}})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Patient"})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Nothing","subject":{"reference":"$U"}})"), "");
}

TEST_F(ReferenceRewriteTest, KeepsFragmentsAndVersions) {
  const auto reference = [&](const std::string& text) {
    return Rewrite(R"({"resourceType":"Observation","subject":{"reference":")" + text + R"("}})");
  };
  EXPECT_THAT(reference("$U#part"), HasSubstr("\"Patient/new#part\""));
  EXPECT_THAT(reference("$U/_history/9"), HasSubstr("\"Patient/new/_history/3\""));
  EXPECT_THAT(reference("http://example.org/fhir/Patient/7/_history/9#a"),
              HasSubstr("\"Patient/seven/_history/1#a\""));
  EXPECT_EQ(reference("#part"), "");
  EXPECT_EQ(reference("http://example.org/fhir/Patient/77"), "");
}

TEST_F(ReferenceRewriteTest, KeepsTheVersionOfATargetThatHasNone) {
  targets_.Add("urn:uuid:1", {"Patient/x", 0});
  EXPECT_THAT(
      Rewrite(R"({"resourceType":"Observation","subject":{"reference":"urn:uuid:1/_history/9"}})"),
      HasSubstr("\"Patient/x/_history/9\""));
}

TEST_F(ReferenceRewriteTest, ResolvesRelativeReferencesAgainstTheEntrysBase) {
  const std::string text =
      R"({"resourceType":"Observation","subject":{"reference":"Patient/7"},"device":{"reference":"Device/7"}})";
  EXPECT_THAT(Rewrite(text, "http://example.org/fhir/"), HasSubstr("\"Patient/seven\""));
  EXPECT_EQ(Rewrite(text, "http://other.org/fhir/"), "");
  EXPECT_EQ(BaseOfFullUrl(kAbsolute), "http://example.org/fhir/");
  EXPECT_EQ(BaseOfFullUrl("https://h/Patient/1"), "https://h/");
  EXPECT_EQ(BaseOfFullUrl(kUuid), "");
  EXPECT_EQ(BaseOfFullUrl("http://example.org/fhir/Nothing/7"), "");
  EXPECT_EQ(BaseOfFullUrl("http://"), "");
}

// http.html#trules: "elements of type uri, url, oid, uuid", not canonical.
TEST_F(ReferenceRewriteTest, ReplacesUriUrlAndOidButNoOtherStrings) {
  EXPECT_THAT(
      Rewrite(
          R"({"resourceType":"DocumentReference","content":[{"attachment":{"url":"urn:oid:1.2.3"}}]})"),
      HasSubstr("\"Binary/b\""));
  EXPECT_THAT(Rewrite(R"({"resourceType":"CarePlan","instantiatesUri":["x","$U"]})"),
              HasSubstr(R"(["x","Patient/new"])"));
  EXPECT_THAT(Rewrite(R"({"resourceType":"Provenance","policy":["$U"]})"),
              HasSubstr("Patient/new"));
  EXPECT_EQ(Rewrite(R"({"resourceType":"CarePlan","instantiatesCanonical":["$U"]})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Patient","name":[{"family":"$U"}]})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Patient","meta":{"profile":["$U"]}})"), "");
  EXPECT_EQ(Rewrite(R"({"resourceType":"Patient","unknown":"$U"})"), "");
}

TEST_F(ReferenceRewriteTest, ReachesExtensionsContainedResourcesAndParameters) {
  EXPECT_THAT(
      Rewrite(
          R"({"resourceType":"Patient","extension":[{"url":"http://x","extension":[{"url":"a","valueReference":{"reference":"$U"}},{"url":"b","valueUri":"$U"}]}]})"),
      HasSubstr(
          R"("valueReference":{"reference":"Patient/new"}},{"url":"b","valueUri":"Patient/new")"));
  EXPECT_THAT(
      Rewrite(
          R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x","valueReference":{"reference":"$U"}}]}})"),
      HasSubstr("Patient/new"));
  EXPECT_EQ(
      Rewrite(
          R"({"resourceType":"Patient","extension":[{"url":"http://x","valueString":"$U"},{"url":"http://x","valueCanonical":"$U"}]})"),
      "");
  EXPECT_THAT(
      Rewrite(
          R"({"resourceType":"Observation","contained":[{"resourceType":"Encounter","subject":{"reference":"$U"}}]})"),
      HasSubstr("Patient/new"));
  EXPECT_THAT(
      Rewrite(
          R"({"resourceType":"Parameters","parameter":[{"name":"p","part":[{"name":"value","valueReference":{"reference":"$U"}}]},{"name":"r","resource":{"resourceType":"Encounter","subject":{"reference":"$U"}}}]})"),
      HasSubstr("Patient/new"));
}

TEST_F(ReferenceRewriteTest, LeavesTheEntriesOfABundleAlone) {
  EXPECT_EQ(
      Rewrite(
          R"({"resourceType":"Bundle","type":"document","entry":[{"fullUrl":"$U","resource":{"resourceType":"Encounter","subject":{"reference":"$U"}}}]})"),
      "");
}

TEST_F(ReferenceRewriteTest, ReplacesLinksOfTheNarrative) {
  const auto div = [&](const std::string& text) {
    return Rewrite(R"({"resourceType":"Patient","text":{"status":"generated","div":")" + text +
                   R"("}})");
  };
  EXPECT_THAT(div(R"(<div>see <a class=\"c\" href=\"$U\">$U</a> <img alt='' src = '$U#x'/></div>)"),
              HasSubstr(R"(<div>see <a class=\"c\" href=\"Patient/new\">)" + std::string(kUuid) +
                        R"(</a> <img alt='' src = 'Patient/new#x'/></div>)"));
  for (const std::string untouched :
       {R"(<div><b href=\"$U\">x</b></div>)", R"(<div><a src=\"$U\">x</a></div>)",
        R"(<div><a title=\"$U\">x</a></div>)", R"(<div><!-- <a href=\"$U\"> --></div>)",
        R"(<div>href=\"$U\"</div>)", R"(<a href=\"$U)", R"(<a href=$U>)", R"(<a href)", R"(<)",
        R"(<a )", R"(<!--)", R"(<a href=)"}) {
    EXPECT_EQ(div(untouched), "") << untouched;
  }
}

TEST_F(ReferenceRewriteTest, ComparesUuidsWithoutCase) {
  EXPECT_THAT(Rewrite(R"({"resourceType":"Observation","subject":{"reference":")"
                      "urn:uuid:0F4AC2B7-0E3C-4A0A-8B53-1C4E7F7A0001\"}}"),
              HasSubstr(R"("reference":"Patient/new")"));
}

TEST_F(ReferenceRewriteTest, LeavesUuidsWhereNothingElseMayStand) {
  EXPECT_EQ(Rewrite(R"({"resourceType":"Patient","extension":[{"url":"http://x","valueUuid":")" +
                    std::string(kUuid) + "\"}]}"),
            "");
}

TEST_F(ReferenceRewriteTest, FindsConditionalReferences) {
  json::Document document;
  ASSERT_FALSE(document.Parse(R"({"resourceType":"Observation",
      "subject":{"reference":"Patient?identifier=http://x|1"},
      "performer":[{"reference":"Practitioner/1"},{"reference":"Practitioner?name=a"}],
      "note":[{"text":"Patient?name=b"}],
      "focus":[{"reference":"http://x/Patient?name=c"},{"reference":"Nothing?x=1"}]})"));
  std::vector<std::string_view> found;
  FindConditionalReferences(document.root(), found);
  EXPECT_THAT(found, ElementsAre("Patient?identifier=http://x|1", "Practitioner?name=a"));
  targets_.Add(found[0], {"Patient/one", 0});
  std::string out;
  ASSERT_TRUE(RewriteReferences(document.root(), {}, targets_, out));
  EXPECT_THAT(out, HasSubstr(R"("subject":{"reference":"Patient/one"})"));
}

TEST_F(ReferenceRewriteTest, TakesTimeThatIsLinear) {
  std::string text = R"({"resourceType":"Patient","text":{"div":")";
  for (int i = 0; i < 100'000; ++i) text += "<a ";
  text += R"("},"link":[)";
  for (int i = 0; i < 50'000; ++i) {
    text += R"({"other":{"reference":"urn:uuid:)" + std::to_string(i) + R"("}},)";
  }
  text += R"({"other":{"reference":"$U"}}]})";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(Rewrite(text), HasSubstr("Patient/new"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace healthlake::fhir
