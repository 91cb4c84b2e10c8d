// Which slice a value is in.
#include <algorithm>

#include "fhir/profile/rule_checker.hpp"
#include "fhir/profile/value_check.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using fhirpath::Node;

// Resources may refer to each other in circles.
constexpr int kMaxHops = 4;
// Of a resource that is looked at once more, for ReferenceResolver::Spend.
constexpr std::size_t kBytesPerStep = 16;

bool IsA(const Node& node, const TypeRef& type) {
  return node.kind == type.kind &&
         (node.kind != r4::Kind::kComplex || DerivesFrom(StructureId::FromNumber(node.structure),
                                                         StructureId::FromNumber(type.structure)));
}

}  // namespace

bool RuleChecker::InSlice(const fhir::Slice& slice, const Node& node) {
  return std::ranges::all_of(slice.tests, [&](const SliceTest& test) {
    return Reaches(test, 0, node) != (test.op == SliceTest::Op::kAbsent);
  });
}

// Whether something at the end of the path passes.
bool RuleChecker::Reaches(const SliceTest& test, std::size_t step, const Node& node) {
  if (step == test.path.size()) return Passes(test, node);
  const PathStep& at = test.path[step];
  switch (at.op) {
    case PathStep::Op::kOfType:
      return IsA(node, at.type) && Reaches(test, step + 1, node);
    case PathStep::Op::kResolve: {
      if (hops_ == kMaxHops) return false;
      const auto resolved = resolver_.Resolve(node.value, around_);
      if (!resolved) return false;
      if (resolved->value.exists() &&
          !resolver_.Spend(resolved->value.raw().size() / kBytesPerStep)) {
        return false;
      }
      ++hops_;
      const bool reaches = Reaches(test, step + 1, *resolved);
      --hops_;
      return reaches;
    }
    default:
      return ReachesChild(test, step, node);
  }
}

bool RuleChecker::ReachesChild(const SliceTest& test, std::size_t step, const Node& node) {
  const PathStep& at = test.path[step];
  const bool primitive = r4::IsPrimitive(node.kind);
  const json::Value& object = primitive ? node.twin : node.value;
  if (!object.exists() || !object.is_object()) return false;
  static const std::uint16_t element_structure = FindStructure("Element").number();
  const r4::StructureRow& structure = r4::kStructures[primitive ? element_structure : node.structure];
  const bool extension = at.op == PathStep::Op::kExtension;
  const std::string_view name = extension ? std::string_view("extension") : at.name;
  const auto reaches = [&](const json::Value& value, const r4::MemberRow& member) {
    if (extension) {
      const auto url = value.Find("url");
      if (!url || !url->is_string() || url->string() != at.name) return false;
    }
    Node next{value, {}, member.kind, member.structure};
    if (member.kind == r4::Kind::kResource) next = fhirpath::NodeOfResource(value);
    return Reaches(test, step + 1, next);
  };
  for (const json::Value child : object) {
    const int index = r4::FindMember(structure, child.key(), r4::NameHash(child.key()));
    if (index < 0) continue;
    const r4::MemberRow& member = r4::kMembers[structure.first_member + index];
    const r4::ElementRow& element = r4::kElements[structure.first_element + member.element];
    if (r4::View(element.name) != name) continue;
    if (!child.is_array()) {
      if (reaches(child, member)) return true;
      continue;
    }
    for (const json::Value item : child) {
      if (reaches(item, member)) return true;
    }
  }
  return false;
}

bool RuleChecker::Passes(const SliceTest& test, const Node& node) {
  switch (test.op) {
    case SliceTest::Op::kFixed:
      return node.value.exists() && EqualsFixed(*test.datum, node.value);
    case SliceTest::Op::kPattern:
      return node.value.exists() && MatchesPattern(*test.datum, node.value);
    case SliceTest::Op::kBinding:
      return InCodeSet(*test.codes, node) != Membership::kNo;
    case SliceTest::Op::kExists:
    case SliceTest::Op::kAbsent:
      return true;
    case SliceTest::Op::kType:
      return std::ranges::any_of(test.types, [&](const TypeRef& type) { return IsA(node, type); });
    case SliceTest::Op::kProfile:
      return std::ranges::any_of(test.profiles, [&](const Definition* profile) {
        // Of a resource that is not at hand only the type can be told.
        return IsA(node, profile->type_ref) && (!node.value.exists() || Conforms(*profile, node));
      });
  }
  return false;
}

}  // namespace healthlake::fhir
