#include "healthlake/fhir/resource_walk.hpp"

#include <array>
#include <bit>
#include <string>

#include "fhir/issue_log.hpp"
#include "fhir/r4/tables.hpp"
#include "fhir/value_collector.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::uint16_t kNoNode = 0;

// The names that HealthLake's validator gives to JSON types (reference 2.7).
std::string JsonClass(json::Type type) {
  switch (type) {
    case json::Type::kNull:
      return "com.google.gson.JsonNull";
    case json::Type::kArray:
      return "com.google.gson.JsonArray";
    case json::Type::kObject:
      return "com.google.gson.JsonObject";
    default:
      return "com.google.gson.JsonPrimitive";
  }
}

// What JSON form a primitive takes.
json::Type JsonTypeOf(r4::Kind kind) {
  switch (kind) {
    case r4::Kind::kBoolean:
      return json::Type::kBoolean;
    case r4::Kind::kDecimal:
    case r4::Kind::kInteger:
    case r4::Kind::kPositiveInt:
    case r4::Kind::kUnsignedInt:
      return json::Type::kNumber;
    default:
      return json::Type::kString;
  }
}

std::string_view NameOf(json::Type type) {
  switch (type) {
    case json::Type::kBoolean:
      return "boolean";
    case json::Type::kNumber:
      return "number";
    default:
      return "string";
  }
}

// The twin of an array of primitives ("given" of "_given" and the reverse), read alongside it.
class TwinArray {
 public:
  TwinArray(const json::Value& object, bool twin_of_values, std::string_view name)
      : object_(object), underscore_(twin_of_values), name_(name) {}

  // Whether the twin has something at that place. `index` must not decrease from call to call.
  bool Has(std::size_t index) {
    if (!found_) Find();
    for (; at_ != end_ && position_ < index; ++position_) ++at_;
    return at_ != end_ && !(*at_).is_null();
  }

 private:
  void Find() {
    found_ = true;
    const auto array = object_.Find(underscore_ ? "_" + std::string(name_) : std::string(name_));
    if (!array || !array->is_array()) return;
    at_ = array->begin();
    end_ = array->end();
  }

  const json::Value& object_;
  bool underscore_;
  std::string_view name_;
  bool found_ = false;
  json::Value::Iterator at_;
  json::Value::Iterator end_;
  std::size_t position_ = 0;
};

std::string NothingAtItsPlace(std::string_view prefix, std::string_view name) {
  return "This property must not be null where '" + std::string(prefix) + std::string(name) +
         "' has nothing at its place";
}

}  // namespace

// Recursion is as deep as the document, which its parser limits.
struct ResourceWalk::State {
  IssueLog log;
  ValueCollector collector{log};
  ResourceType type;
  std::string_view id;
  std::string_view profile;  // the name in issues about cardinality
  bool check = true;
  const r4::StructureRow* primitive_extras = nullptr;

  State() {
    const StructureId element = FindStructure("Element");
    primitive_extras = &r4::kStructures[element.number()];
  }

  void Run(const json::Value& resource, const WalkOptions& options);
  bool FindType(const json::Value& resource, ResourceType& found);
  void Resource(const json::Value& object, ResourceType resource_type, std::uint16_t node);
  void NestedResource(const json::Value& value);
  void Object(const json::Value& object, const r4::StructureRow& structure, std::uint16_t node,
              bool is_resource);
  std::uint64_t Children(const json::Value& object, const r4::StructureRow& structure,
                         const r4::NodeRow& node, bool is_resource);
  void Member(const json::Value& object, const json::Value& value, const r4::MemberRow& member,
              std::uint16_t node);
  void Item(const json::Value& value, const r4::MemberRow& member, std::uint16_t node);
  void Primitive(const json::Value& value, const r4::MemberRow& member);
  const r4::MemberRow* Twin(const json::Value& object, const json::Value& value,
                            const r4::StructureRow& structure);
  void TwinItem(const json::Value& value);
  void Unrecognised(std::string_view name);
  void CheckChoice(const json::Value& object, const r4::StructureRow& structure,
                   const r4::MemberRow& member);
  void Missing(const r4::StructureRow& structure, std::uint64_t missing);
};

void ResourceWalk::State::Run(const json::Value& resource, const WalkOptions& options) {
  log.Reset("Resource");
  collector.Reset(options, resource);
  type = ResourceType();
  id = {};
  check = options.structure == StructureCheck::kOn;
  if (FindType(resource, type)) {
    const r4::TypeRow& row = r4::kTypes[type.number()];
    profile = r4::View(row.name);
    log.Reset(profile);
    const auto found = resource.Find("id");
    if (found && found->is_string()) id = found->string();
    const bool collect = options.values == ValueCollection::kOn;
    if (check || collect) Resource(resource, type, collect ? row.node : kNoNode);
    if (collect) collector.AddServerValues(row);
  }
  log.Finish();
}

bool ResourceWalk::State::FindType(const json::Value& resource, ResourceType& found) {
  if (!resource.is_object()) {
    log.Add("This property must be an object, not a " + JsonClass(resource.type()));
    return false;
  }
  const auto name = resource.Find("resourceType");
  if (!name) {
    log.Add("Unable to find resourceType property");
    return false;
  }
  if (!name->is_string()) {
    log.Add("Error parsing JSON: the primitive value must be a string (resourceType)");
    return false;
  }
  const auto known = FindResourceType(name->string());
  if (!known) {
    log.Add("This does not appear to be a FHIR resource (unknown name '" +
            std::string(name->string()) + "')");
    return false;
  }
  found = *known;
  return true;
}

void ResourceWalk::State::Resource(const json::Value& object, ResourceType resource_type,
                                   std::uint16_t node) {
  const r4::TypeRow& row = r4::kTypes[resource_type.number()];
  if (node != kNoNode) collector.Visit(r4::kNodes[node], object);
  Object(object, r4::kStructures[row.structure], node, true);
}

// contained, Bundle.entry.resource, Parameters.parameter.resource: checked, but not indexed.
void ResourceWalk::State::NestedResource(const json::Value& value) {
  ResourceType nested;
  if (!FindType(value, nested)) return;
  const std::string_view outer = profile;
  profile = r4::View(r4::kTypes[nested.number()].name);
  Resource(value, nested, kNoNode);
  profile = outer;
}

void ResourceWalk::State::Object(const json::Value& object, const r4::StructureRow& structure,
                                 std::uint16_t node_number, bool is_resource) {
  const r4::NodeRow& node = r4::kNodes[node_number];
  if (check && object.empty()) {
    log.Add("Object must have some content");
    return;
  }
  const std::size_t mark = node.composite_count > 0 ? collector.BeginContext() : 0;
  const std::uint64_t seen = Children(object, structure, node, is_resource);
  if (check && (structure.required & ~seen) != 0) Missing(structure, structure.required & ~seen);
  if (node.composite_count > 0) collector.EndContext(node, mark);
}

// Returns the elements found, a bit for each.
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
      if (check || next != kNoNode) Member(object, child, *member, next);
    } else if (!check || (is_resource && key == "resourceType")) {
      continue;
    } else if (key.starts_with('_')) {
      member = Twin(object, child, structure);
    } else {
      Unrecognised(key);
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
                                 const r4::MemberRow& member, std::uint16_t node) {
  log.Enter(r4::View(member.name));
  const bool array = (member.flags & r4::kArray) != 0;
  if (check && array != value.is_array()) {
    if (array) {
      log.Add("This property must be an Array, not a " + JsonClass(value.type()));
    } else if (r4::IsPrimitive(member.kind)) {
      log.Add("This property must be an simple value, not a " + JsonClass(value.type()));
    } else {
      log.Add("This property must be an object, not a " + JsonClass(value.type()));
    }
  } else if (!value.is_array()) {
    Item(value, member, node);
  } else {
    if (check && value.empty()) {
      log.Add("Array cannot be empty - the property should not be present if it has no values");
    }
    // null stands for a value that only has an id or extensions, in the twin.
    TwinArray twin(object, true, r4::View(member.name));
    std::size_t index = 0;
    for (const json::Value item : value) {
      log.SetIndex(index);
      if (check && item.is_null() && r4::IsPrimitive(member.kind)) {
        if (!twin.Has(index)) log.Add(NothingAtItsPlace("_", r4::View(member.name)));
      } else {
        Item(item, member, node);
      }
      ++index;
    }
  }
  log.Leave();
}

void ResourceWalk::State::Item(const json::Value& value, const r4::MemberRow& member,
                               std::uint16_t node) {
  if (node != kNoNode) collector.Visit(r4::kNodes[node], value);
  if (r4::IsPrimitive(member.kind)) {
    if (check) Primitive(value, member);
  } else if (!value.is_object()) {
    if (check) log.Add("This property must be an object, not a " + JsonClass(value.type()));
  } else if (member.kind == r4::Kind::kResource) {
    if (check) NestedResource(value);
  } else if (check || r4::kNodes[node].has_edges) {
    Object(value, r4::kStructures[member.structure], node, false);
  }
}

void ResourceWalk::State::Primitive(const json::Value& value, const r4::MemberRow& member) {
  const json::Type expected = JsonTypeOf(member.kind);
  if (value.type() == expected) {
    if (expected == json::Type::kString && value.string().empty()) {
      log.Add("@value cannot be empty");
    }
  } else if (value.is_object() || value.is_array()) {
    log.Add("This property must be an simple value, not a " + JsonClass(value.type()));
  } else if (value.is_null()) {
    log.Add("This property must not be null");
  } else {
    log.Add("Error parsing JSON: the primitive value must be a " + std::string(NameOf(expected)));
  }
}

// "_name": the id and extensions of the primitive "name". Null when there is no such primitive.
const r4::MemberRow* ResourceWalk::State::Twin(const json::Value& object, const json::Value& value,
                                               const r4::StructureRow& structure) {
  const std::string_view name = value.key().substr(1);
  const int index = r4::FindMember(structure, name, r4::NameHash(name));
  const r4::MemberRow* member = index < 0 ? nullptr : &r4::kMembers[structure.first_member + index];
  if (!member || !r4::IsPrimitive(member->kind)) {
    Unrecognised(value.key());
    return nullptr;
  }
  log.Enter(name);
  const bool array = (member->flags & r4::kArray) != 0;
  if (array != value.is_array()) {
    log.Add((array ? "This property must be an Array, not a "
                   : "This property must be an object, not a ") +
            JsonClass(value.type()));
  } else if (!array) {
    TwinItem(value);
  } else {
    if (value.empty()) {
      log.Add("Array cannot be empty - the property should not be present if it has no values");
    }
    TwinArray values(object, false, name);
    std::size_t index_in_array = 0;
    for (const json::Value item : value) {
      log.SetIndex(index_in_array);
      if (!item.is_null()) {
        TwinItem(item);
      } else if (!values.Has(index_in_array)) {
        log.Add(NothingAtItsPlace("", name));
      }
      ++index_in_array;
    }
  }
  log.Leave();
  return member;
}

void ResourceWalk::State::TwinItem(const json::Value& value) {
  if (value.is_object()) {
    Object(value, *primitive_extras, kNoNode, false);
  } else {
    log.Add("This property must be an object, not a " + JsonClass(value.type()));
  }
}

void ResourceWalk::State::Unrecognised(std::string_view name) {
  log.Add("Unrecognised property '@" + std::string(name) + "'");
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
