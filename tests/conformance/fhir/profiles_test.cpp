// The profiles and extensions of the base specification, those of US Core where a folder of its
// packages is named by HEALTHLAKE_US_CORE_FOLDER, and the examples that claim them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/fhir/official_examples.hpp"
#include "conformance/fhir/rules_text.hpp"
#include "fhir/profile/gzip_reader.hpp"
#include "fhir/profile/rule_compiler.hpp"
#include "fhir/profile/rules.hpp"
#include "fhir/profile/tar_reader.hpp"
#include "fhir/r4/base_profiles.hpp"
#include "healthlake/fhir/profiles.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {
namespace {

std::string Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? std::string(found->string()) : std::string();
}

std::vector<std::string> Issues(const json::Value& resource, const ProfileSet* profiles) {
  static ResourceWalk walk;
  WalkOptions options;
  options.values = ValueCollection::kOff;
  options.profiles = profiles;
  walk.Run(resource, options);
  std::vector<std::string> out;
  for (const core::Issue& issue : walk.issues()) {
    out.push_back(issue.location + ": " + issue.diagnostics);
  }
  return out;
}

// The StructureDefinitions of the official bundles that are profiles.
Package OfficialDefinitions(const OfficialExamples& examples) {
  Package package;
  package.name = "official";
  package.version = "4.0.1";
  json::Document document;
  for (const char* bundle : {"Bundle-profiles-others.json", "Bundle-extensions.json"}) {
    EXPECT_FALSE(document.Parse(examples.Text(bundle))) << bundle;
    const json::Value entries = *document.root().Find("entry");
    for (const json::Value entry : entries) {
      const json::Value resource = *entry.Find("resource");
      if (Text(resource, "resourceType") != "StructureDefinition") continue;
      const std::string url = Text(resource, "url");
      package.structure_definitions.push_back({url, url, "4.0.1", std::string(resource.raw())});
    }
  }
  return package;
}

std::vector<std::string> Compiled(const Definition& definition, const ElementNode& tree,
                                  const ProfileSet::Rules& rules) {
  Terminology terminology(rules.graph);
  return Lines(*CompileRules(definition, tree, rules, terminology));
}

// Lines of one only; both are sorted.
std::vector<std::string> Difference(const std::vector<std::string>& a,
                                    const std::vector<std::string>& b) {
  std::vector<std::string> only;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(only));
  return only;
}

class BaseProfiles : public testing::Test {
 protected:
  void SetUp() override {
    examples_ = OfficialExamples::Open();
    if (!examples_) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
    Package package = OfficialDefinitions(*examples_);
    for (const PackageFile& file : package.structure_definitions) urls_.insert(file.url);
    official_.Add(std::move(package));
  }

  std::optional<OfficialExamples> examples_;
  std::set<std::string> urls_;
  ProfileSet::Rules official_{&ProfileSet::Base().rules()};
};

TEST_F(BaseProfiles, AllCompile) {
  const ProfileSet::Rules& base = ProfileSet::Base().rules();
  Terminology terminology(base.graph);
  std::size_t count = 0;
  for (const r4::BaseProfileRow& row : r4::BaseProfiles()) {
    const Definition* definition = base.Find(r4::UrlOf(row), PackageGraph::kNone);
    ASSERT_NE(definition, nullptr) << r4::UrlOf(row);
    EXPECT_NO_THROW(Compiled(*definition, *TreeOf(*definition, base), base)) << r4::UrlOf(row);
    ++count;
  }
  std::cout << count << " definitions\n";
  EXPECT_GT(count, 400U);
}

TEST_F(BaseProfiles, MeanWhatTheOfficialOnesMean) {
  const ProfileSet::Rules& base = ProfileSet::Base().rules();
  std::size_t demands = 0;
  for (const std::string& url : urls_) {
    const Definition* official = official_.Find(url, 0);
    const Definition* embedded = base.Find(url, PackageGraph::kNone);
    if (official == nullptr) continue;
    ASSERT_NE(embedded, nullptr) << url;
    const auto expected = Compiled(*official, *TreeOf(*official, official_), official_);
    const auto found = Compiled(*embedded, *TreeOf(*embedded, base), base);
    EXPECT_THAT(Difference(found, expected), testing::IsEmpty()) << url;
    demands += expected.size();
  }
  std::cout << demands << " demands\n";
  EXPECT_GT(demands, 1000U);
}

TEST_F(BaseProfiles, MeanTheSameByDifferential) {
  const std::set<std::string> different = {
      // Its snapshot repeats what the definitions of its extensions say.
      "http://hl7.org/fhir/StructureDefinition/elementdefinition-de",
      // Its snapshot demands of component.value[x] what its differential says of valueQuantity.
      "http://hl7.org/fhir/StructureDefinition/bp",
      // Its snapshot refers entity.agent to one slice of agent.
      "http://hl7.org/fhir/StructureDefinition/provenance-relevant-history",
  };
  std::size_t count = 0;
  for (const std::string& url : urls_) {
    const Definition* definition = official_.Find(url, 0);
    if (definition == nullptr || different.contains(url)) continue;
    const auto snapshot = Compiled(*definition, *TreeOf(*definition, official_), official_);
    const auto differential =
        Compiled(*definition, *TreeOfDifferential(*definition, official_), official_);
    EXPECT_THAT(Difference(differential, snapshot), testing::IsEmpty()) << url;
    ++count;
  }
  EXPECT_GT(count, 400U);
}

// Of the R4 definitions' own profiles, which are in no published version of the base.
bool IsUnknownProfile(const std::string& issue) {
  return issue.find(" is not known: load its package") != std::string::npos;
}

TEST_F(BaseProfiles, AreKeptByTheExamplesThatClaimThem) {
  constexpr std::size_t kBundlesOfDefinitions = 1'000'000;
  std::size_t checked = 0;
  std::set<std::string> unknown;
  json::Document document;
  for (const std::string& name : examples_->names()) {
    const std::string text = examples_->Text(name);
    const bool concerned = text.find("\"profile\"") != std::string::npos ||
                           text.find("xtension\"") != std::string::npos;
    if (!concerned || text.size() > kBundlesOfDefinitions) continue;
    ASSERT_FALSE(document.Parse(text)) << name;
    std::vector<std::string> found = Issues(document.root(), &ProfileSet::Base());
    for (const std::string& issue : found) {
      if (IsUnknownProfile(issue)) unknown.insert(issue.substr(issue.find("Profile")));
    }
    std::erase_if(found, IsUnknownProfile);
    if (!found.empty()) {
      EXPECT_EQ(found, Issues(document.root(), nullptr)) << name;
    }
    ++checked;
  }
  std::cout << checked << " examples with profiles or extensions; unknown profiles are:\n";
  for (const std::string& issue : unknown) std::cout << "  " << issue << '\n';
  EXPECT_GT(checked, 1000U);
}

// Examples of US Core that are unsound, and what an issue must say of each.
const std::map<std::string, std::string>& UnsoundUsCore() {
  static const std::map<std::string, std::string> examples = {
      {"3.1.1 Bundle-uscore-mo3.json", "must be an absolute URL"},
      {"3.1.1 DiagnosticReport-cardiology-report.json", "Not a valid base64Binary"},
      // L/min is not among the units that vital signs demand of components.
      {"3.1.1 Observation-satO2-fiO2.json", "ucum-vitals-common"},
      // They claim a profile of another guide (SDC), which is not loaded.
      {"6.1.0 Questionnaire-hunger-vital-sign-example.json", "sdc-questionnaire is not known"},
      {"6.1.0 Questionnaire-phq-9-example.json", "sdc-questionnaire is not known"},
      {"6.1.0 Questionnaire-prapare-example.json", "sdc-questionnaire is not known"},
  };
  return examples;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void CheckExamples(const std::string& package) {
  ProfileSetBuilder builder(UnknownProfiles::kRefuse);
  const PackageInfo info = builder.AddPackage(package);
  const auto set = builder.Build();
  GzipReader gzip(package, kMaxPackageSize);
  TarReader tar(gzip);
  json::Document document;
  std::size_t count = 0;
  while (const auto name = tar.Next()) {
    if (!name->starts_with("package/example/") || !name->ends_with(".json")) continue;
    if (name->find("/.") != std::string::npos) continue;
    ASSERT_FALSE(document.Parse(tar.Content())) << *name;
    if (Text(document.root(), "resourceType").empty()) continue;
    ++count;
    const auto issues = Issues(document.root(), set.get());
    const auto unsound =
        UnsoundUsCore().find(info.version + ' ' + name->substr(name->rfind('/') + 1));
    if (unsound == UnsoundUsCore().end()) {
      EXPECT_THAT(issues, testing::IsEmpty()) << info.version << ' ' << *name;
    } else {
      EXPECT_THAT(issues, testing::Contains(testing::HasSubstr(unsound->second))) << *name;
    }
  }
  std::cout << info.name << ' ' << info.version << ": " << info.profiles << " profiles, "
            << info.extensions << " extensions, " << count << " examples\n";
  EXPECT_GT(count, 50U);
}

TEST(UsCore, ExamplesKeepTheProfilesThatTheyClaim) {
  const char* folder = std::getenv("HEALTHLAKE_US_CORE_FOLDER");
  if (folder == nullptr) GTEST_SKIP() << "HEALTHLAKE_US_CORE_FOLDER is not set";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".tgz") CheckExamples(ReadFile(entry.path()));
  }
}

}  // namespace
}  // namespace healthlake::fhir
