// Steps from element to element.
#include <algorithm>

#include "fhir/fhirpath/evaluation.hpp"
#include "fhir/fhirpath/types.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

const r4::StructureRow& ElementStructure() {
  static const std::uint16_t structure = FindStructureByName("Element");
  return r4::kStructures[structure];
}

struct ChildPlace {
  json::Value object;
  const r4::StructureRow* structure = nullptr;
};
// Where the children of a node stand: of a primitive, in its twin.
ChildPlace ChildrenOf(const Node& node) {
  const bool primitive = r4::IsPrimitive(node.kind);
  const json::Value& object = primitive ? node.twin : node.value;
  if (!object.exists() || !object.is_object()) return {};
  if (primitive) return {object, &ElementStructure()};
  if (node.structure == 0) return {};
  return {object, &r4::kStructures[node.structure]};
}

const r4::ElementRow& ElementOf(const r4::StructureRow& structure, const r4::MemberRow& member) {
  return r4::kElements[structure.first_element + member.element];
}

const r4::ElementRow* FindChoice(const r4::StructureRow& structure, std::string_view name) {
  for (std::size_t i = 0; i < structure.element_count; ++i) {
    const r4::ElementRow& element = r4::kElements[structure.first_element + i];
    if ((element.flags & r4::kChoice) && r4::SameName(r4::View(element.name), name)) {
      return &element;
    }
  }
  return nullptr;
}

bool IsTwinOf(std::string_view key, std::string_view name) {
  return key.size() == name.size() + 1 && key[0] == '_' && r4::SameName(key.substr(1), name);
}

}  // namespace

void Evaluation::RunChild(const AstNode& node, const Scope& scope, std::size_t limit) {
  const std::size_t mark = size();
  if (node.names_type) {
    for (std::size_t i = scope.focus.first; i < scope.focus.last; ++i) {
      if (IsOfType((*this)[i], node.type)) Push(Item((*this)[i]));
    }
    if (size() > mark) return;
  }
  const Range input = Items(node.input, scope);
  const std::size_t begin = size();
  for (std::size_t i = input.first; i < input.last && size() - begin < limit; ++i) {
    if (failed()) return;
    PushChildren(Item((*this)[i]), node, limit - (size() - begin));
  }
  Erase(mark, begin);
}

void Evaluation::PushChildren(const Item& parent, const AstNode& name, std::size_t limit) {
  if (!parent.IsElement()) return;
  const auto [object, structure] = ChildrenOf(parent.node());
  if (structure == nullptr || !Step(1 + object.size() / 16)) return;
  const int index = r4::FindMember(*structure, name.text, name.hash);
  if (index >= 0) {
    const r4::MemberRow& member = r4::kMembers[structure->first_member + index];
    // "valueString" is a name in JSON only.
    if (!(member.flags & r4::kChoice)) PushMember(object, member, parent.owner(), limit);
    return;
  }
  const r4::ElementRow* choice = FindChoice(*structure, name.text);
  if (choice == nullptr) return;
  for (const json::Value child : object) {
    const std::string_view key = child.key();
    const std::string_view bare = key.starts_with('_') ? key.substr(1) : key;
    if (!bare.starts_with(name.text)) continue;
    const int found = r4::FindMember(*structure, bare, r4::NameHash(bare));
    if (found < 0) continue;
    const r4::MemberRow& member = r4::kMembers[structure->first_member + found];
    if (&ElementOf(*structure, member) != choice) continue;
    PushMember(object, member, parent.owner(), limit);
    return;  // of a choice there is one, perhaps with its twin
  }
}

void Evaluation::PushChildren(const Item& parent) {
  if (!parent.IsElement()) return;
  const auto [object, structure] = ChildrenOf(parent.node());
  if (structure == nullptr || !Step(1 + object.size() / 16)) return;
  const bool twins = std::ranges::any_of(
      object, [](const json::Value& child) { return child.key().starts_with('_'); });
  for (const json::Value child : object) {
    const std::string_view key = child.key();
    const bool is_twin = key.starts_with('_');
    const std::string_view name = is_twin ? key.substr(1) : key;
    const int index = r4::FindMember(*structure, name, r4::NameHash(name));
    if (index < 0) continue;
    const r4::MemberRow& member = r4::kMembers[structure->first_member + index];
    if (is_twin) {
      if (!r4::IsPrimitive(member.kind) || object.Find(name)) continue;  // together with its value
      PushValues({}, child, member, parent.owner(), kAllItems);
    } else if (!twins || !r4::IsPrimitive(member.kind)) {
      PushValues(child, {}, member, parent.owner(), kAllItems);
    } else {
      PushMember(object, member, parent.owner(), kAllItems);
    }
    if (failed()) return;
  }
}

void Evaluation::PushMember(const json::Value& object, const r4::MemberRow& member,
                            std::uint32_t owner, std::size_t limit) {
  const std::string_view name = r4::View(member.name);
  const bool primitive = r4::IsPrimitive(member.kind);
  json::Value value;
  json::Value twin;
  for (const json::Value child : object) {
    const std::string_view key = child.key();
    if (r4::SameName(key, name)) {
      value = child;
      if (!primitive) break;
    } else if (primitive && IsTwinOf(key, name)) {
      twin = child;
    }
  }
  PushValues(value, twin, member, owner, limit);
}

void Evaluation::PushValues(const json::Value& value, const json::Value& twin,
                            const r4::MemberRow& member, std::uint32_t owner, std::size_t limit) {
  const bool values = value.exists() && value.is_array();
  const bool twins = twin.exists() && twin.is_array();
  if (!values && !twins) return PushNode(value, twin, member, owner);
  json::Value::Iterator at = values ? value.begin() : json::Value::Iterator();
  json::Value::Iterator twin_at = twins ? twin.begin() : json::Value::Iterator();
  std::size_t left = values ? value.size() : 0;
  std::size_t twins_left = twins ? twin.size() : 0;
  const std::size_t begin = size();
  while ((left > 0 || twins_left > 0) && size() - begin < limit && !failed()) {
    PushNode(left > 0 ? *at : json::Value(), twins_left > 0 ? *twin_at : json::Value(), member,
             owner);
    if (left > 0) ++at, --left;
    if (twins_left > 0) ++twin_at, --twins_left;
  }
}

void Evaluation::PushNode(const json::Value& value, const json::Value& twin,
                          const r4::MemberRow& member, std::uint32_t owner) {
  const bool has_value = value.exists() && !value.is_null();
  const bool has_twin = twin.exists() && twin.is_object();
  if ((!has_value && !has_twin) || !TakeRoom()) return;
  const json::Value none;
  const json::Value& own = has_value ? value : none;
  const json::Value& extras = has_twin ? twin : none;
  if (member.kind == r4::Kind::kResource) {
    const Node node{own, extras, r4::Kind::kComplex, StructureOfResource(value)};
    stack_.emplace_back(node, AddOwner(node, owner));
  } else {
    stack_.emplace_back(Node{own, extras, member.kind, member.structure}, owner);
  }
}

std::uint32_t Evaluation::AddOwner(const Node& resource, std::uint32_t parent) {
  owners_.push_back({resource, parent});
  return static_cast<std::uint32_t>(owners_.size() - 1);
}

void Evaluation::RunExternal(const AstNode& node) {
  if (node.text == "context") return Push(Item((*this)[0]));
  const std::uint32_t owner = node.text == "resource" ? 0 : root_owner_;
  const Node& resource = owners_[owner].resource;
  if (resource.value.exists()) Push(Item(resource, owner));
}

void Evaluation::RunIndexer(const AstNode& node, const Scope& scope) {
  const std::size_t mark = size();
  const Range input = Items(node.input, scope);
  const Range index = Items(node.right, scope);
  std::optional<Item> found;
  if (index.size() > 1) {
    Fail("several items where one is needed");
  } else if (!index.empty()) {
    const auto value = SystemValue((*this)[index.first]);
    if (!value || value->type() != ItemType::kInteger) {
      Fail("an Integer is needed");
    } else if (value->integer() >= 0 &&
               static_cast<std::uint64_t>(value->integer()) < input.size()) {
      found = (*this)[input.first + static_cast<std::size_t>(value->integer())];
    }
  }
  Truncate(mark);
  if (found) Push(*found);
}

// `as` lets through what is of the type, of however many items: FHIR's own expressions rely on it
// (dom-3: descendants().as(uri)).
void Evaluation::RunType(const AstNode& node, const Scope& scope) {
  const std::size_t mark = size();
  const Range input = Items(node.input, scope);
  const std::size_t begin = size();
  for (std::size_t i = input.first; i < input.last; ++i) {
    if (IsOfType((*this)[i], node.type)) Push(Item((*this)[i]));
  }
  Erase(mark, begin);
}

Truth Evaluation::TestType(const AstNode& node, const Scope& scope) {
  const std::size_t mark = size();
  const Range input = Items(node.input, scope, 2);
  Truth truth = Truth::kUnknown;
  if (input.size() > 1) {
    Fail("several items where one is needed");
  } else if (!input.empty()) {
    truth = fhirpath::TruthOf(IsOfType((*this)[input.first], node.type));
  }
  Truncate(mark);
  return truth;
}

void Evaluation::PushExtensions(const Item& parent, std::string_view url) {
  if (!parent.IsElement()) return;
  const auto [object, structure] = ChildrenOf(parent.node());
  if (structure == nullptr || !Step(1 + object.size() / 16)) return;
  constexpr std::string_view kName = "extension";
  const int index = r4::FindMember(*structure, kName, r4::NameHash(kName));
  const auto extensions = object.Find(kName);
  if (index < 0 || !extensions || !extensions->is_array()) return;
  const r4::MemberRow& member = r4::kMembers[structure->first_member + index];
  for (const json::Value extension : *extensions) {
    const auto found = extension.Find("url");
    if (!Step()) return;
    if (!found || !found->is_string() || found->string() != url) continue;
    PushNode(extension, {}, member, parent.owner());
  }
}

}  // namespace healthlake::fhir::fhirpath
