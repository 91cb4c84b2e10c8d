// The official R4 examples (npm package hl7.fhir.r4.examples@4.0.1, folder `package`, named by the
// variable HEALTHLAKE_R4_EXAMPLES) through the walk: what is sound is accepted, and every parameter
// gives the values that its FHIRPath expression selects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/fhir/fhirpath_oracle.hpp"
#include "conformance/fhir/made_resource.hpp"
#include "conformance/fhir/value_text.hpp"

namespace healthlake::fhir {
namespace {

// Examples that break R4's own definitions, and the element that they lack.
const std::map<std::string, std::string> kUnsound = {
    {"ImplementationGuide-fhir.json", "ImplementationGuide.name"},
    {"Questionnaire-qs1.json", "Questionnaire.item[0].item[0].linkId"},
    {"SearchParameter-codesystem-extensions-CodeSystem-author.json", "SearchParameter.base"},
    {"SearchParameter-codesystem-extensions-CodeSystem-effective.json", "SearchParameter.base"},
    {"SearchParameter-codesystem-extensions-CodeSystem-end.json", "SearchParameter.base"},
    {"SearchParameter-codesystem-extensions-CodeSystem-keyword.json", "SearchParameter.base"},
    {"SearchParameter-codesystem-extensions-CodeSystem-workflow.json", "SearchParameter.base"},
    {"SearchParameter-valueset-extensions-ValueSet-author.json", "SearchParameter.base"},
    {"SearchParameter-valueset-extensions-ValueSet-effective.json", "SearchParameter.base"},
    {"SearchParameter-valueset-extensions-ValueSet-end.json", "SearchParameter.base"},
    {"SearchParameter-valueset-extensions-ValueSet-keyword.json", "SearchParameter.base"},
    {"SearchParameter-valueset-extensions-ValueSet-workflow.json", "SearchParameter.base"},
    {"ig-r4.json", "ImplementationGuide.name"},
};
// The registry names the components of this one the wrong way round; their expressions are right.
constexpr std::string_view kSwappedComponents = "DocumentReference-relationship";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Component {
  SearchType type;
  std::unique_ptr<oracle::Expression> expression;
};
struct Definition {
  std::unique_ptr<oracle::Expression> expression;
  std::vector<Component> components;
};

class R4Examples : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("HEALTHLAKE_R4_EXAMPLES");
    if (folder == nullptr) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
    folder_ = folder;
    ASSERT_TRUE(std::filesystem::is_directory(folder_)) << folder_;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".json") && name != "package.json" && name != ".index.json") {
        names_.push_back(name);
      }
    }
    std::ranges::sort(names_);
    ASSERT_GT(names_.size(), 5000U);
  }

  json::Value Load(const std::string& name) {
    const auto error = document_.Parse(ReadFile(folder_ / name));
    if (error) throw std::runtime_error(name + ": " + error->message);
    return document_.root();
  }

  // By logical id.
  std::map<std::string, Definition> LoadDefinitions() {
    std::map<std::string, Definition> definitions;
    std::map<std::string, SearchType> types;
    for (const SearchParam& param : AllSearchParams()) {
      types.emplace(param.definition, param.type);
    }
    const json::Value registry = Load("Bundle-searchParams.json");
    const auto entries = registry.Find("entry");
    for (const json::Value entry : *entries) {
      const json::Value source = *entry.Find("resource");
      const auto expression = source.Find("expression");
      if (!expression) continue;
      const std::string id(source.Find("id")->string());
      Definition& definition = definitions[id];
      definition.expression = oracle::Parse(expression->string());
      const auto components = source.Find("component");
      if (!components) continue;
      for (const json::Value component : *components) {
        const std::string url(component.Find("definition")->string());
        const std::string part = url.substr(url.rfind('/') + 1);
        definition.components.push_back(
            {types.at(part), oracle::Parse(component.Find("expression")->string())});
      }
      if (id == kSwappedComponents) {
        std::swap(definition.components[0].type, definition.components[1].type);
      }
    }
    return definitions;
  }

  // The walk's values of every parameter against the oracle's.
  void Compare(const std::string& name, const json::Value& value,
               const std::map<std::string, Definition>& definitions);
  std::ptrdiff_t Met() const {
    return std::ranges::count_if(counts_, [](const auto& row) { return row.second > 0; });
  }

  std::map<std::string, std::size_t> counts_;  // values by "Type:code"
  std::size_t differences_ = 0;
  std::size_t total_ = 0;
  std::filesystem::path folder_;
  std::vector<std::string> names_;
  json::Document document_;
  ResourceWalk walk_;
};

using Values = std::map<std::string, std::set<std::string>>;  // by code of the parameter

Values Walked(const ResourceWalk& walk) {
  Values out;
  const auto values = walk.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string code(FindSearchParam(values[i].param)->code);
    if (values[i].kind != ValueKind::kComposite) {
      out[code].insert(TextOf(values[i]));
      continue;
    }
    std::string text;
    for (std::size_t part = 0; part < values[i].parts; ++part) {
      text += (part ? " $ " : "") + TextOf(values[i + 1 + part]);
    }
    out[code].insert(text);
    i += values[i].parts;
  }
  return out;
}

std::set<std::string> Combine(const Definition& definition, const oracle::Item& resource) {
  std::set<std::string> out;
  for (const oracle::Item& base :
       oracle::Evaluate(*definition.expression, resource, resource).items) {
    std::vector<std::string> combined = {""};
    for (std::size_t part = 0; part < definition.components.size(); ++part) {
      const Component& component = definition.components[part];
      std::vector<std::string> longer;
      for (const std::string& value : oracle::ValuesOf(
               oracle::Evaluate(*component.expression, resource, base), component.type)) {
        if (value.starts_with("identifier")) continue;
        for (const std::string& start : combined) {
          longer.push_back(start + (part ? " $ " : "") + value);
        }
      }
      combined = std::move(longer);
    }
    out.insert(combined.begin(), combined.end());
  }
  return out;
}

// What the oracle finds for one parameter; values that its targets rule out are left out.
std::set<std::string> Expected(const SearchParam& param, const Definition& definition,
                               const oracle::Item& resource) {
  if (param.type == SearchType::kComposite) return Combine(definition, resource);
  const auto values =
      oracle::ValuesOf(oracle::Evaluate(*definition.expression, resource, resource), param.type);
  std::set<std::string> out(values.begin(), values.end());
  if (param.code == "composition" || param.code == "message") {
    if (param.base == *FindResourceType("Bundle")) {
      std::erase_if(out, [&](const std::string& value) {
        return !value.ends_with(std::string(" to ") + std::string(NameOf(param.targets[0])));
      });
    }
  }
  return out;
}

void R4Examples::Compare(const std::string& name, const json::Value& value,
                         const std::map<std::string, Definition>& definitions) {
  WalkOptions options;
  options.structure = StructureCheck::kOff;
  walk_.Run(value, options);
  Values walked = Walked(walk_);
  const oracle::Item resource = oracle::ResourceItem(value);
  for (const SearchParam& param : SearchParamsOf(walk_.type())) {
    if (param.origin != ParamOrigin::kElements) continue;
    const std::string code(param.code);
    const auto expected = Expected(param, definitions.at(std::string(param.definition)), resource);
    counts_[std::string(NameOf(param.base)) + ":" + code] += expected.size();
    total_ += expected.size();
    if (walked[code] != expected && ++differences_ <= 20) {
      ADD_FAILURE() << name << " " << code << "\n walked   " << testing::PrintToString(walked[code])
                    << "\n expected " << testing::PrintToString(expected);
    }
  }
}

TEST_F(R4Examples, AreSoundButForThoseThatBreakTheirOwnDefinitions) {
  std::size_t sound = 0;
  for (const std::string& name : names_) {
    const json::Value resource = Load(name);
    walk_.Run(resource);
    const auto listed = kUnsound.find(name);
    if (listed == kUnsound.end()) {
      EXPECT_TRUE(walk_.issues().empty())
          << name << ": " << walk_.issues()[0].location << ": " << walk_.issues()[0].diagnostics;
      ++sound;
    } else {
      ASSERT_FALSE(walk_.issues().empty()) << name;
      EXPECT_THAT(walk_.issues()[0].diagnostics, testing::HasSubstr("'" + listed->second + "'"));
    }
  }
  std::cout << sound << " examples are sound, " << kUnsound.size() << " are listed as unsound\n";
}

TEST_F(R4Examples, GiveEveryParameterTheValuesThatItsExpressionSelects) {
  const std::map<std::string, Definition> definitions = LoadDefinitions();
  ASSERT_EQ(definitions.size(), 1372U);
  for (const std::string& name : names_) {
    const json::Value resource = Load(name);
    Compare(name, resource, definitions);
  }
  EXPECT_EQ(differences_, 0U);
  std::cout << total_ << " values; " << Met() << " of " << counts_.size()
            << " parameters of the examples' types have some\n";
}

TEST_F(R4Examples, LeaveNoParameterUntriedTogetherWithResourcesThatHaveEveryElement) {
  const std::map<std::string, Definition> definitions = LoadDefinitions();
  for (const ResourceType type : AllResourceTypes()) {
    for (std::size_t variant = 0; variant < 16; ++variant) {
      const std::string name = std::string(NameOf(type)) + " variant " + std::to_string(variant);
      const auto error = document_.Parse(MakeResource(type, variant));
      ASSERT_FALSE(error) << name << ": " << error->message;
      walk_.Run(document_.root());
      ASSERT_TRUE(walk_.issues().empty())
          << name << ": " << walk_.issues()[0].location << ": " << walk_.issues()[0].diagnostics;
      Compare(name, document_.root(), definitions);
    }
  }
  for (const std::string& name : names_) {
    const json::Value resource = Load(name);
    Compare(name, resource, definitions);
  }
  EXPECT_EQ(differences_, 0U);
  for (const auto& [param, count] : counts_) EXPECT_GT(count, 0U) << param;
  std::cout << total_ << " values; " << Met() << " of " << counts_.size()
            << " parameters have some\n";
}

}  // namespace
}  // namespace healthlake::fhir
