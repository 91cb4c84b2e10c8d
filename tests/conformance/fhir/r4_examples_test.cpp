// The official R4 examples through the walk: what is sound is accepted, and every parameter gives
// the values that its FHIRPath expression selects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>

#include "conformance/fhir/made_resource.hpp"
#include "conformance/fhir/official_examples.hpp"
#include "conformance/fhir/oracle_values.hpp"
#include "conformance/fhir/registry_expressions.hpp"
#include "conformance/fhir/value_text.hpp"
#include "fhir/fhirpath/evaluator.hpp"

namespace healthlake::fhir {
namespace {

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

  // The walk's values of every parameter against the engine's.
  void Compare(const std::string& name, const json::Value& value,
               const std::map<std::string, oracle::Definition>& definitions);
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

// The engine on one resource.
class Oracle {
 public:
  explicit Oracle(const json::Value& resource) {
    environment_.resource = fhirpath::NodeOfResource(resource);
    environment_.root_resource = environment_.resource;
  }

  // What it finds for one parameter; values that its targets rule out are left out.
  std::set<std::string> Find(const SearchParam& param, const oracle::Definition& definition) {
    if (param.type == SearchType::kComposite) return Combine(definition);
    std::set<std::string> out;
    for (const fhirpath::Expression& expression : definition.alternatives) {
      for (std::string& value : ValuesOf(expression, environment_.resource, param.type)) {
        out.insert(std::move(value));
      }
    }
    if (param.code == "composition" || param.code == "message") {
      if (param.base == *FindResourceType("Bundle")) {
        std::erase_if(out, [&](const std::string& value) {
          return !value.ends_with(std::string(" to ") + std::string(NameOf(param.targets[0])));
        });
      }
    }
    return out;
  }

 private:
  std::vector<std::string> ValuesOf(const fhirpath::Expression& expression,
                                    const fhirpath::Node& focus, SearchType type) {
    const auto items = evaluator_.Evaluate(expression, focus, environment_);
    EXPECT_EQ(evaluator_.error(), "");
    return oracle::ValuesOf(items, type);
  }

  std::set<std::string> Combine(const oracle::Definition& definition) {
    std::vector<fhirpath::Item> bases;
    for (const fhirpath::Expression& expression : definition.alternatives) {
      const auto found = evaluator_.Evaluate(expression, environment_.resource, environment_);
      bases.insert(bases.end(), found.begin(), found.end());
    }
    std::set<std::string> out;
    for (const fhirpath::Item& base : bases) {
      std::vector<std::string> combined = {""};
      for (std::size_t part = 0; part < definition.components.size(); ++part) {
        const oracle::Component& component = definition.components[part];
        std::vector<std::string> longer;
        for (const std::string& value :
             ValuesOf(component.expression, base.node(), component.type)) {
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

  fhirpath::Environment environment_;
  fhirpath::Evaluator evaluator_;
};

void R4Examples::Compare(const std::string& name, const json::Value& value,
                         const std::map<std::string, oracle::Definition>& definitions) {
  WalkOptions options;
  options.structure = StructureCheck::kOff;
  walk_.Run(value, options);
  Values walked = Walked(walk_);
  Oracle oracle(value);
  for (const SearchParam& param : SearchParamsOf(walk_.type())) {
    if (param.origin != ParamOrigin::kElements) continue;
    const std::string code(param.code);
    const auto expected = oracle.Find(param, definitions.at(std::string(param.definition)));
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
                                                   testing::HasSubstr(listed->second))))
          << name;
    }
  }
  std::cout << sound << " examples are sound, " << UnsoundExamples().size()
            << " are listed as unsound\n";
}

// Resources made to have every element see to it that no parameter stays without a value.
TEST_F(R4Examples, GiveEveryParameterTheValuesThatItsExpressionSelects) {
  const auto definitions = oracle::LoadDefinitions(*examples_);
  ASSERT_EQ(definitions.size(), 1372U);
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
