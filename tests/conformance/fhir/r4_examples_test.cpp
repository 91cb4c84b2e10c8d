// The official R4 examples through the walk: what is sound is accepted, and every parameter gives
// the values that its FHIRPath expression selects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>

#include "conformance/fhir/fhirpath_oracle.hpp"
#include "conformance/fhir/made_resource.hpp"
#include "conformance/fhir/official_examples.hpp"
#include "conformance/fhir/value_text.hpp"

namespace healthlake::fhir {
namespace {

// The registry names the components of this one the wrong way round; their expressions are right.
constexpr std::string_view kSwappedComponents = "DocumentReference-relationship";

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
    examples_ = OfficialExamples::Open();
    if (!examples_) GTEST_SKIP() << "HEALTHLAKE_R4_EXAMPLES is not set";
  }

  json::Value Load(const std::string& name) {
    const auto error = document_.Parse(examples_->Text(name));
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
  std::optional<OfficialExamples> examples_;
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
  for (const std::string& name : examples_->names()) {
    const json::Value resource = Load(name);
    walk_.Run(resource);
    const auto listed = UnsoundExamples().find(name);
    if (listed == UnsoundExamples().end()) {
      EXPECT_TRUE(walk_.issues().empty())
          << name << ": " << walk_.issues()[0].location << ": " << walk_.issues()[0].diagnostics;
      ++sound;
    } else {
      EXPECT_THAT(walk_.issues(),
                  testing::Contains(testing::Field(&core::Issue::diagnostics,
                                                   testing::HasSubstr("'" + listed->second + "'"))))
          << name;
    }
  }
  std::cout << sound << " examples are sound, " << UnsoundExamples().size()
            << " are listed as unsound\n";
}

TEST_F(R4Examples, GiveEveryParameterTheValuesThatItsExpressionSelects) {
  const std::map<std::string, Definition> definitions = LoadDefinitions();
  ASSERT_EQ(definitions.size(), 1372U);
  for (const std::string& name : examples_->names()) {
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
      for (const core::Issue& issue : walk_.issues()) {
        ASSERT_FALSE(issue.diagnostics.starts_with("Unrecognised property"))
            << name << ": " << issue.location << ": " << issue.diagnostics;
      }
      Compare(name, document_.root(), definitions);
    }
  }
  for (const std::string& name : examples_->names()) {
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
