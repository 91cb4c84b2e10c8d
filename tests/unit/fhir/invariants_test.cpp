#include "fhir/invariants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>

#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/presence_formula.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace healthlake::fhir {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// --- The presence formula ------------------------------------------------------------------------

// Elements of Period: id, extension, start, end.
constexpr std::uint64_t kStart = 4;
constexpr std::uint64_t kEnd = 8;

std::optional<bool> Decide(std::string_view expression, std::uint64_t seen) {
  const auto compiled = fhirpath::Expression::Compile(expression);
  const StructureId period = FindStructure("Period");
  const auto truth = DecideByPresence(std::get<fhirpath::Expression>(compiled).ast(),
                                      r4::kStructures[period.number()], seen);
  if (!truth) return std::nullopt;
  return *truth != fhirpath::Truth::kFalse;
}

struct PresenceCase {
  std::string_view expression;
  std::array<std::optional<bool>, 4> none_start_end_both;
};

TEST(PresenceFormula, DecidesWhatDependsOnPresenceAlone) {
  constexpr std::optional<bool> kOpen;
  for (const auto& [expression, expected] : std::to_array<PresenceCase>({
           {"start.exists()", {false, true, false, true}},
           {"start.empty()", {true, false, true, false}},
           {"start.exists().not()", {true, false, true, false}},
           {"start.exists() and end.exists()", {false, false, false, true}},
           {"start.exists() or end.exists()", {false, true, true, true}},
           {"start.exists() xor end.exists()", {false, true, true, false}},
           {"start.exists() = end.exists()", {true, false, false, true}},
           {"start.exists() != end.exists()", {false, true, true, false}},
           {"start.exists() implies end.exists()", {true, false, true, true}},
           {"Period.start.exists()", {false, true, false, true}},
           {"(start | end).exists()", {false, true, true, true}},
           {"start.where(x = 1).exists()", {false, kOpen, false, kOpen}},
           {"start.hasValue().not() or end.hasValue().not() or (start <= end)",
            {true, true, true, kOpen}},
           {"start = end", {true, true, true, kOpen}},
           {"start.all($this = end)", {true, kOpen, true, kOpen}},
           {"start in ('a' | 'b')", {true, kOpen, true, kOpen}},
           {"end.empty() or start = '1'", {true, true, true, kOpen}},
           {"start.select(x).isDistinct()", {true, kOpen, true, kOpen}},
           {"start.count() > 1", {kOpen, kOpen, kOpen, kOpen}},
           {"true", {true, true, true, true}},
           {"false", {false, false, false, false}},
       })) {
    EXPECT_EQ(Decide(expression, 0), expected[0]) << expression;
    EXPECT_EQ(Decide(expression, kStart), expected[1]) << expression;
    EXPECT_EQ(Decide(expression, kEnd), expected[2]) << expression;
    EXPECT_EQ(Decide(expression, kStart | kEnd), expected[3]) << expression;
  }
}

// --- The invariants ------------------------------------------------------------------------------

TEST(Invariants, AllCompile) {
  for (std::uint16_t i = 0; i < r4::kInvariantCount; ++i) {
    const auto compiled =
        fhirpath::Expression::Compile(r4::ViewLong(r4::kInvariants[i].expression));
    EXPECT_TRUE(std::holds_alternative<fhirpath::Expression>(compiled))
        << r4::View(r4::kInvariants[i].key);
  }
}

TEST(Invariants, AreGatheredFromAllBases) {
  const auto keys = [](std::string_view path) {
    std::vector<std::string> out;
    for (const std::uint16_t row :
         InvariantsOf(r4::kStructures[FindStructure(path).number()]).rows) {
      out.emplace_back(r4::View(r4::kInvariants[row].key));
    }
    return out;
  };
  EXPECT_THAT(keys("Observation"), testing::UnorderedElementsAre("obs-6", "obs-7", "dom-6"));
  EXPECT_THAT(keys("Age"), testing::UnorderedElementsAre("age-1", "qty-3"));
  EXPECT_THAT(keys("HumanName"), IsEmpty());
}

TEST(Invariants, AreInTheTableOfTheReadme) {
  std::ifstream file(std::string(HEALTHLAKE_SOURCE_DIR) + "/src/fhir/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("<!-- invariants -->\n" + InvariantTable() +
                                    "<!-- end of invariants -->\n"));
}

TEST(Invariants, AreNearlyAllChecked) {
  EXPECT_LE(UncheckedInvariants().size(), 5U);
}

struct Violation {
  std::string_view text;
  std::string_view location;
  std::string_view diagnostics;
};

constexpr auto kViolations = std::to_array<Violation>({
    {R"({"resourceType":"Patient","contact":[{"gender":"male"}]})", "Patient.contact[0]",
     "Constraint failed: pat-1 (name.exists() or telecom.exists() or address.exists() or "
     "organization.exists())"},
    {R"({"resourceType":"Patient","name":[{"period":{"start":"2020-02-01","end":"2020-01-31"}}]})",
     "Patient.name[0].period", "Constraint failed: per-1 ("},
    {R"({"resourceType":"Patient","name":[{"id":"x"}]})", "Patient.name[0]",
     "Constraint failed: ele-1 (hasValue() or (children().count() > id.count()))"},
    {R"({"resourceType":"Patient","_gender":{"id":"x"}})", "Patient.gender",
     "Constraint failed: ele-1 ("},
    {R"({"resourceType":"Patient","extension":[{"url":"urn:u"}]})", "Patient.extension[0]",
     "Constraint failed: ext-1 ("},
    {R"({"resourceType":"Patient","extension":[{"url":"urn:u","valueCode":"x",
         "extension":[{"url":"v","valueCode":"y"}]}]})",
     "Patient.extension[0]", "Constraint failed: ext-1 ("},
    {R"({"resourceType":"Organization","name":"x","telecom":[{"system":"phone","value":"1"},
         {"system":"phone","value":"1","use":"home"}]})",
     "Organization.telecom[1]", "Constraint failed: org-3 (where(use = 'home').empty())"},
    {R"({"resourceType":"Organization","active":true})", "Organization",
     "Constraint failed: org-1 ("},
    {R"({"resourceType":"Observation","status":"final","code":{"text":"c"},"referenceRange":[
         {"low":{"value":1,"comparator":"<"}}]})",
     "Observation.referenceRange[0].low", "Constraint failed: sqty-1 ("},
    {R"({"resourceType":"Observation","status":"final","code":{"text":"c"},"valueInteger":1,
         "dataAbsentReason":{"text":"x"}})",
     "Observation", "Constraint failed: obs-6 ("},
    {R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":
         {"resourceType":"Patient","telecom":[{"value":"1"}]}}]})",
     "Bundle.entry[0].resource.telecom[0]", "Constraint failed: cpt-2 ("},
    {R"({"resourceType":"Bundle","type":"collection","total":1})", "Bundle",
     "Constraint failed: bdl-1 ("},
    {R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:x"}]})",
     "Bundle.entry[0]", "Constraint failed: bdl-5 ("},
    {R"({"resourceType":"Parameters","parameter":[{"name":"x","valueCode":"c",
         "resource":{"resourceType":"Patient"}}]})",
     "Parameters.parameter[0]", "Constraint failed: inv-1 ("},
});

TEST(Invariants, AreViolatedWhereTheyStand) {
  json::Document document;
  ResourceWalk walk;
  for (const Violation& violation : kViolations) {
    ASSERT_FALSE(document.Parse(violation.text)) << violation.text;
    walk.Run(document.root());
    ASSERT_EQ(walk.issues().size(), 1U) << violation.text;
    EXPECT_EQ(walk.issues()[0].severity, core::Severity::kError);
    EXPECT_EQ(walk.issues()[0].location, violation.location) << violation.text;
    EXPECT_THAT(walk.issues()[0].diagnostics, HasSubstr(violation.diagnostics)) << violation.text;
  }
}

TEST(Invariants, OfSeverityWarningAreNotices) {
  json::Document document;
  ASSERT_FALSE(document.Parse(R"({"resourceType":"Patient"})"));
  ResourceWalk walk;
  walk.Run(document.root());
  EXPECT_THAT(walk.issues(), IsEmpty());
  WalkOptions options;
  options.notices = Notices::kOn;
  walk.Run(document.root(), options);
  ASSERT_EQ(walk.issues().size(), 1U);
  EXPECT_EQ(walk.issues()[0].severity, core::Severity::kWarning);
  EXPECT_THAT(walk.issues()[0].diagnostics, HasSubstr("dom-6"));
  EXPECT_TRUE(walk.Sound());
}

TEST(Invariants, ThatAreWarningsHideNoError) {
  std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (std::size_t i = 0; i < kMaxIssues; ++i)
    text += R"({"resource":{"resourceType":"Patient"}},)";
  const auto walked = [&](const std::string& last) {
    json::Document document;
    EXPECT_FALSE(document.Parse(text + last + "]}"));
    ResourceWalk walk;
    WalkOptions options;
    options.notices = Notices::kOn;
    walk.Run(document.root(), options);
    EXPECT_EQ(walk.issues().size(), kMaxIssues + 1);
    EXPECT_EQ(walk.issues().back().diagnostics, "and 1 more issues");
    return walk.Sound();
  };
  EXPECT_TRUE(walked(R"({"resource":{"resourceType":"Patient"}})"));
  EXPECT_FALSE(walked(R"({"fullUrl":"urn:x"})"));
}

TEST(Invariants, KnowTheResourceThatTheyStandIn) {
  json::Document document;
  // bdl-3 asks %resource for its type: that of the inner Bundle.
  ASSERT_FALSE(document.Parse(R"({"resourceType":"Bundle","type":"batch","entry":[
      {"request":{"method":"POST","url":"Bundle"},"resource":
        {"resourceType":"Bundle","type":"collection","entry":[{"resource":
          {"resourceType":"Patient"}}]}}]})"));
  ResourceWalk walk;
  walk.Run(document.root());
  EXPECT_THAT(walk.issues(), IsEmpty());
}

}  // namespace
}  // namespace healthlake::fhir
