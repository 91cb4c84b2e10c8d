#include "healthlake/json/edit_tree.hpp"

#include <algorithm>

#include "healthlake/core/error.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::json {
namespace {

using core::Error;
using core::ErrorKind;

// What entering a child costs beside looking at it: memory for it.
constexpr std::size_t kWorkOfEntering = 8;
// Children that are moved together in the time in which one is looked at.
constexpr std::size_t kMovedTogether = 8;

// Values of no request: null, [] and {}.
const Value& Made(std::size_t place) {
  static const Document document = [] {
    Document made;
    made.Parse("[null,[],{}]");
    return made;
  }();
  static const std::vector<Value> values(document.root().begin(), document.root().end());
  return values[place];
}

std::size_t Separators(std::size_t children) {
  return children > 0 ? children - 1 : 0;
}

}  // namespace

EditTree::EditTree(const Value& root, const EditLimits& limits)
    : limits_(limits), work_left_(limits.max_work) {
  root_ = Make(root);
}

std::size_t EditTree::size(Node node) const noexcept {
  const NodeRow& row = Row(node);
  return row.container == kUnentered ? row.value.size()
                                     : containers_[row.container].children.size();
}

const Value* EditTree::untouched(Node node) const noexcept {
  const NodeRow& row = Row(node);
  return row.container == kUnentered ? &row.value : nullptr;
}

std::size_t EditTree::bytes(Node node) const noexcept {
  const NodeRow& row = Row(node);
  return row.container == kUnentered ? row.value.raw().size() : containers_[row.container].bytes;
}

void EditTree::Spend(std::size_t work) {
  if (work > work_left_) {
    throw Error(ErrorKind::kUnprocessable, "The changes take too much work.");
  }
  work_left_ -= work;
}

EditTree::Node EditTree::AddRow(const Value& value, Node parent) {
  const NodeRow row{value, kUnentered, parent};
  if (free_nodes_.empty()) {
    nodes_.push_back(row);
    return Node(nodes_.size() - 1);
  }
  const Node node = free_nodes_.back();
  free_nodes_.pop_back();
  Row(node) = row;
  return node;
}

std::uint32_t EditTree::AddContainer() {
  if (free_containers_.empty()) {
    containers_.emplace_back();
    return static_cast<std::uint32_t>(containers_.size() - 1);
  }
  const std::uint32_t container = free_containers_.back();
  free_containers_.pop_back();
  return container;
}

EditTree::Container& EditTree::Enter(Node node) {
  if (Row(node).container != kUnentered) return containers_[Row(node).container];
  const Value value = Row(node).value;
  Spend(1 + value.size() * kWorkOfEntering);
  const std::uint32_t place = AddContainer();
  Row(node).container = place;
  Container& container = containers_[place];
  container.bytes = value.raw().size();
  container.children.reserve(value.size());
  // The text holds no space, so a name stands between what is before it and its colon.
  const char* before = value.raw().data() + 1;
  for (const Value child : value) {
    if (value.is_object()) {
      const char* const colon = child.raw().data() - 1;
      container.names.push_back({child.key(), {before, static_cast<std::size_t>(colon - before)}});
    }
    before = child.raw().data() + child.raw().size() + 1;
    container.children.push_back(AddRow(child, node));
  }
  return container;
}

EditTree::Node EditTree::Child(Node parent, std::size_t place) {
  return Enter(parent).children[place];
}

std::optional<std::size_t> EditTree::Find(Node object, std::string_view name) {
  const Container& container = Enter(object);
  Spend(1 + container.names.size());
  const auto found = std::ranges::find(container.names, name, &Name::text);
  if (found == container.names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - container.names.begin());
}

std::string_view EditTree::NameAt(Node object, std::size_t place) {
  return Enter(object).names[place].text;
}

std::size_t EditTree::PlaceOf(Node node) {
  const std::vector<Node>& children = Enter(parent(node)).children;
  Spend(1 + children.size());
  return static_cast<std::size_t>(std::ranges::find(children, node) - children.begin());
}

EditTree::Node EditTree::Make(const Value& value) {
  return AddRow(value, kNone);
}
EditTree::Node EditTree::MakeNull() {
  return Make(Made(0));
}
EditTree::Node EditTree::MakeArray() {
  return Make(Made(1));
}
EditTree::Node EditTree::MakeObject() {
  return Make(Made(2));
}

EditTree::Node EditTree::Copy(Node node) {
  CheckRoom(bytes(node), 0);
  return CopyBelow(node, kNone, 0);
}

EditTree::Node EditTree::CopyBelow(Node node, Node parent, std::size_t depth) {
  const NodeRow row = Row(node);
  const Node copy = AddRow(row.value, parent);
  if (row.container == kUnentered) return copy;
  if (depth == kMaxDepth) {
    throw Error(ErrorKind::kUnprocessable, "The JSON would be nested too deeply.");
  }
  const std::size_t size = containers_[row.container].children.size();
  Spend(1 + size * kWorkOfEntering);
  const std::uint32_t place = AddContainer();
  Row(copy).container = place;
  containers_[place].bytes = containers_[row.container].bytes;
  containers_[place].names = containers_[row.container].names;
  containers_[place].children.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const Node child = CopyBelow(containers_[row.container].children[i], copy, depth + 1);
    containers_[place].children.push_back(child);
  }
  return copy;
}

EditTree::Name EditTree::Keep(std::string_view name) {
  names_.push_back(std::make_unique<std::string>(Quote(name)));
  const std::string_view written = *names_.back();
  if (written.size() == name.size() + 2) return {written.substr(1, name.size()), written};
  names_.push_back(std::make_unique<std::string>(name));
  return {*names_.back(), written};
}

void EditTree::CheckRoom(std::size_t more, std::size_t less) const {
  const std::size_t now = bytes(root_);
  if (more > less &&
      (more > limits_.max_bytes || now - std::min(now, less) + more > limits_.max_bytes)) {
    throw Error(ErrorKind::kTooLarge,
                "The result would be longer than " + std::to_string(limits_.max_bytes) + " bytes.");
  }
}

void EditTree::Resize(Node node, std::size_t more, std::size_t less) {
  CheckRoom(more, less);
  for (; node != kNone; node = Row(node).parent) {
    Spend(1);
    std::size_t& bytes = containers_[Row(node).container].bytes;
    bytes = bytes + more - less;
  }
}

void EditTree::Insert(Node array, std::size_t place, Node child) {
  Container& container = Enter(array);
  const std::size_t behind = container.children.size() - place;
  Spend(1 + behind / kMovedTogether);
  const std::size_t more = bytes(child) + (container.children.empty() ? 0 : 1);
  container.children.insert(container.children.begin() + static_cast<std::ptrdiff_t>(place), child);
  Row(child).parent = array;
  Resize(array, more, 0);
}

void EditTree::Append(Node object, std::string_view name, Node child) {
  const Name kept = Keep(name);
  Container& container = Enter(object);
  const std::size_t more =
      kept.written.size() + 1 + bytes(child) + (container.children.empty() ? 0 : 1);
  container.names.push_back(kept);
  container.children.push_back(child);
  Row(child).parent = object;
  Resize(object, more, 0);
}

void EditTree::Replace(Node parent, std::size_t place, Node child) {
  Node& slot = Enter(parent).children[place];
  const Node old = slot;
  slot = child;
  Row(child).parent = parent;
  Row(old).parent = kNone;
  Resize(parent, bytes(child), bytes(old));
  Drop(old);
}

void EditTree::ReplaceRoot(Node node) {
  CheckRoom(bytes(node), bytes(root_));
  Drop(root_);
  root_ = node;
}

void EditTree::Rename(Node object, std::size_t place, std::string_view name) {
  const Name kept = Keep(name);
  Name& slot = Enter(object).names[place];
  const std::size_t less = slot.written.size();
  slot = kept;
  Resize(object, kept.written.size(), less);
}

EditTree::Node EditTree::Take(Node parent, std::size_t place) {
  Container& container = Enter(parent);
  const std::size_t size = container.children.size();
  Spend(1 + (size - place) / kMovedTogether);
  const auto at = static_cast<std::ptrdiff_t>(place);
  const Node child = container.children[place];
  std::size_t less = bytes(child) + Separators(size) - Separators(size - 1);
  container.children.erase(container.children.begin() + at);
  if (!container.names.empty()) {
    less += container.names[place].written.size() + 1;
    container.names.erase(container.names.begin() + at);
  }
  Row(child).parent = kNone;
  Resize(parent, 0, less);
  return child;
}

void EditTree::Drop(Node node) {
  std::vector<Node> open = {node};
  while (!open.empty()) {
    const Node last = open.back();
    open.pop_back();
    const std::uint32_t place = Row(last).container;
    if (place != kUnentered) {
      Container& container = containers_[place];
      open.insert(open.end(), container.children.begin(), container.children.end());
      container = {};
      free_containers_.push_back(place);
    }
    free_nodes_.push_back(last);
  }
}

std::string EditTree::Write(Node node) const {
  std::string out;
  out.reserve(bytes(node));
  WriteBelow(node, 0, out);
  return out;
}

void EditTree::WriteBelow(Node node, std::size_t depth, std::string& out) const {
  const NodeRow& row = Row(node);
  if (row.container == kUnentered) {
    out += row.value.raw();
    return;
  }
  if (depth == kMaxDepth) {
    throw Error(ErrorKind::kUnprocessable, "The JSON would be nested too deeply.");
  }
  const Container& container = containers_[row.container];
  const bool is_object = row.value.is_object();
  out += is_object ? '{' : '[';
  for (std::size_t i = 0; i < container.children.size(); ++i) {
    if (i > 0) out += ',';
    if (is_object) {
      out += container.names[i].written;
      out += ':';
    }
    WriteBelow(container.children[i], depth + 1, out);
  }
  out += is_object ? '}' : ']';
}

}  // namespace healthlake::json
