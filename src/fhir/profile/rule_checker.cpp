#include "fhir/profile/rule_checker.hpp"

#include <algorithm>
#include <utility>

#include "fhir/profile/value_check.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using fhirpath::Node;

std::uint16_t ElementStructure() {
  static const std::uint16_t number = FindStructure("Element").number();
  return number;
}

bool IsA(const Node& node, const TypeRef& type) {
  if (node.kind != type.kind) return false;
  return node.kind != r4::Kind::kComplex || node.structure == type.structure ||
         DerivesFrom(StructureId::FromNumber(node.structure),
                     StructureId::FromNumber(type.structure));
}

// Those that a constraint names.
class ConstraintValueSets final : public fhirpath::ValueSets {
 public:
  explicit ConstraintValueSets(const ConstraintRule& constraint) : constraint_(constraint) {}

  fhirpath::Truth Holds(std::string_view value_set, const Node& coded) const override {
    const auto found =
        std::ranges::find(constraint_.value_sets, value_set, &BindingRule::value_set);
    if (found == constraint_.value_sets.end() || !found->codes) return fhirpath::Truth::kUnknown;
    switch (InCodeSet(*found->codes, coded)) {
      case Membership::kYes:
        return fhirpath::Truth::kTrue;
      case Membership::kNo:
        return fhirpath::Truth::kFalse;
      default:
        return fhirpath::Truth::kUnknown;
    }
  }

 private:
  const ConstraintRule& constraint_;
};

// The member "_name" of an object.
json::Value FindTwin(const json::Value& object, std::string_view name) {
  for (const json::Value child : object) {
    const std::string_view key = child.key();
    if (key.size() == name.size() + 1 && key[0] == '_' && key.substr(1) == name) return child;
  }
  return {};
}

bool IsObject(const json::Value& value) {
  return value.exists() && value.is_object();
}

}  // namespace

void RuleChecker::Reset(std::size_t budget, Notices notices) {
  notices_ = notices;
  around_ = {};
  resolver_.Reset(budget);
  counts_.clear();
  quiet_ = false;
  faults_ = 0;
  hops_ = 0;
}

void RuleChecker::Check(const Definition& definition, const Node& node) {
  const Definition* outer = std::exchange(at_, &definition);
  Value(definition.rules(), node);
  at_ = outer;
}

bool RuleChecker::Conforms(const Definition& definition, const Node& node) {
  const bool outer_quiet = std::exchange(quiet_, true);
  const std::size_t outer_faults = std::exchange(faults_, 0);
  Check(definition, node);
  quiet_ = outer_quiet;
  return std::exchange(faults_, outer_faults) == 0;
}

void RuleChecker::Report(core::Severity severity, const std::string& path,
                         const std::string& text) {
  std::string diagnostics = "Profile " + at_->url + ", Element '" + path + "': " + text;
  // A snapshot says some things twice, of an element and of its slice.
  const std::string location = log_.Path();
  const bool known = std::ranges::any_of(log_.issues(), [&](const core::Issue& issue) {
    return issue.location == location && issue.diagnostics == diagnostics;
  });
  if (!known) log_.Add(severity, location, std::move(diagnostics));
}

void RuleChecker::Value(const ElementRules& rules, const Node& node) {
  if (!rules.deep || Decided()) return;
  if (!rules.resources.empty()) Resources(rules, node);
  Scalars(rules, node);
  if (!rules.bindings.empty()) Bindings(rules, node);
  if (!rules.constraints.empty()) Constraints(rules, node);
  if (!rules.types.empty()) Types(rules, node);
  Children(rules, node);
}

void RuleChecker::Scalars(const ElementRules& rules, const Node& node) {
  if (!node.value.exists()) return;
  if (rules.fixed && !EqualsFixed(*rules.fixed, node.value)) {
    Fault(rules, [&] { return "the value must be " + rules.fixed->Json(); });
  }
  if (rules.pattern && !MatchesPattern(*rules.pattern, node.value)) {
    Fault(rules, [&] { return "the value must have at least " + rules.pattern->Json(); });
  }
  if (rules.min_value && IsLess(node.value, *rules.min_value)) {
    Fault(rules, [&] { return "the value must not be less than " + rules.min_value->Json(); });
  }
  if (rules.max_value && IsGreater(node.value, *rules.max_value)) {
    Fault(rules, [&] { return "the value must not be more than " + rules.max_value->Json(); });
  }
  if (rules.max_length && LengthOf(node.value) > *rules.max_length) {
    Fault(rules, [&] {
      return "the value must not have more than " + std::to_string(*rules.max_length) +
             " characters";
    });
  }
}

void RuleChecker::Bindings(const ElementRules& rules, const Node& node) {
  for (const BindingRule& binding : rules.bindings) {
    const bool notice = !binding.required;
    if (notice && (notices_ == Notices::kOff || quiet_)) continue;
    if (InCodeSet(*binding.codes, node) != Membership::kNo) continue;
    if (notice) {
      Report(core::Severity::kWarning, rules.path,
             "none of the codes provided is in the value set " + binding.value_set +
                 ", from which a code should come unless none fits");
      continue;
    }
    Fault(rules, [&] {
      return "none of the codes provided is in the value set " + binding.value_set +
             ", and a code from it is required";
    });
  }
}

void RuleChecker::Constraints(const ElementRules& rules, const Node& node) {
  for (const ConstraintRule& constraint : rules.constraints) {
    const ConstraintValueSets value_sets(constraint);
    around_.value_sets = &value_sets;
    if (evaluator_.Test(constraint.expression, node, around_) != fhirpath::Truth::kFalse) continue;
    Fault(rules,
          [&] { return "Constraint failed: " + constraint.key + " (" + constraint.text + ')'; });
  }
  around_.value_sets = nullptr;
}

void RuleChecker::Resources(const ElementRules& rules, const Node& node) {
  if (node.structure == 0) return;
  if (std::ranges::any_of(rules.resources, [&](const TypeRef& type) { return IsA(node, type); })) {
    return;
  }
  Fault(rules, [&] {
    return "the type " + std::string(PathOf(StructureId::FromNumber(node.structure))) +
           " is not allowed here, but " + rules.types_text;
  });
}

void RuleChecker::Types(const ElementRules& rules, const Node& node) {
  for (const TypeRule& rule : rules.types) {
    if (!IsA(node, rule.type)) continue;
    if (rule.targets && IsObject(node.value)) {
      const std::uint16_t structure = resolver_.TypeOf(node.value, around_);
      const std::string_view name = PathOf(StructureId::FromNumber(structure));
      const auto target = FindResourceType(name);
      if (target && !rule.targets->Holds(*target)) {
        Fault(rules,
              [&] { return "a reference to " + std::string(name) + " is not allowed here"; });
      }
    }
    if (rule.profiles.size() == 1) {
      Check(*rule.profiles.front(), node);
    } else if (!rule.profiles.empty() &&
               std::ranges::none_of(rule.profiles, [&](const Definition* profile) {
                 return Conforms(*profile, node);
               })) {
      Fault(rules, [] { return std::string("the value fits none of the profiles allowed here"); });
    }
  }
}

void RuleChecker::Children(const ElementRules& rules, const Node& node) {
  const bool primitive = r4::IsPrimitive(node.kind);
  const json::Value& object = primitive ? node.twin : node.value;
  if (!object.exists() || !object.is_object()) {
    // A primitive without id and extensions lacks all that is demanded there.
    if (!primitive || rules.children.empty()) return;
  }
  const std::uint16_t structure = primitive ? ElementStructure() : node.structure;
  if (structure == 0) return;
  for (const ElementRules* from : {&rules, rules.content}) {
    if (!from) continue;
    for (const ChildRules& children : from->children) {
      if (children.structure != structure &&
          !DerivesFrom(StructureId::FromNumber(structure),
                       StructureId::FromNumber(children.structure))) {
        continue;
      }
      Object(children, object, structure);
      break;
    }
  }
}

void RuleChecker::Object(const ChildRules& children, const json::Value& object,
                         std::uint16_t structure_number) {
  const r4::StructureRow& structure = r4::kStructures[structure_number];
  const std::size_t base = counts_.size();
  counts_.resize(base + children.slots, 0);
  if (IsObject(object)) {
    for (const json::Value child : object) {
      std::string_view key = child.key();
      int index = r4::FindMember(structure, key, r4::NameHash(key));
      bool only_twin = false;
      if (index < 0) {
        if (!key.starts_with('_')) continue;
        key.remove_prefix(1);
        index = r4::FindMember(structure, key, r4::NameHash(key));
        if (index < 0) continue;
        only_twin = true;
      }
      const r4::MemberRow& member = r4::kMembers[structure.first_member + index];
      const int found = children.Find(member.element, notices_);
      if (found < 0) continue;
      if (only_twin && object.Find(key)) continue;  // met beside its value
      const auto place = static_cast<std::size_t>(found);
      const ElementRules& rules = *children.rules[place];
      const r4::ElementRow& element = r4::kElements[structure.first_element + member.element];
      const std::size_t slot = base + children.first_slot[place];
      log_.Enter(key);
      const auto type = static_cast<std::size_t>(index - element.first_member);
      if (type < 64 && ((rules.members >> type) & 1) == 0) {
        Fault(rules, [&] {
          return "the type " + std::string(r4::View(member.code)) + " is not allowed here, but " +
                 rules.types_text;
        });
      }
      Member(rules, slot, object, child, member, only_twin);
      log_.Leave();
      if (Decided()) break;
    }
  }
  if (!Decided()) {
    for (std::size_t i = 0; i < children.rules.size(); ++i) {
      Finish(*children.rules[i], base + children.first_slot[i], true);
    }
  }
  counts_.resize(base);
}

void RuleChecker::Member(const ElementRules& rules, std::size_t slot, const json::Value& object,
                         const json::Value& value, const r4::MemberRow& member, bool only_twin) {
  const bool array = (member.flags & r4::kArray) != 0;
  if (array != value.is_array()) return;
  if (!rules.deep) {
    counts_[slot] += array ? static_cast<std::uint32_t>(value.size()) : 1;
    return;
  }
  const bool primitive = r4::IsPrimitive(member.kind);
  json::Value twin;
  if (primitive) twin = only_twin ? value : FindTwin(object, r4::View(member.name));
  if (array) {
    Array(rules, slot, only_twin ? json::Value() : value, twin, member);
    return;
  }
  Node node{only_twin ? json::Value() : value, twin, member.kind, member.structure};
  if (member.kind == r4::Kind::kResource) node = fhirpath::NodeOfResource(value);
  Count(rules, slot, node);
}

void RuleChecker::Array(const ElementRules& rules, std::size_t slot, const json::Value& value,
                        const json::Value& twin, const r4::MemberRow& member) {
  const bool twins = twin.exists() && twin.is_array();
  const std::size_t size = std::max(value.exists() ? value.size() : 0, twins ? twin.size() : 0);
  json::Value::Iterator at = value.exists() ? value.begin() : json::Value::Iterator();
  json::Value::Iterator twin_at = twins ? twin.begin() : json::Value::Iterator();
  for (std::size_t i = 0; i < size && !Decided(); ++i) {
    Node node{{}, {}, member.kind, member.structure};
    if (value.exists() && i < value.size()) node.value = *at++;
    if (twins && i < twin.size()) node.twin = *twin_at++;
    if (node.value.exists() && node.value.is_null()) node.value = {};
    if (node.twin.exists() && node.twin.is_null()) node.twin = {};
    if (member.kind == r4::Kind::kResource && node.value.exists()) {
      node = fhirpath::NodeOfResource(node.value);
    }
    log_.SetIndex(i);
    Count(rules, slot, node);
  }
}

void RuleChecker::Count(const ElementRules& rules, std::size_t slot, const Node& node) {
  ++counts_[slot];
  Value(rules, node);
  if (rules.slicing && (rules.slicing->demanding || notices_ == Notices::kOn)) {
    Slice(rules, slot, node);
  }
}

// counts_[slot + 1]: the last slice met, from 1; kUnsliced once an item was in none.
void RuleChecker::Slice(const ElementRules& rules, std::size_t slot, const Node& node) {
  constexpr std::uint32_t kUnsliced = kUnbounded;
  const Slicing& slicing = *rules.slicing;
  std::size_t place = slot + 2;
  std::uint32_t number = 0;
  for (const fhir::Slice& slice : slicing.slices) {
    ++number;
    if (!slice.decidable || !InSlice(slice, node)) {
      place += slice.rules->slots;
      continue;
    }
    const std::uint32_t last = counts_[slot + 1];
    if (last == kUnsliced && slicing.rules == SlicingDefinition::Rules::kOpenAtEnd) {
      Fault(rules, [&] { return "slice " + slice.name + " must stand before what is in none"; });
    } else if (slicing.ordered && last != kUnsliced && number < last) {
      Fault(rules, [&] { return "slice " + slice.name + " is out of order"; });
    }
    if (last != kUnsliced) counts_[slot + 1] = number;
    Count(*slice.rules, place, node);
    return;
  }
  if (!slicing.decidable) return;
  if (slicing.rules == SlicingDefinition::Rules::kClosed) {
    Fault(rules, [] {
      return std::string("the value fits none of the slices, and no others are allowed");
    });
  } else if (slicing.rules == SlicingDefinition::Rules::kOpenAtEnd) {
    counts_[slot + 1] = kUnsliced;
  }
}

// `needed`: what the rules are about is there, so that its slices are wanted.
void RuleChecker::Finish(const ElementRules& rules, std::size_t slot, bool needed) {
  const std::uint32_t count = counts_[slot];
  if (count < rules.min) {
    Fault(rules, [&] {
      return "minimum required = " + std::to_string(rules.min) + ", but only found " +
             std::to_string(count);
    });
  } else if (count > rules.max) {
    Fault(rules, [&] {
      return "max allowed = " + std::to_string(rules.max) + ", but found " + std::to_string(count);
    });
  }
  if (!rules.slicing || !needed) return;
  std::size_t place = slot + 2;
  for (const fhir::Slice& slice : rules.slicing->slices) {
    if (slice.decidable) Finish(*slice.rules, place, counts_[place] > 0);
    place += slice.rules->slots;
  }
}

}  // namespace healthlake::fhir
