// A parsed JSON text that can be changed. What is not touched keeps its bytes: number text, escapes
// and the order of names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::json {

struct EditLimits {
  std::size_t max_bytes = 16UL << 20;  // of the text that the tree would be written as
  // Children looked at or moved; about a nanosecond each.
  std::size_t max_work = 1'000'000'000;
};

// Nodes are parts of Documents, expanded only where they are entered, so a subtree that is moved or
// copied as it stands costs nothing. A node is attached (the root, or a child of an attached node)
// or detached: fresh, or taken out. Confined to one thread; every Document that a Value came from
// must outlive it. Whoever exceeds a limit gets core::Error{kTooLarge} for bytes and
// {kUnprocessable} for work and depth, and the tree is of no use afterwards.
class EditTree {
 public:
  // Of this tree; valid until it is dropped.
  enum class Node : std::uint32_t {};
  static constexpr Node kNone{0xFFFF'FFFF};
  // Of what is written or copied, as far as it is expanded.
  static constexpr std::size_t kMaxDepth = 256;

  explicit EditTree(const Value& root, const EditLimits& limits = {});

  Node root() const noexcept { return root_; }
  Type type(Node node) const noexcept { return Row(node).value.type(); }
  bool is_object(Node node) const noexcept { return type(node) == Type::kObject; }
  bool is_array(Node node) const noexcept { return type(node) == Type::kArray; }
  // Children; zero for scalars.
  std::size_t size(Node node) const noexcept;
  // The node as it was parsed; nullptr once it has been entered.
  const Value* untouched(Node node) const noexcept;

  // Of objects and arrays; `place` counts from 0.
  Node Child(Node parent, std::size_t place);
  std::optional<std::size_t> Find(Node object, std::string_view name);
  std::string_view NameAt(Node object, std::size_t place);

  // kNone for the root and for what is detached.
  Node parent(Node node) const noexcept { return Row(node).parent; }
  // Where an attached child stands. Linear.
  std::size_t PlaceOf(Node node);

  // Fresh nodes.
  Node Make(const Value& value);
  Node MakeNull();
  Node MakeArray();
  Node MakeObject();
  Node Copy(Node node);

  // `child` is detached and becomes attached. `place` is at most the size; the name is a new one.
  void Insert(Node array, std::size_t place, Node child);
  void Append(Node object, std::string_view name, Node child);
  // What stood there is dropped.
  void Replace(Node parent, std::size_t place, Node child);
  void ReplaceRoot(Node node);
  void Rename(Node object, std::size_t place, std::string_view name);
  // Takes the child out: it is detached then.
  Node Take(Node parent, std::size_t place);
  // Takes it out and drops it.
  void Remove(Node parent, std::size_t place) { Drop(Take(parent, place)); }
  // A detached node and all below it.
  void Drop(Node node);

  // Of the text that Write gives.
  std::size_t bytes(Node node) const noexcept;
  // Counts work that is done on what the tree holds.
  void Spend(std::size_t work);
  // Without white space between tokens.
  std::string Write(Node node) const;
  std::string Write() const { return Write(root_); }

 private:
  static constexpr std::uint32_t kUnentered = 0xFFFF'FFFF;
  struct NodeRow {
    Value value;  // of a container that was entered: only the type counts
    std::uint32_t container = kUnentered;
    Node parent = kNone;
  };
  struct Name {
    std::string_view text;     // its characters
    std::string_view written;  // with quotes, as it stands or will stand in the text
  };
  struct Container {
    std::vector<Node> children;
    std::vector<Name> names;  // of an object: as children
    std::size_t bytes = 2;
  };

  NodeRow& Row(Node node) noexcept { return nodes_[static_cast<std::uint32_t>(node)]; }
  const NodeRow& Row(Node node) const noexcept { return nodes_[static_cast<std::uint32_t>(node)]; }
  Node AddRow(const Value& value, Node parent);
  std::uint32_t AddContainer();
  Container& Enter(Node node);
  Name Keep(std::string_view name);
  // The text of `node` and of all around it became that much longer and shorter.
  void Resize(Node node, std::size_t more, std::size_t less);
  void CheckRoom(std::size_t more, std::size_t less) const;
  Node CopyBelow(Node node, Node parent, std::size_t depth);
  void WriteBelow(Node node, std::size_t depth, std::string& out) const;

  EditLimits limits_;
  std::size_t work_left_;
  Node root_ = kNone;
  std::vector<NodeRow> nodes_;
  std::vector<Node> free_nodes_;
  std::vector<Container> containers_;
  std::vector<std::uint32_t> free_containers_;
  // Texts of names that stand in no document.
  std::vector<std::unique_ptr<std::string>> names_;
};

}  // namespace healthlake::json
