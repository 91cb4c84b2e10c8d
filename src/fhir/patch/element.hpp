// Elements of a resource in an editable tree: a JSON value and its "_name" twin are one element,
// lists of both stay aligned, and what becomes empty vanishes (json.html).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/json/edit_tree.hpp"

namespace healthlake::fhir::patch {

using json::EditTree;
using Node = EditTree::Node;

// Where an element stands, or may stand.
struct Slot {
  Node object = EditTree::kNone;
  std::string name;                  // "given", "valueQuantity"; not that of the twin
  std::optional<std::size_t> index;  // where the JSON is a list
};

// An element that is not in the tree yet: detached nodes, either of which may be kNone.
struct NewElement {
  Node value = EditTree::kNone;
  Node twin = EditTree::kNone;
};

// Where the element of a value, or of a twin, stands. `node` is attached and not the root.
Slot SlotOf(EditTree& tree, Node node);

bool HasElement(EditTree& tree, Node object, std::string_view name);
// The elements of a list, none when it is absent; nullopt where the JSON is no list.
std::optional<std::size_t> CountOf(EditTree& tree, Node object, std::string_view name);

// `object` has no element of that name.
void AddElement(EditTree& tree, Node object, std::string_view name, NewElement element);
// Into a list, made when absent; `index` is at most its count.
void InsertElement(EditTree& tree, Node object, std::string_view name, std::size_t index,
                   NewElement element);
// Puts another element in the place of one, under a name that may be another.
void ReplaceElement(EditTree& tree, const Slot& slot, std::string_view name, NewElement element);
// Together with whatever around it has no content then.
void RemoveElement(EditTree& tree, const Slot& slot);
// Within a list; both are less than its count.
void MoveElement(EditTree& tree, Node object, std::string_view name, std::size_t from,
                 std::size_t to);

// The object that holds id and extensions of a primitive element, made when absent.
Node TwinOf(EditTree& tree, const Slot& slot);

}  // namespace healthlake::fhir::patch
