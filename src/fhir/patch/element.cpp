#include "fhir/patch/element.hpp"

#include <algorithm>

namespace healthlake::fhir::patch {
namespace {

std::string TwinName(std::string_view name) {
  return "_" + std::string(name);
}

Node FindMember(EditTree& tree, Node object, std::string_view name) {
  const auto place = tree.Find(object, name);
  return place ? tree.Child(object, *place) : EditTree::kNone;
}

void RemoveMember(EditTree& tree, Node object, std::string_view name) {
  if (const auto place = tree.Find(object, name)) tree.Remove(object, *place);
}

std::size_t SizeOf(const EditTree& tree, Node list) {
  return list == EditTree::kNone || !tree.is_array(list) ? 0 : tree.size(list);
}

// No element, or only nulls.
bool IsBlank(EditTree& tree, Node list) {
  for (std::size_t i = 0; i < tree.size(list); ++i) {
    if (tree.type(tree.Child(list, i)) != json::Type::kNull) return false;
  }
  return true;
}

void Pad(EditTree& tree, Node list, std::size_t size) {
  while (tree.size(list) < size) tree.Insert(list, tree.size(list), tree.MakeNull());
}

// The list of values, or of twins, of that length at least.
Node MakeList(EditTree& tree, Node object, std::string_view name, std::size_t size) {
  Node list = FindMember(tree, object, name);
  if (list == EditTree::kNone) {
    list = tree.MakeArray();
    tree.Append(object, name, list);
  }
  Pad(tree, list, size);
  return list;
}

// Lists that hold nothing any more.
void RemoveBlankLists(EditTree& tree, Node object, std::string_view name) {
  const std::string twin_name = TwinName(name);
  const Node twins = FindMember(tree, object, twin_name);
  const bool blank = twins == EditTree::kNone || IsBlank(tree, twins);
  if (blank) RemoveMember(tree, object, twin_name);
  const Node values = FindMember(tree, object, name);
  if (blank && values != EditTree::kNone && IsBlank(tree, values)) {
    RemoveMember(tree, object, name);
  }
}

void ReplaceMember(EditTree& tree, Node object, std::string_view name, std::string_view new_name,
                   Node node) {
  const auto place = tree.Find(object, name);
  if (node == EditTree::kNone) {
    if (place) tree.Remove(object, *place);
  } else if (place) {
    tree.Replace(object, *place, node);
    if (name != new_name) tree.Rename(object, *place, new_name);
  } else {
    tree.Append(object, new_name, node);
  }
}

// One of the two lists of `count` elements; `node` may be kNone.
void SetInList(EditTree& tree, Node object, std::string_view name, std::size_t index,
               std::size_t count, Node node) {
  if (node == EditTree::kNone && !tree.Find(object, name)) return;
  const Node list = MakeList(tree, object, name, count);
  tree.Replace(list, index, node == EditTree::kNone ? tree.MakeNull() : node);
}

// An object without members, other than the resource, says nothing.
void RemoveIfEmpty(EditTree& tree, Node object) {
  if (object == tree.root() || tree.size(object) > 0) return;
  const Node around = tree.parent(object);
  const bool in_list = tree.is_array(around);
  const Node holder = in_list ? around : object;
  const std::string_view key = tree.NameAt(tree.parent(holder), tree.PlaceOf(holder));
  const Slot slot = SlotOf(tree, object);
  if (!key.starts_with('_')) return RemoveElement(tree, slot);
  // A twin; the value may be there all the same.
  const Node value = FindMember(tree, slot.object, slot.name);
  if (!in_list) {
    RemoveMember(tree, slot.object, TwinName(slot.name));
    return RemoveIfEmpty(tree, slot.object);
  }
  const bool has_value = SizeOf(tree, value) > *slot.index &&
                         tree.type(tree.Child(value, *slot.index)) != json::Type::kNull;
  if (!has_value) return RemoveElement(tree, slot);
  tree.Replace(around, *slot.index, tree.MakeNull());
  RemoveBlankLists(tree, slot.object, slot.name);
}

}  // namespace

Slot SlotOf(EditTree& tree, Node node) {
  Slot slot;
  Node member = node;
  slot.object = tree.parent(node);
  if (tree.is_array(slot.object)) {
    slot.index = tree.PlaceOf(node);
    member = slot.object;
    slot.object = tree.parent(member);
  }
  slot.name = tree.NameAt(slot.object, tree.PlaceOf(member));
  if (slot.name.starts_with('_')) slot.name.erase(0, 1);
  return slot;
}

bool HasElement(EditTree& tree, Node object, std::string_view name) {
  return tree.Find(object, name) || tree.Find(object, TwinName(name));
}

std::optional<std::size_t> CountOf(EditTree& tree, Node object, std::string_view name) {
  const Node values = FindMember(tree, object, name);
  const Node twins = FindMember(tree, object, TwinName(name));
  for (const Node list : {values, twins}) {
    if (list != EditTree::kNone && !tree.is_array(list)) return std::nullopt;
  }
  return std::max(SizeOf(tree, values), SizeOf(tree, twins));
}

void AddElement(EditTree& tree, Node object, std::string_view name, NewElement element) {
  ReplaceElement(tree, {object, std::string(name), std::nullopt}, name, element);
}

void InsertElement(EditTree& tree, Node object, std::string_view name, std::size_t index,
                   NewElement element) {
  const std::size_t count = CountOf(tree, object, name).value_or(0);
  const auto insert = [&](std::string_view member, Node node) {
    if (node == EditTree::kNone && !tree.Find(object, member)) return;
    const Node list = MakeList(tree, object, member, count);
    tree.Insert(list, index, node == EditTree::kNone ? tree.MakeNull() : node);
  };
  insert(name, element.value);
  insert(TwinName(name), element.twin);
}

void ReplaceElement(EditTree& tree, const Slot& slot, std::string_view name, NewElement element) {
  const std::string twin_name = TwinName(slot.name);
  if (slot.index) {
    const std::size_t count = CountOf(tree, slot.object, slot.name).value_or(0);
    SetInList(tree, slot.object, slot.name, *slot.index, count, element.value);
    SetInList(tree, slot.object, twin_name, *slot.index, count, element.twin);
    return RemoveBlankLists(tree, slot.object, slot.name);
  }
  ReplaceMember(tree, slot.object, slot.name, name, element.value);
  ReplaceMember(tree, slot.object, twin_name, TwinName(name), element.twin);
}

void RemoveElement(EditTree& tree, const Slot& slot) {
  for (const std::string& name : {slot.name, TwinName(slot.name)}) {
    if (!slot.index) {
      RemoveMember(tree, slot.object, name);
      continue;
    }
    const Node list = FindMember(tree, slot.object, name);
    if (SizeOf(tree, list) > *slot.index) tree.Remove(list, *slot.index);
  }
  if (slot.index) RemoveBlankLists(tree, slot.object, slot.name);
  RemoveIfEmpty(tree, slot.object);
}

void MoveElement(EditTree& tree, Node object, std::string_view name, std::size_t from,
                 std::size_t to) {
  const std::size_t count = CountOf(tree, object, name).value_or(0);
  for (const std::string& member : {std::string(name), TwinName(name)}) {
    if (!tree.Find(object, member)) continue;
    const Node list = MakeList(tree, object, member, count);
    tree.Insert(list, to, tree.Take(list, from));
  }
}

Node TwinOf(EditTree& tree, const Slot& slot) {
  const std::string name = TwinName(slot.name);
  if (!slot.index) {
    Node twin = FindMember(tree, slot.object, name);
    if (twin != EditTree::kNone) return twin;
    twin = tree.MakeObject();
    tree.Append(slot.object, name, twin);
    return twin;
  }
  const std::size_t count = CountOf(tree, slot.object, slot.name).value_or(0);
  const Node list = MakeList(tree, slot.object, name, count);
  Node twin = tree.Child(list, *slot.index);
  if (tree.is_object(twin)) return twin;
  twin = tree.MakeObject();
  tree.Replace(list, *slot.index, twin);
  return twin;
}

}  // namespace healthlake::fhir::patch
