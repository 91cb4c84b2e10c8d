#include "conformance/fhir/engine_verdicts.hpp"

#include <algorithm>

#include "fhir/invariants.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using fhirpath::Environment;
using fhirpath::Node;

class Judge {
 public:
  explicit Judge(fhirpath::Evaluator& evaluator) : evaluator_(evaluator) {}

  Verdicts Of(const json::Value& resource) {
    path_ = resource.Find("resourceType")->string();
    Resource(resource, {}, false);
    std::ranges::sort(verdicts_.violated);
    return std::move(verdicts_);
  }

 private:
  void Resource(const json::Value& resource, Environment environment, bool contained) {
    const Node node = fhirpath::NodeOfResource(resource);
    environment.resource = node;
    if (!contained) environment.root_resource = node;
    Structures(node, environment);
    Children(node, environment);
  }

  void Children(const Node& node, const Environment& environment) {
    const r4::StructureRow& structure = r4::kStructures[node.structure];
    for (std::size_t i = 0; i < structure.member_count; ++i) {
      const r4::MemberRow& member = r4::kMembers[structure.first_member + i];
      const std::string name(r4::View(member.name));
      const auto value = node.value.Find(name);
      const auto twin = r4::IsPrimitive(member.kind) ? node.value.Find("_" + name) : std::nullopt;
      if (!value && !twin) continue;
      const std::size_t mark = path_.size();
      path_ += '.' + name;
      if (member.flags & r4::kArray) {
        Items(value, twin, member, environment, node);
      } else {
        One(value.value_or(json::Value()), twin.value_or(json::Value()), member, environment, node);
      }
      path_.resize(mark);
    }
  }

  void Items(const std::optional<json::Value>& values, const std::optional<json::Value>& twins,
             const r4::MemberRow& member, const Environment& environment, const Node& parent) {
    const std::vector<json::Value> value = ItemsOf(values);
    const std::vector<json::Value> twin = ItemsOf(twins);
    const std::size_t mark = path_.size();
    for (std::size_t i = 0; i < std::max(value.size(), twin.size()); ++i) {
      path_ += '[' + std::to_string(i) + ']';
      One(i < value.size() ? value[i] : json::Value(), i < twin.size() ? twin[i] : json::Value(),
          member, environment, parent);
      path_.resize(mark);
    }
  }

  static std::vector<json::Value> ItemsOf(const std::optional<json::Value>& array) {
    std::vector<json::Value> items;
    if (array && array->is_array()) {
      for (const json::Value item : *array) items.push_back(item.is_null() ? json::Value() : item);
    }
    return items;
  }

  void One(const json::Value& value, const json::Value& twin, const r4::MemberRow& member,
           const Environment& environment, const Node& parent) {
    if (member.kind == r4::Kind::kResource) {
      const bool contained = r4::View(member.name) == "contained";
      Environment inner = environment;
      if (r4::View(r4::kStructures[parent.structure].path) == "Bundle.entry") {
        inner.bundle = environment.resource;
      }
      if (value.is_object()) Resource(value, inner, contained);
      return;
    }
    const bool primitive = r4::IsPrimitive(member.kind);
    const Node node{value, twin, member.kind, primitive ? std::uint16_t{0} : member.structure};
    if (!primitive && !value.is_object()) return;
    if (primitive) {
      Of(r4::kStructures[FindStructure("Element").number()], node, environment);
    } else {
      Structures(node, environment);
    }
    Rows(member.first_invariant, member.invariant_count, node, environment);
    if (!primitive) {
      Children(node, environment);
    } else if (twin.exists() && twin.is_object()) {
      Children({twin, {}, r4::Kind::kComplex, FindStructure("Element").number()}, environment);
    }
  }

  void Structures(const Node& node, const Environment& environment) {
    for (std::uint16_t number = node.structure; number != 0;
         number = r4::kStructures[number].base) {
      Of(r4::kStructures[number], node, environment);
    }
  }
  void Of(const r4::StructureRow& structure, const Node& node, const Environment& environment) {
    Rows(structure.first_invariant, structure.invariant_count, node, environment);
  }

  void Rows(std::size_t first, std::size_t count, const Node& node,
            const Environment& environment) {
    for (std::size_t row = first; row < first + count; ++row) {
      if (r4::kInvariants[row].severity != r4::InvariantSeverity::kError) continue;
      ++verdicts_.evaluations;
      const auto truth =
          evaluator_.Test(ExpressionOf(static_cast<std::uint16_t>(row)), node, environment);
      if (truth == fhirpath::Truth::kTrue) continue;
      Verdict verdict{path_, std::string(r4::View(r4::kInvariants[row].key))};
      const bool empty = truth == fhirpath::Truth::kUnknown && evaluator_.error().empty();
      if (truth == fhirpath::Truth::kFalse || (empty && !HoldsWhenEmpty(verdict.key))) {
        verdicts_.violated.push_back(std::move(verdict));
      } else {
        verdict.key += std::string(" ") + std::string(evaluator_.error());
        verdicts_.unknown.push_back(std::move(verdict));
      }
    }
  }

  fhirpath::Evaluator& evaluator_;
  std::string path_;
  Verdicts verdicts_;
};

}  // namespace

Verdicts EngineVerdicts(const json::Value& resource, fhirpath::Evaluator& evaluator) {
  return Judge(evaluator).Of(resource);
}

}  // namespace healthlake::fhir
