// JSON Patch (RFC 6902) on an editable tree. All operations are read before the first is applied:
// a patch that is malformed anywhere is refused as such.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "fhir/patch/failure.hpp"
#include "healthlake/fhir/patch.hpp"
#include "healthlake/json/edit_tree.hpp"
#include "healthlake/json/equality.hpp"
#include "healthlake/json/pointer.hpp"

namespace healthlake::fhir {
namespace {

using core::ErrorKind;
using json::EditTree;
using Node = EditTree::Node;

constexpr std::string_view kNowhere = "there is no such place";

constexpr std::size_t kWorkOfTesting = 4;  // per byte: it may have to be written and read

enum class Op : std::uint8_t { kAdd, kRemove, kReplace, kMove, kCopy, kTest };

struct OpRow {
  Op op;
  std::string_view name;
  bool has_from;
  bool has_value;
};
constexpr auto kOps = std::to_array<OpRow>({
    {Op::kAdd, "add", false, true},
    {Op::kRemove, "remove", false, false},
    {Op::kReplace, "replace", false, true},
    {Op::kMove, "move", true, false},
    {Op::kCopy, "copy", true, false},
    {Op::kTest, "test", false, true},
});

struct Operation {
  const OpRow* row = nullptr;
  std::string_view path;
  std::string_view from;
  json::Value value;
};

std::string_view ReadPointer(const json::Value& operation, std::string_view member,
                             const patch::OperationName& name) {
  const auto found = operation.Find(member);
  if (found && found->is_string() && json::IsPointer(found->string())) return found->string();
  const std::string what = "'" + std::string(member) + "'";
  patch::Throw(ErrorKind::kInvalid, name,
               !found                ? what + " is missing"
               : !found->is_string() ? what + " is no string"
                                     : what + " is no JSON Pointer (RFC 6901)");
}

Operation ReadOperation(const json::Value& value, std::size_t number) {
  patch::OperationName name{number, {}, {}};
  if (!value.is_object()) patch::Throw(ErrorKind::kInvalid, name, "it is no object");
  const auto op = value.Find("op");
  if (!op || !op->is_string()) patch::Throw(ErrorKind::kInvalid, name, "'op' is missing");
  name.type = op->string();
  Operation operation;
  for (const OpRow& row : kOps) {
    if (row.name == name.type) operation.row = &row;
  }
  if (operation.row == nullptr) patch::Throw(ErrorKind::kInvalid, name, "there is no such 'op'");
  operation.path = ReadPointer(value, "path", name);
  name.path = operation.path;
  if (operation.row->has_from) operation.from = ReadPointer(value, "from", name);
  if (operation.row->has_value) {
    const auto given = value.Find("value");
    if (!given) patch::Throw(ErrorKind::kInvalid, name, "'value' is missing");
    operation.value = *given;
  }
  return operation;
}

std::vector<Operation> ReadOperations(const json::Value& patch) {
  if (!patch.is_array()) {
    throw core::Error(ErrorKind::kInvalid, "A JSON Patch is an array of operations.");
  }
  std::vector<Operation> operations;
  operations.reserve(patch.size());
  for (const json::Value value : patch) {
    operations.push_back(ReadOperation(value, operations.size() + 1));
  }
  return operations;
}

class JsonPatch {
 public:
  JsonPatch(const json::Value& resource, const json::EditLimits& limits)
      : tree_(resource, limits) {}

  void Apply(const Operation& operation, std::size_t number) {
    name_ = {number, operation.row->name, operation.path};
    switch (operation.row->op) {
      case Op::kAdd:
        return Add(tree_.Make(operation.value));
      case Op::kRemove:
        return tree_.Drop(Take(name_.path));
      case Op::kReplace:
        return Replace(operation.value);
      case Op::kMove:
        return Move(operation.from);
      case Op::kCopy:
        return Add(tree_.Copy(Load(operation.from)));
      case Op::kTest:
        return Test(operation.value);
    }
  }

  std::string Write() const { return tree_.Write(); }

 private:
  // A child of an object or array; the document itself when `parent` is kNone.
  struct Place {
    Node parent = EditTree::kNone;
    std::optional<std::size_t> index;  // absent: no such child yet
    std::string name;                  // where `parent` is an object
  };

  [[noreturn]] void Fail(std::string_view why) const {
    patch::Throw(ErrorKind::kUnprocessable, name_, why);
  }

  std::optional<std::size_t> FindChild(Node parent, std::string_view part) {
    if (tree_.is_object(parent)) return tree_.Find(parent, part);
    if (!tree_.is_array(parent)) return std::nullopt;
    const std::optional<std::size_t> index = json::IndexOf(part);
    return index && *index < tree_.size(parent) ? index : std::nullopt;
  }

  // Where the pointer leads; all but its last part must exist.
  Place Find(std::string_view pointer) {
    Place place;
    json::PointerParts parts(pointer);
    Node node = tree_.root();
    while (!parts.done()) {
      const std::string_view part = parts.Next();
      place.parent = node;
      place.index = FindChild(node, part);
      if (parts.done()) {
        place.name = part;
      } else if (place.index) {
        node = tree_.Child(node, *place.index);
      } else {
        Fail(kNowhere);
      }
    }
    return place;
  }
  Place FindExisting(std::string_view pointer) {
    Place place = Find(pointer);
    if (place.parent != EditTree::kNone && !place.index) Fail(kNowhere);
    return place;
  }
  Node Load(std::string_view pointer) {
    const Place place = FindExisting(pointer);
    return place.parent == EditTree::kNone ? tree_.root() : tree_.Child(place.parent, *place.index);
  }
  Node Take(std::string_view pointer) {
    const Place place = FindExisting(pointer);
    if (place.parent == EditTree::kNone) Fail("the whole document cannot be removed");
    return tree_.Take(place.parent, *place.index);
  }

  void Add(Node node) {
    const Place place = Find(name_.path);
    if (place.parent == EditTree::kNone) return tree_.ReplaceRoot(node);
    if (tree_.is_object(place.parent)) {
      if (place.index) return tree_.Replace(place.parent, *place.index, node);
      return tree_.Append(place.parent, place.name, node);
    }
    if (!tree_.is_array(place.parent)) Fail(kNowhere);
    const std::size_t size = tree_.size(place.parent);
    const std::optional<std::size_t> index = place.name == "-" ? size : json::IndexOf(place.name);
    if (!index) Fail("'" + place.name + "' is no index of an array");
    if (*index > size) Fail("the index is beyond the end of the array");
    tree_.Insert(place.parent, *index, node);
  }

  void Replace(const json::Value& value) {
    const Place place = FindExisting(name_.path);
    const Node node = tree_.Make(value);
    if (place.parent == EditTree::kNone) return tree_.ReplaceRoot(node);
    tree_.Replace(place.parent, *place.index, node);
  }

  void Move(std::string_view from) {
    const std::string_view path = name_.path;
    if (path == from) {
      Load(from);
      return;
    }
    if (path.starts_with(from) && path[from.size()] == '/') {
      Fail("a value cannot be moved into itself");
    }
    Add(Take(from));
  }

  void Test(const json::Value& value) {
    const Node node = Load(name_.path);
    tree_.Spend(tree_.bytes(node) * kWorkOfTesting);
    const json::Value* found = tree_.untouched(node);
    if (found == nullptr) {
      patch::ParseResult(tested_, tree_.Write(node));
      value_ = tested_.root();
      found = &value_;
    }
    if (!json::Equal(*found, value)) Fail("the value is another");
  }

  EditTree tree_;
  patch::OperationName name_;
  json::Document tested_;
  json::Value value_;
};

}  // namespace

json::Document ApplyJsonPatch(const json::Value& resource, const json::Value& patch,
                              const PatchLimits& limits) {
  const std::vector<Operation> operations = ReadOperations(patch);
  JsonPatch run(resource, patch::LimitsOf(limits, resource, patch));
  for (std::size_t i = 0; i < operations.size(); ++i) run.Apply(operations[i], i + 1);
  json::Document result;
  patch::ParseResult(result, run.Write());
  return result;
}

}  // namespace healthlake::fhir
