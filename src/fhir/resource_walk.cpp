#include "healthlake/fhir/resource_walk.hpp"

#include <bit>
#include <string>

#include "fhir/binding_check.hpp"
#include "fhir/bundle_entries.hpp"
#include "fhir/contained_resources.hpp"
#include "fhir/invariant_check.hpp"
#include "fhir/issue_log.hpp"
#include "fhir/json_shape.hpp"
#include "fhir/narrative.hpp"
#include "fhir/period_check.hpp"
#include "fhir/primitive_format.hpp"
#include "fhir/profile/profile_walk.hpp"
#include "fhir/r4/tables.hpp"
#include "fhir/reference_check.hpp"
#include "fhir/value_collector.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::uint16_t kNoNode = 0;
constexpr std::uint64_t kOnlyId = 1;  // Element.id comes first

// The structures whose values the walk knows more about than the tables say.
struct KnownStructures {
  std::uint16_t element = FindStructure("Element").number();
  std::uint16_t extension = FindStructure("Extension").number();
  std::uint16_t reference = FindStructure("Reference").number();
  std::uint16_t bundle = FindStructure("Bundle").number();
  std::uint16_t bundle_entry = FindStructure("Bundle.entry").number();
  std::uint16_t period = FindStructure("Period").number();
  std::uint16_t codeable_concept = FindStructure("CodeableConcept").number();
};

CodeSetId CodesOf(const r4::StructureRow& parent, const r4::MemberRow& member) {
  return CodeSetId::FromNumber(r4::kElements[parent.first_element + member.element].codes);
}

const KnownStructures& Known() {
  static const KnownStructures known;
  return known;
}

}  // namespace

// Recursion is as deep as the document, which its parser limits.
struct ResourceWalk::State {
  IssueLog log;
  ValueCollector collector{log};
  ContainedResources contained;
  BundleEntries entries;
  InvariantCheck invariants{log};
  ProfileWalk profile_walk{log};
  ResourceType type;
  std::string_view id;
  std::string_view profile;  // the name in issues about cardinality
  bool check = true;
  const KnownStructures known = Known();

  void Run(const json::Value& resource, const WalkOptions& options);
  bool FindType(const json::Value& resource, ResourceType& found);
  void Resource(const json::Value& object, ResourceType resource_type, std::uint16_t node);
  void NestedResource(const json::Value& value, const r4::MemberRow& member);
  std::uint64_t Object(const json::Value& object, const r4::StructureRow& structure,
                       std::uint16_t node, bool is_resource);
  std::uint64_t Children(const json::Value& object, const r4::StructureRow& structure,
                         const r4::NodeRow& node, bool is_resource);
  // `object` is the parent of `value`, `structure` that of the parent.
  void Member(const json::Value& object, const json::Value& value,
              const r4::StructureRow& structure, const r4::MemberRow& member, std::uint16_t node);
  void Items(const json::Value& object, const json::Value& array, const r4::StructureRow& structure,
             const r4::MemberRow& member, std::uint16_t node);
  void Item(const json::Value& value, const r4::StructureRow& parent, const r4::MemberRow& member,
            std::uint16_t node);
  void Complex(const json::Value& value, const r4::StructureRow& parent,
               const r4::MemberRow& member, std::uint16_t node);
  void Primitive(const json::Value& value, const r4::StructureRow& parent,
                 const r4::MemberRow& member);
  void Text(const json::Value& value, const r4::StructureRow& parent, const r4::MemberRow& member);
  const r4::MemberRow* Twin(const json::Value& object, const json::Value& value,
                            const r4::StructureRow& structure);
  void TwinItems(const json::Value& object, const json::Value& array, std::string_view name);
  void TwinItem(const json::Value& value, bool has_value);
  void ExtensionUrl(const json::Value& extension);
  void CheckChoice(const json::Value& object, const r4::StructureRow& structure,
                   const r4::MemberRow& member);
  void Missing(const r4::StructureRow& structure, std::uint64_t missing);
};

void ResourceWalk::State::Run(const json::Value& resource, const WalkOptions& options) {
  log.Reset("Resource");
  collector.Reset(options, resource);
  contained.Reset();
  entries.Reset();
  type = ResourceType();
  id = {};
  check = options.structure == StructureCheck::kOn;
  invariants.warnings = options.notices == Notices::kOn;
  invariants.environment = {};
  if (FindType(resource, type)) {
    const r4::TypeRow& row = r4::kTypes[type.number()];
    profile = r4::View(row.name);
    log.Reset(profile);
    const auto found = resource.Find("id");
    if (found && found->is_string()) id = found->string();
    const bool collect = options.values == ValueCollection::kOn;
    contained.Open(resource);
    if (check || collect) Resource(resource, type, collect ? row.node : kNoNode);
    contained.Close(log);
    if (collect) collector.AddServerValues(row);
    if (check && options.profiles) profile_walk.Run(resource, options);
  }
  log.Finish();
}

bool ResourceWalk::State::FindType(const json::Value& resource, ResourceType& found) {
  if (!resource.is_object()) {
    log.Add(MustBeObject(resource.type()));
    return false;
  }
  const auto name = resource.Find("resourceType");
  if (!name) {
    log.Add("Unable to find resourceType property");
    return false;
  }
  if (!name->is_string()) {
    log.Add(MustBePrimitive(json::Type::kString) + " (resourceType)");
    return false;
  }
  const auto found_type = FindResourceType(name->string());
  if (!found_type) {
    log.Add("This does not appear to be a FHIR resource (unknown name '" + Shown(name->string()) +
            "')");
    return false;
  }
  found = *found_type;
  return true;
}

void ResourceWalk::State::Resource(const json::Value& object, ResourceType resource_type,
                                   std::uint16_t node) {
  const r4::TypeRow& row = r4::kTypes[resource_type.number()];
  if (node != kNoNode) collector.Visit(r4::kNodes[node], object);
  invariants.environment.resource = {object, {}, r4::Kind::kComplex, row.structure};
  if (!contained.Inside()) invariants.environment.root_resource = invariants.environment.resource;
  const bool is_bundle = row.structure == known.bundle;
  if (is_bundle) entries.Open(object);
  Object(object, r4::kStructures[row.structure], node, true);
  if (is_bundle) entries.Close();
}

// contained, Bundle.entry.resource, Parameters.parameter.resource: checked, but not indexed.
void ResourceWalk::State::NestedResource(const json::Value& value, const r4::MemberRow& member) {
  const bool is_contained = r4::View(member.name) == "contained";
  const bool enters = is_contained && !contained.Inside();
  if (!is_contained) contained.Open(value);
  if (enters) contained.Enter(value, log.Index(), log);
  ResourceType nested;
  if (FindType(value, nested)) {
    const std::string_view outer_profile = profile;
    const fhirpath::Environment outer = invariants.environment;
    profile = r4::View(r4::kTypes[nested.number()].name);
    if (outer.resource.structure == known.bundle) invariants.environment.bundle = outer.resource;
    Resource(value, nested, kNoNode);
    invariants.environment = outer;
    profile = outer_profile;
  }
  if (enters) contained.Exit();
  if (!is_contained) contained.Close(log);
}

// Returns the elements found, a bit for each.
std::uint64_t ResourceWalk::State::Object(const json::Value& object,
                                          const r4::StructureRow& structure,
                                          std::uint16_t node_number, bool is_resource) {
  const r4::NodeRow& node = r4::kNodes[node_number];
  if (check && object.empty()) {
    log.Add(MustHaveContent());
    return 0;
  }
  const std::size_t mark = node.composite_count > 0 ? collector.BeginContext() : 0;
  const std::uint64_t seen = Children(object, structure, node, is_resource);
  if (check && (structure.required & ~seen) != 0) Missing(structure, structure.required & ~seen);
  if (node.composite_count > 0) collector.EndContext(node, mark);
  if (check) {
    const auto number = static_cast<std::uint16_t>(&structure - r4::kStructures);
    if (seen == kOnlyId && !is_resource && number != known.element) {
      log.Add(ConstraintFailed("ele-1"));
    }
    invariants.Check({object, {}, r4::Kind::kComplex, number}, seen);
  }
  return seen;
}

std::uint64_t ResourceWalk::State::Children(const json::Value& object,
                                            const r4::StructureRow& structure,
                                            const r4::NodeRow& node, bool is_resource) {
  std::uint64_t seen = 0;
  const std::uint16_t* edges = node.has_edges ? r4::kEdges + node.first_edge : nullptr;
  for (const json::Value child : object) {
    const std::string_view key = child.key();
    const r4::MemberRow* member = nullptr;
    const int index = r4::FindMember(structure, key, r4::NameHash(key));
    if (index >= 0) {
      member = &r4::kMembers[structure.first_member + index];
      const std::uint16_t next = edges ? edges[index] : kNoNode;
      if (check || next != kNoNode) Member(object, child, structure, *member, next);
    } else if (!check || (is_resource && key == "resourceType")) {
      continue;
    } else if (key.starts_with('_')) {
      member = Twin(object, child, structure);
    } else {
      log.Add(Unrecognised(key));
    }
    if (!member) continue;
    const std::uint64_t bit = std::uint64_t{1} << member->element;
    if (check && (seen & bit) != 0 && (member->flags & r4::kChoice)) {
      CheckChoice(object, structure, *member);
    }
    seen |= bit;
  }
  return seen;
}

void ResourceWalk::State::Member(const json::Value& object, const json::Value& value,
                                 const r4::StructureRow& structure, const r4::MemberRow& member,
                                 std::uint16_t node) {
  log.Enter(r4::View(member.name));
  const bool array = (member.flags & r4::kArray) != 0;
  const bool checked = check;
  if (check && array != value.is_array()) {
    if (array) {
      log.Add(MustBeArray(value.type()));
    } else {
      log.Add(r4::IsPrimitive(member.kind) ? MustBeSimple(value.type())
                                           : MustBeObject(value.type()));
    }
    // Read all the same: the values of a resource must not depend on whether it is checked.
    check = false;
  }
  if (value.is_array()) {
    Items(object, value, structure, member, node);
  } else {
    Item(value, structure, member, node);
  }
  check = checked;
  log.Leave();
}

void ResourceWalk::State::Items(const json::Value& object, const json::Value& array,
                                const r4::StructureRow& structure, const r4::MemberRow& member,
                                std::uint16_t node) {
  if (check && array.empty()) log.Add(MustHaveItems());
  // null stands for a value that only has an id or extensions, in the twin.
  TwinArray twins(object, "_", r4::View(member.name));
  std::size_t index = 0;
  for (const json::Value item : array) {
    log.SetIndex(index);
    if (check && item.is_null() && r4::IsPrimitive(member.kind)) {
      if (!twins.At(index).exists()) log.Add(NothingAtItsPlace(twins.name()));
    } else {
      Item(item, structure, member, node);
    }
    ++index;
  }
}

void ResourceWalk::State::Item(const json::Value& value, const r4::StructureRow& parent,
                               const r4::MemberRow& member, std::uint16_t node) {
  if (node != kNoNode) collector.Visit(r4::kNodes[node], value);
  if (r4::IsPrimitive(member.kind)) {
    if (check) Primitive(value, parent, member);
  } else if (!value.is_object()) {
    if (check) log.Add(MustBeObject(value.type()));
  } else if (member.kind == r4::Kind::kResource) {
    if (check) NestedResource(value, member);
  } else if (check) {
    Complex(value, parent, member, node);
  } else if (r4::kNodes[node].has_edges) {
    Object(value, r4::kStructures[member.structure], node, false);
  }
}

void ResourceWalk::State::Complex(const json::Value& value, const r4::StructureRow& parent,
                                  const r4::MemberRow& member, std::uint16_t node) {
  const std::uint64_t seen = Object(value, r4::kStructures[member.structure], node, false);
  invariants.CheckPlace(member, {value, {}, member.kind, member.structure}, seen);
  if (member.structure == known.reference) {
    CheckReference(value, member, contained, entries, log);
  } else if (member.structure == known.period) {
    if (!EndsInOrder(value)) log.Add(ConstraintFailed("per-1"));
  } else if (member.structure == known.bundle_entry) {
    CheckFullUrl(value, log);
  } else if (member.structure == known.codeable_concept) {
    const CodeSetId codes = CodesOf(parent, member);
    if (!codes.IsNone()) CheckConcept(value, codes, log);
  } else if (member.structure == known.extension && &parent != &r4::kStructures[known.extension]) {
    ExtensionUrl(value);
  }
}

void ResourceWalk::State::Primitive(const json::Value& value, const r4::StructureRow& parent,
                                    const r4::MemberRow& member) {
  const json::Type expected = JsonTypeOf(member.kind);
  if (value.type() != expected) {
    if (value.is_object() || value.is_array()) {
      log.Add(MustBeSimple(value.type()));
    } else {
      log.Add(value.is_null() ? MustNotBeNull() : MustBePrimitive(expected));
    }
  } else if (expected == json::Type::kString) {
    Text(value, parent, member);
  } else {
    const std::string_view fault = FormatFault(member.kind, value);
    if (!fault.empty()) log.Add(std::string(fault) + " ('" + Shown(value.raw()) + "')");
  }
}

void ResourceWalk::State::Text(const json::Value& value, const r4::StructureRow& parent,
                               const r4::MemberRow& member) {
  const std::string_view text = value.string();
  if (text.empty()) {
    log.Add("@value cannot be empty");
    return;
  }
  const std::string_view fault = FormatFault(member.kind, value);
  if (!fault.empty()) {
    log.Add(std::string(fault) + " ('" + Shown(text) + "')");
    return;
  }
  switch (member.kind) {
    case r4::Kind::kCode: {
      const CodeSetId codes = CodesOf(parent, member);
      if (!codes.IsNone()) CheckCode(text, codes, log);
      break;
    }
    case r4::Kind::kXhtml: {
      std::string unsound = NarrativeFault(text);
      if (!unsound.empty()) log.Add(std::move(unsound));
      break;
    }
    case r4::Kind::kCanonical:
    case r4::Kind::kUri:
    case r4::Kind::kUrl:
      if (text.front() == '#') contained.Refer(text);
      break;
    default:
      break;
  }
  invariants.CheckPlace(member, {value, {}, member.kind, 0}, 0);
}

// "_name": the id and extensions of the primitive "name". Null when there is no such primitive.
const r4::MemberRow* ResourceWalk::State::Twin(const json::Value& object, const json::Value& value,
                                               const r4::StructureRow& structure) {
  const std::string_view name = value.key().substr(1);
  const int index = r4::FindMember(structure, name, r4::NameHash(name));
  const r4::MemberRow* member = index < 0 ? nullptr : &r4::kMembers[structure.first_member + index];
  if (!member || !r4::IsPrimitive(member->kind)) {
    log.Add(Unrecognised(value.key()));
    return nullptr;
  }
  log.Enter(name);
  const bool array = (member->flags & r4::kArray) != 0;
  if (array != value.is_array()) {
    log.Add(array ? MustBeArray(value.type()) : MustBeObject(value.type()));
  } else if (array) {
    TwinItems(object, value, name);
  } else {
    TwinItem(value, object.Find(name).has_value());
  }
  log.Leave();
  return member;
}

void ResourceWalk::State::TwinItems(const json::Value& object, const json::Value& array,
                                    std::string_view name) {
  if (array.empty()) log.Add(MustHaveItems());
  TwinArray values(object, "", name);
  std::size_t index = 0;
  for (const json::Value item : array) {
    log.SetIndex(index);
    const bool has_value = values.At(index).exists();
    if (!item.is_null()) {
      TwinItem(item, has_value);
    } else if (!has_value) {
      log.Add(NothingAtItsPlace(values.name()));
    }
    ++index;
  }
}

void ResourceWalk::State::TwinItem(const json::Value& value, bool has_value) {
  if (!value.is_object()) {
    log.Add(MustBeObject(value.type()));
    return;
  }
  const std::uint64_t seen = Object(value, r4::kStructures[known.element], kNoNode, false);
  if (seen == kOnlyId && !has_value) {
    log.Add(ConstraintFailed("ele-1"));
  }
}

// Only the parts of an extension that has parts are named by a relative URI (extensibility.html).
void ResourceWalk::State::ExtensionUrl(const json::Value& extension) {
  const auto url = extension.Find("url");
  if (!url || !url->is_string() || url->string().empty()) return;
  if (HasScheme(url->string())) return;
  log.AddAtChild("url", "Extension URL '" + Shown(url->string()) + "' must be an absolute URI");
}

// A second name of one value[x] was met; `valueString` and its own `_valueString` are one.
void ResourceWalk::State::CheckChoice(const json::Value& object, const r4::StructureRow& structure,
                                      const r4::MemberRow& member) {
  for (const json::Value other : object) {
    const std::string_view key = other.key();
    if (key == r4::View(member.name)) return;
    const std::string_view name = key.starts_with('_') ? key.substr(1) : key;
    const int index = r4::FindMember(structure, name, r4::NameHash(name));
    if (index < 0 || name == r4::View(member.name)) continue;
    const r4::MemberRow& found = r4::kMembers[structure.first_member + index];
    if (found.element != member.element) continue;
    const r4::ElementRow& element = r4::kElements[structure.first_element + member.element];
    log.Add("Profile http://hl7.org/fhir/StructureDefinition/" + std::string(profile) +
            ", Element '" + log.Path() + "." + std::string(r4::View(element.name)) +
            "[x]': max allowed = 1, but found 2 (" + std::string(name) + " and " +
            std::string(r4::View(member.name)) + ")");
    return;
  }
}

void ResourceWalk::State::Missing(const r4::StructureRow& structure, std::uint64_t missing) {
  for (; missing != 0; missing &= missing - 1) {
    const r4::ElementRow& element =
        r4::kElements[structure.first_element +
                      static_cast<std::size_t>(std::countr_zero(missing))];
    const std::string choice = element.flags & r4::kChoice ? "[x]" : "";
    log.Add("Profile http://hl7.org/fhir/StructureDefinition/" + std::string(profile) +
            ", Element '" + log.Path() + "." + std::string(r4::View(element.name)) + choice +
            "': minimum required = " + std::to_string(element.min) + ", but only found 0");
  }
}

ResourceWalk::ResourceWalk() : state_(std::make_unique<State>()) {}
ResourceWalk::~ResourceWalk() = default;
ResourceWalk::ResourceWalk(ResourceWalk&&) noexcept = default;
ResourceWalk& ResourceWalk::operator=(ResourceWalk&&) noexcept = default;

void ResourceWalk::Run(const json::Value& resource, const WalkOptions& options) {
  state_->Run(resource, options);
}

const core::Issues& ResourceWalk::issues() const noexcept {
  return state_->log.issues();
}

bool ResourceWalk::Sound() const noexcept {
  for (const core::Issue& issue : state_->log.issues()) {
    if (issue.severity <= core::Severity::kError) return false;
  }
  return true;
}

std::span<const IndexValue> ResourceWalk::values() const noexcept {
  return state_->collector.values();
}

ResourceType ResourceWalk::type() const noexcept {
  return state_->type;
}

std::string_view ResourceWalk::id() const noexcept {
  return state_->id;
}

}  // namespace healthlake::fhir
