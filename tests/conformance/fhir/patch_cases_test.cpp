// JSON Patch (RFC 6902, RFC 6901) and FHIRPath Patch (fhirpatch.html) as tables. Results are
// compared as text: order of names, digits and escapes count.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/patch.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::fhir {
namespace {

constexpr auto kErrors = std::to_array<std::pair<std::string_view, core::ErrorKind>>({
    {"invalid", core::ErrorKind::kInvalid},
    {"unprocessable", core::ErrorKind::kUnprocessable},
    {"too-large", core::ErrorKind::kTooLarge},
});

void Load(const char* name, json::Document& table) {
  std::ifstream file(std::string(HEALTHLAKE_SOURCE_DIR "/tests/conformance/fhir/") + name,
                     std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto error = table.Parse(text.str());
  ASSERT_FALSE(error) << name << ":" << error->line << ": " << error->message;
}

// The result, or the error and what it says.
std::string Apply(decltype(&ApplyJsonPatch) apply, const json::Value& resource,
                  const json::Value& patch) {
  try {
    return std::string(apply(resource, patch, {}).text());
  } catch (const core::Error& error) {
    for (const auto& [name, kind] : kErrors) {
      if (kind == error.kind()) return std::string(name) + ": " + error.message();
    }
    return "another error: " + error.message();
  }
}

void Expect(const json::Value& row, const std::string& got) {
  const std::string_view rule = row.Find("rule")->string();
  if (const auto result = row.Find("result")) {
    EXPECT_EQ(got, result->raw()) << rule;
    return;
  }
  const std::string error(row.Find("error")->string());
  EXPECT_TRUE(got.starts_with(error + ": ")) << rule << "\n  gave " << got;
  if (const auto says = row.Find("says")) {
    EXPECT_NE(got.find(says->string()), std::string::npos) << rule << "\n  says " << got;
  }
}

TEST(JsonPatchCases, GiveWhatTheStandardSays) {
  json::Document table;
  Load("json_patch_cases.json", table);
  const json::Value cases = *table.root().Find("cases");
  for (const json::Value row : cases) {
    Expect(row, Apply(&ApplyJsonPatch, *row.Find("document"), *row.Find("patch")));
  }
  EXPECT_GE(cases.size(), 90U);
}

// In the table an operation is short: its parts are members, and the value's own are among them.
std::string ParametersOf(const json::Value& operations) {
  const std::map<std::string_view, std::string_view> parts = {
      {"type", "valueCode"},     {"path", "valueString"},    {"name", "valueString"},
      {"index", "valueInteger"}, {"source", "valueInteger"}, {"destination", "valueInteger"}};
  std::string text = R"({"resourceType":"Parameters","parameter":[)";
  for (const json::Value operation : operations) {
    std::string value;
    text += R"({"name":"operation","part":[)";
    for (const json::Value member : operation) {
      const auto part = parts.find(member.key());
      if (part == parts.end()) {
        value += "," + json::Quote(member.key()) + ":" + std::string(member.raw());
        continue;
      }
      text.append(R"({"name":")").append(part->first).append(R"(",")").append(part->second);
      text.append(R"(":)").append(member.raw()).append("},");
    }
    if (!value.empty()) text += R"({"name":"value")" + value + "},";
    if (text.back() == ',') text.pop_back();
    text += "]},";
  }
  if (text.back() == ',') text.pop_back();
  return text + "]}";
}

TEST(FhirPathPatchCases, GiveWhatTheStandardSays) {
  json::Document table;
  Load("fhirpath_patch_cases.json", table);
  const json::Value resources = *table.root().Find("resources");
  const json::Value cases = *table.root().Find("cases");
  for (const json::Value row : cases) {
    json::Document parameters;
    ASSERT_FALSE(parameters.Parse(ParametersOf(*row.Find("patch"))));
    Expect(row, Apply(&ApplyFhirPathPatch, *resources.Find(row.Find("resource")->string()),
                      parameters.root()));
  }
  EXPECT_GE(cases.size(), 190U);
}

}  // namespace
}  // namespace healthlake::fhir
