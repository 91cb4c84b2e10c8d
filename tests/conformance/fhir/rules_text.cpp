#include "conformance/fhir/rules_text.hpp"

#include <algorithm>

#include "fhir/profile/definition.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

class Writer {
 public:
  void Write(const ElementRules& rules, const std::string& place) {
    if (rules.min > 0) Line(place, "min " + std::to_string(rules.min));
    if (rules.max != kUnbounded) Line(place, "max " + std::to_string(rules.max));
    if (rules.members != ~std::uint64_t{0}) Line(place, "members " + std::to_string(rules.members));
    Write(place, "fixed", rules.fixed);
    Write(place, "pattern", rules.pattern);
    Write(place, "min value", rules.min_value);
    Write(place, "max value", rules.max_value);
    if (rules.max_length) Line(place, "length " + std::to_string(*rules.max_length));
    for (const BindingRule& each : rules.bindings) {
      if (each.required) Line(place, "binding " + each.value_set);
    }
    for (const ConstraintRule& each : rules.constraints) Line(place, each.key + ' ' + each.text);
    for (const TypeRule& each : rules.types) Write(place, each);
    for (const TypeRef& each : rules.resources) Line(place, "resource " + Name(each));
    if (rules.content != nullptr) Line(place, "content " + rules.content->path);
    if (rules.slicing && rules.slicing->demanding) Write(place, *rules.slicing);
    for (const ChildRules& children : rules.children) {
      const std::string in = Name({r4::Kind::kComplex, children.structure});
      for (const auto& child : children.rules) {
        Write(*child, place + '.' + child->name + '(' + in + ')');
      }
    }
  }

  std::vector<std::string> lines;

 private:
  static std::string Name(const TypeRef& type) {
    return type.kind == r4::Kind::kComplex
               ? std::string(PathOf(StructureId::FromNumber(type.structure)))
               : std::string(r4::NameOf(type.kind));
  }

  void Line(const std::string& place, const std::string& demand) {
    lines.push_back(place + ' ' + demand);
  }

  void Write(const std::string& place, const char* what,
             const std::shared_ptr<const Datum>& datum) {
    if (datum) Line(place, std::string(what) + ' ' + datum->Json());
  }

  void Write(const std::string& place, const TypeRule& rule) {
    for (const Definition* profile : rule.profiles) {
      Line(place, Name(rule.type) + " profile " + profile->url);
    }
    if (!rule.targets) return;
    std::string targets;
    for (const ResourceType type : AllResourceTypes()) {
      if (rule.targets->Holds(type)) targets += ' ' + std::string(NameOf(type));
    }
    Line(place, Name(rule.type) + " targets" + targets);
  }

  void Write(const std::string& place, const Slicing& slicing) {
    Line(place, "slicing " + std::to_string(static_cast<int>(slicing.rules)) +
                    (slicing.ordered ? " ordered" : ""));
    for (const Slice& slice : slicing.slices) {
      const std::string in = place + ':' + slice.name;
      Line(in, slice.decidable ? "slice" : "slice that cannot be told");
      for (const SliceTest& test : slice.tests) {
        std::string text = "test " + std::to_string(static_cast<int>(test.op));
        for (const PathStep& step : test.path) {
          text += '/' + std::to_string(static_cast<int>(step.op)) + step.name;
        }
        if (test.datum) text += ' ' + test.datum->Json();
        for (const TypeRef& type : test.types) text += ' ' + Name(type);
        for (const Definition* profile : test.profiles) text += ' ' + profile->url;
        Line(in, text);
      }
      Write(*slice.rules, in);
    }
  }
};

}  // namespace

std::vector<std::string> Lines(const ElementRules& rules) {
  Writer writer;
  writer.Write(rules, rules.path);
  std::ranges::sort(writer.lines);
  return writer.lines;
}

}  // namespace healthlake::fhir
