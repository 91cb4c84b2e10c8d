#include "fhir/profile/rule_compiler.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "fhir/profile/rules.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::string_view kAllLanguages = "http://hl7.org/fhir/ValueSet/all-languages";
constexpr std::string_view kSimpleQuantity =
    "http://hl7.org/fhir/StructureDefinition/SimpleQuantity";

// Where an element stands in the tables.
struct Place {
  const r4::StructureRow& structure;
  const r4::ElementRow& element;

  std::size_t member_count() const { return element.member_count; }
  const r4::MemberRow& member(std::size_t index) const {
    return r4::kMembers[structure.first_member + element.first_member + index];
  }
  bool array() const { return (element.flags & r4::kArray) != 0; }
  bool choice() const { return (element.flags & r4::kChoice) != 0; }
};

TypeRef TypeOf(const r4::MemberRow& member) {
  return {member.kind, member.kind == r4::Kind::kComplex ? member.structure : std::uint16_t{0}};
}

std::uint16_t ElementStructure() {
  static const std::uint16_t number = FindStructure("Element").number();
  return number;
}

std::uint16_t ExtensionStructure() {
  static const std::uint16_t number = FindStructure("Extension").number();
  return number;
}

// Whether R4 itself has an invariant of that key: the base walk checks it wherever it holds.
bool IsBaseInvariant(std::string_view key) {
  static const std::unordered_set<std::string_view> keys = [] {
    std::unordered_set<std::string_view> all;
    for (std::uint16_t i = 0; i < r4::kInvariantCount; ++i) {
      all.insert(r4::View(r4::kInvariants[i].key));
    }
    return all;
  }();
  return keys.contains(key);
}

// Where R4 says SimpleQuantity itself, the base walk checks it.
bool IsSimpleQuantity(const TypeDefinition& type, const r4::MemberRow& member) {
  if (type.profiles != std::vector<std::string>{std::string(kSimpleQuantity)}) return false;
  for (std::size_t i = 0; i < member.invariant_count; ++i) {
    if (r4::View(r4::kInvariants[member.first_invariant + i].key) == "sqty-1") return true;
  }
  return false;
}

bool Same(const std::shared_ptr<const Datum>& a, const std::shared_ptr<const Datum>& b) {
  return a == b || (a && b && *a == *b);
}

// Whether anything below is demanded, apart from what elements refer to.
bool DemandsBelow(const ElementRules& rules) {
  return std::ranges::any_of(rules.children, [](const ChildRules& children) {
    return std::ranges::any_of(children.rules, [](const auto& rule) {
      return rule->min > 0 || rule->max != kUnbounded || rule->OfItself() || DemandsBelow(*rule);
    });
  });
}

class Compiler {
 public:
  Compiler(const Definition& definition, const ProfileSet::Rules& set, Terminology& terminology)
      : context_(definition, set, terminology) {}

  std::unique_ptr<const ElementRules> Compile(const ElementNode& root);

 private:
  std::unique_ptr<ElementRules> Element(const ElementNode& node, const Place& place);
  const ElementNode* ContentOf(const ElementNode* node, const Place& place) const;
  void Refer(ElementRules& rules, const ElementNode& content, const Place& place);
  void Counts(const ElementNode& node, const Place& place, ElementRules& rules);
  void Types(const ElementNode& node, const Place& place, ElementRules& rules);
  void TypeOfElement(const TypeDefinition& type, const Place& place, std::size_t index,
                     ElementRules& rules);
  std::vector<const Definition*> Profiles(const TypeDefinition& type);
  std::optional<TargetSet> Targets(const TypeDefinition& type, const r4::MemberRow& member);
  void Values(const ElementNode& node, ElementRules& rules);
  void Bindings(const ElementNode& node, const Place& place, ElementRules& rules);
  void AddBinding(const std::string& value_set, bool required, ElementRules& rules);
  void Constraints(const ElementNode& node, ElementRules& rules);
  std::vector<BindingRule> ValueSetsOf(std::string_view expression);
  void Children(const ElementNode& node, const std::vector<std::uint16_t>& structures,
                ElementRules& rules);
  std::vector<std::uint16_t> StructuresOf(const ElementNode& node, const Place& place,
                                          const ElementRules& rules) const;
  void Slices(const ElementNode& node, const Place& place, ElementRules& rules);

  RuleContext context_;
  std::unordered_map<const ElementNode*, const ElementRules*> compiled_;
  std::vector<std::pair<ElementRules*, const ElementNode*>> references_;
  const ElementNode* root_ = nullptr;
};

std::unique_ptr<const ElementRules> Compiler::Compile(const ElementNode& root) {
  root_ = &root;
  auto rules = std::make_unique<ElementRules>();
  const TypeRef type = context_.definition.type_ref;
  rules->path = context_.definition.type;
  Constraints(root, *rules);
  Children(root, {type.kind == r4::Kind::kComplex ? type.structure : ElementStructure()}, *rules);
  rules->Finish();
  compiled_[&root] = rules.get();
  for (const auto& [from, to] : references_) {
    const auto found = compiled_.find(to);
    if (found == compiled_.end() || !DemandsBelow(*found->second)) continue;
    from->content = found->second;
    from->deep = true;
  }
  return rules;
}

std::unique_ptr<ElementRules> Compiler::Element(const ElementNode& node, const Place& place) {
  auto rules = std::make_unique<ElementRules>();
  rules->path = node.definition.id.empty() ? node.name : node.definition.id;
  Counts(node, place, *rules);
  Types(node, place, *rules);
  Values(node, *rules);
  Bindings(node, place, *rules);
  Constraints(node, *rules);
  Children(node, StructuresOf(node, place, *rules), *rules);
  Slices(node, place, *rules);
  rules->Finish();
  compiled_[&node] = rules.get();
  return rules;
}

// The element whose children are those of this one: a contentReference, which the tables know by
// the structure. Null when nothing is said of its children, or when it is no such element.
const ElementNode* Compiler::ContentOf(const ElementNode* node, const Place& place) const {
  const ElementNode* content = nullptr;
  if (node && !node->children.empty()) return nullptr;  // written out instead
  const std::string_view path = PathOf(StructureId::FromNumber(place.member(0).structure));
  if (node && !node->definition.content_reference.empty()) {
    content = FindById(*root_, node->definition.content_reference);
  } else if (place.member(0).kind == r4::Kind::kComplex && path.find('.') != path.npos) {
    const std::string own = std::string(r4::View(place.structure.path)) + '.' +
                            std::string(r4::View(place.element.name));
    if (path != own) content = FindById(*root_, path);
  }
  return content && !content->children.empty() ? content : nullptr;
}

void Compiler::Refer(ElementRules& rules, const ElementNode& content, const Place& place) {
  if (rules.path.empty()) {
    rules.path = std::string(r4::View(place.structure.path)) + '.' +
                 std::string(r4::View(place.element.name));
    rules.Finish();
  }
  rules.refers = true;
  references_.emplace_back(&rules, &content);
}

void Compiler::Counts(const ElementNode& node, const Place& place, ElementRules& rules) {
  const ElementDefinition& own = node.definition;
  const ElementNode* unsliced = node.slice ? nullptr : node.Unsliced();
  const std::uint32_t base_min = node.slice ? 0 : place.element.min;
  const std::uint32_t base_max = node.slice || place.array() ? kUnbounded : 1;
  if (own.min && *own.min > base_min && (!unsliced || unsliced->definition.min != own.min)) {
    rules.min = *own.min;
  }
  if (own.max && *own.max < base_max && (!unsliced || unsliced->definition.max != own.max)) {
    rules.max = *own.max;
  }
  // A slice of what occurs once at most needs no limit of its own.
  if (node.slice && !place.array() && rules.max == 1) rules.max = kUnbounded;
}

void Compiler::Types(const ElementNode& node, const Place& place, ElementRules& rules) {
  const auto& types = node.definition.types;
  const ElementNode* unsliced = node.Unsliced();
  if (!types || types->empty() || (unsliced && unsliced->definition.types == types)) return;
  std::uint64_t allowed = 0;
  for (const TypeDefinition& type : *types) {
    if (!rules.types_text.empty()) rules.types_text += ", ";
    rules.types_text += type.code;
    for (std::size_t i = 0; i < place.member_count(); ++i) {
      const r4::MemberRow& member = place.member(i);
      const bool resource = member.kind == r4::Kind::kResource;
      if (r4::View(member.code) != type.code && !resource) continue;
      allowed |= std::uint64_t{1} << i;
      TypeOfElement(type, place, i, rules);
    }
  }
  const std::size_t count = place.member_count();
  const std::uint64_t all = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  // Types that the tables do not know (those of FHIRPath, of ids and urls) tell nothing.
  if (allowed != 0 && allowed != all) rules.members = allowed;
}

void Compiler::TypeOfElement(const TypeDefinition& type, const Place& place, std::size_t index,
                             ElementRules& rules) {
  const r4::MemberRow& member = place.member(index);
  TypeRule rule;
  rule.type = TypeOf(member);
  if (member.kind == r4::Kind::kResource) {
    const auto resource = FindType(type.code);
    if (!resource || r4::View(r4::kStructures[resource->structure].path) == "Resource") {
      rule.type = {r4::Kind::kComplex, FindStructure("Resource").number()};
    } else {
      rule.type = *resource;
      rules.resources.push_back(*resource);
    }
  }
  // Extensions are checked wherever they stand, by their url.
  const bool extension = rule.type.structure == ExtensionStructure();
  if (!extension && !IsSimpleQuantity(type, member)) rule.profiles = Profiles(type);
  rule.targets = Targets(type, member);
  if (!rule.profiles.empty() || rule.targets) rules.types.push_back(std::move(rule));
}

// Empty: any value will do.
std::vector<const Definition*> Compiler::Profiles(const TypeDefinition& type) {
  std::vector<const Definition*> profiles;
  for (const std::string& canonical : type.profiles) {
    const Definition* found = context_.Find(canonical);
    if (!found) return {};
    profiles.push_back(found);
  }
  return profiles;
}

// Nullopt: no narrower than in the base.
std::optional<TargetSet> Compiler::Targets(const TypeDefinition& type,
                                           const r4::MemberRow& member) {
  if (type.target_profiles.empty() || type.code != "Reference") return std::nullopt;
  static const std::uint16_t any_resource = FindStructure("Resource").number();
  TargetSet targets;
  std::vector<ResourceType> list;
  for (const std::string& canonical : type.target_profiles) {
    const Definition* profile = context_.Find(canonical);
    const auto base = profile ? std::optional(profile->type_ref) : FindBaseType(canonical);
    if (!base || base->structure == any_resource) return std::nullopt;
    const auto resource = FindResourceType(r4::View(r4::kStructures[base->structure].path));
    if (!resource) return std::nullopt;
    targets.Add(*resource);
    list.push_back(*resource);
  }
  if (member.target_count == 0) return targets;
  const bool narrower = std::any_of(
      r4::kTargets + member.first_target, r4::kTargets + member.first_target + member.target_count,
      [&](std::uint8_t base) { return !targets.Holds(ResourceType::FromNumber(base)); });
  return narrower ? std::optional(targets) : std::nullopt;
}

void Compiler::Values(const ElementNode& node, ElementRules& rules) {
  const ElementNode* unsliced = node.Unsliced();
  const ElementDefinition none;
  const ElementDefinition& base = unsliced ? unsliced->definition : none;
  const ElementDefinition& own = node.definition;
  if (!Same(own.fixed, base.fixed)) rules.fixed = own.fixed;
  if (!Same(own.pattern, base.pattern)) rules.pattern = own.pattern;
  if (!Same(own.min_value, base.min_value)) rules.min_value = own.min_value;
  if (!Same(own.max_value, base.max_value)) rules.max_value = own.max_value;
  if (own.max_length != base.max_length) rules.max_length = own.max_length;
}

void Compiler::Bindings(const ElementNode& node, const Place& place, ElementRules& rules) {
  const auto& binding = node.definition.binding;
  const ElementNode* unsliced = node.Unsliced();
  if (!binding || (unsliced && unsliced->definition.binding == binding)) return;
  const std::string_view base = UrlOf(CodeSetId::FromNumber(place.element.codes));
  const bool required = binding->strength == BindingDefinition::Strength::kRequired;
  if (binding->strength == BindingDefinition::Strength::kExtensible ||
      (required && (base.empty() || Canonical::Of(binding->value_set).url != base))) {
    AddBinding(binding->value_set, required, rules);
  }
  // R4 says this of every language itself.
  if (!binding->max_value_set.empty() && binding->max_value_set != kAllLanguages) {
    AddBinding(binding->max_value_set, true, rules);
  }
}

void Compiler::AddBinding(const std::string& value_set, bool required, ElementRules& rules) {
  auto codes = context_.terminology.Find(value_set, context_.definition.package);
  if (codes) rules.bindings.push_back({value_set, std::move(codes), required});
}

void Compiler::Constraints(const ElementNode& node, ElementRules& rules) {
  const ElementNode* unsliced = node.Unsliced();
  for (const ConstraintDefinition& constraint : node.definition.constraints) {
    const bool known = IsBaseInvariant(constraint.key) ||
                       (unsliced && std::ranges::find(unsliced->definition.constraints,
                                                      constraint.key, &ConstraintDefinition::key) !=
                                        unsliced->definition.constraints.end());
    if (known) continue;
    auto compiled = fhirpath::Expression::Compile(constraint.expression);
    // One that asks for what the engine has not (terminology services) is not checked.
    if (auto* expression = std::get_if<fhirpath::Expression>(&compiled)) {
      rules.constraints.push_back({constraint.key, constraint.expression, std::move(*expression),
                                   ValueSetsOf(constraint.expression)});
    }
  }
}

std::vector<BindingRule> Compiler::ValueSetsOf(std::string_view expression) {
  constexpr std::string_view kCall = "memberOf('";
  std::vector<BindingRule> sets;
  for (std::size_t at = expression.find(kCall); at != std::string_view::npos;
       at = expression.find(kCall, at)) {
    at += kCall.size();
    const std::string url(expression.substr(at, expression.find('\'', at) - at));
    sets.push_back({url, context_.terminology.Find(url, context_.definition.package), true});
  }
  return sets;
}

void Compiler::Children(const ElementNode& node, const std::vector<std::uint16_t>& structures,
                        ElementRules& rules) {
  if (node.children.empty()) return;
  for (const std::uint16_t number : structures) {
    const r4::StructureRow& structure = r4::kStructures[number];
    ChildRules children;
    children.structure = number;
    for (std::uint8_t i = 0; i < structure.element_count; ++i) {
      const r4::ElementRow& element = r4::kElements[structure.first_element + i];
      const ElementNode* child = node.FindChild(r4::View(element.name));
      const ElementNode* content = ContentOf(child, {structure, element});
      if (!child && !content) continue;
      auto compiled =
          child ? Element(*child, {structure, element}) : std::make_unique<ElementRules>();
      if (content) Refer(*compiled, *content, {structure, element});
      if (compiled->empty()) {
        compiled_.erase(child);
        continue;
      }
      compiled->name = r4::View(element.name);
      children.Add(i, std::move(compiled));
    }
    if (!children.rules.empty()) rules.children.push_back(std::move(children));
  }
}

// Those that a value of the element may have, as far as its type is restricted.
std::vector<std::uint16_t> Compiler::StructuresOf(const ElementNode& node, const Place& place,
                                                  const ElementRules& rules) const {
  std::vector<std::uint16_t> structures;
  if (node.children.empty()) return structures;
  const auto add = [&](std::uint16_t structure) {
    if (std::ranges::find(structures, structure) == structures.end()) {
      structures.push_back(structure);
    }
  };
  for (std::size_t i = 0; i < place.member_count(); ++i) {
    const r4::MemberRow& member = place.member(i);
    if (i < 64 && ((rules.members >> i) & 1) == 0) continue;
    if (member.kind == r4::Kind::kComplex) {
      add(member.structure);
    } else if (r4::IsPrimitive(member.kind)) {
      add(ElementStructure());
    } else if (rules.resources.empty()) {
      add(FindStructure("Resource").number());
    } else {
      for (const TypeRef& resource : rules.resources) add(resource.structure);
    }
  }
  return structures;
}

void Compiler::Slices(const ElementNode& node, const Place& place, ElementRules& rules) {
  if (node.slices.empty()) return;
  SlicingDefinition definition;
  if (node.definition.slicing) {
    definition = *node.definition.slicing;
  } else if (place.choice()) {
    definition.discriminators = {{DiscriminatorDefinition::Type::kType, "$this"}};
  } else if (place.member(0).structure == ExtensionStructure()) {
    definition.discriminators = {{DiscriminatorDefinition::Type::kValue, "url"}};
  }
  auto slicing = std::make_unique<Slicing>();
  slicing->rules = definition.rules;
  slicing->ordered = definition.ordered;
  slicing->decidable = true;
  slicing->demanding = definition.rules != SlicingDefinition::Rules::kOpen || definition.ordered;
  bool wanted = slicing->demanding;
  for (const auto& node_of_slice : node.slices) {
    Slice slice;
    slice.name = node_of_slice->name;
    auto tests = CompileSliceTests(*node_of_slice, definition, context_);
    slice.decidable = tests.has_value();
    if (tests) slice.tests = std::move(*tests);
    auto slice_rules = Element(*node_of_slice, place);
    slicing->demanding = slicing->demanding || slice_rules->Demanding();
    wanted = wanted || !slice_rules->empty();
    slice.rules = std::move(slice_rules);
    slicing->decidable = slicing->decidable && slice.decidable;
    slicing->slices.push_back(std::move(slice));
  }
  if (wanted) {
    rules.slicing = std::move(slicing);
  } else {
    for (const auto& slice : node.slices) compiled_.erase(slice.get());
  }
}

}  // namespace

ElementRules::ElementRules() = default;
ElementRules::~ElementRules() = default;

bool ElementRules::empty() const {
  return min == 0 && max == kUnbounded && !deep && !refers;
}

bool ElementRules::OfItself() const {
  return members != ~std::uint64_t{0} || fixed || pattern || min_value || max_value || max_length ||
         std::ranges::any_of(bindings, &BindingRule::required) || !constraints.empty() ||
         !types.empty() || !resources.empty() || (slicing && slicing->demanding);
}

bool ElementRules::Demanding() const {
  return min > 0 || max != kUnbounded || refers || OfItself() ||
         std::ranges::any_of(children, [](const ChildRules& each) { return each.demanding != 0; });
}

void ElementRules::Finish() {
  deep = OfItself() || !bindings.empty() || slicing || !children.empty() || content != nullptr;
  slots = 1;
  if (!slicing) return;
  ++slots;
  for (const Slice& slice : slicing->slices) slots += slice.rules->slots;
}

void ChildRules::Add(std::uint8_t element, std::unique_ptr<ElementRules> added) {
  elements |= std::uint64_t{1} << element;
  if (added->Demanding()) demanding |= std::uint64_t{1} << element;
  first_slot.push_back(slots);
  slots += added->slots;
  rules.push_back(std::move(added));
}

const Definition* RuleContext::Find(std::string_view canonical) const {
  return set.Find(canonical, definition.package);
}

const ElementNode* RuleContext::FindTree(std::string_view canonical) {
  const Definition* other = Find(canonical);
  if (!other) return nullptr;
  const auto found = std::ranges::find(trees_, other, [](const auto& each) { return each.first; });
  if (found != trees_.end()) return found->second.get();
  trees_.emplace_back(other, TreeOf(*other, set));
  return trees_.back().second.get();
}

std::unique_ptr<const ElementRules> CompileRules(const Definition& definition,
                                                 const ElementNode& tree,
                                                 const ProfileSet::Rules& set,
                                                 Terminology& terminology) {
  return Compiler(definition, set, terminology).Compile(tree);
}

}  // namespace healthlake::fhir
