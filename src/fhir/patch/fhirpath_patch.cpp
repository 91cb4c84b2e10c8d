// FHIRPath Patch (fhirpatch.html): paths are evaluated by the FHIRPath engine on the resource as
// the operations before left it; what they find is changed in an editable tree.
#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "fhir/fhirpath/ast.hpp"
#include "fhir/fhirpath/evaluator.hpp"
#include "fhir/fhirpath/expression.hpp"
#include "fhir/fhirpath/item.hpp"
#include "fhir/patch/element.hpp"
#include "fhir/patch/failure.hpp"
#include "fhir/patch/operation.hpp"
#include "fhir/patch/place.hpp"
#include "fhir/patch/target.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/patch.hpp"

namespace healthlake::fhir {
namespace {

using core::ErrorKind;
using fhirpath::AstKind;
using patch::EditTree;
using patch::Node;
using patch::PathOp;
using patch::PathOperation;

constexpr std::size_t kWorkOfByte = 2;  // of the resource, for each operation: written, read, found
constexpr std::size_t kWorkOfStep = 8;  // of an evaluation
constexpr std::size_t kWorkOfPath = 10'000;      // read and compiled
constexpr std::size_t kWorkOfInstruction = 100;  // of a regular expression, compiled

// "Patient.contact[0]" and "telecom": the path of a list, cut before its name.
struct ListPath {
  std::string_view parent;  // empty: the resource itself
  std::string_view name;
};

std::optional<ListPath> Cut(const fhirpath::Expression& expression) {
  const fhirpath::Ast& ast = expression.ast();
  const fhirpath::AstNode& last = ast[ast.root];
  if (last.kind != AstKind::kChild) return std::nullopt;
  std::string_view parent = std::string_view(ast.source).substr(0, last.position);
  const auto trim = [&] { parent = parent.substr(0, parent.find_last_not_of(" \t\r\n") + 1); };
  trim();
  if (parent.ends_with('.')) {
    parent.remove_suffix(1);
    trim();
    if (!parent.empty()) return ListPath{parent, last.text};
  }
  return parent.empty() ? std::optional(ListPath{{}, last.text}) : std::nullopt;
}

class PathPatch {
 public:
  PathPatch(const json::Value& resource, const json::EditLimits& limits) : limits_(limits) {
    patch::ParseResult(resource_, std::string(resource.raw()));
  }

  void Apply(const PathOperation& operation) {
    operation_ = &operation;
    Spend(resource_.text().size() * kWorkOfByte);
    EditTree tree(resource_.root(), limits_);
    tree_ = &tree;
    switch (operation.op) {
      case PathOp::kAdd:
        Add();
        break;
      case PathOp::kInsert:
        Insert();
        break;
      case PathOp::kDelete:
        if (!Delete()) return;
        break;
      case PathOp::kReplace:
        Replace();
        break;
      case PathOp::kMove:
        Move();
        break;
    }
    patch::ParseResult(resource_, tree.Write());
  }

  json::Document TakeResult() { return std::move(resource_); }

 private:
  // A list, by the object that holds it.
  struct List {
    Node object;
    patch::Target target;
    std::size_t count;
  };

  [[noreturn]] void Fail(std::string_view why) const {
    patch::Throw(ErrorKind::kUnprocessable, operation_->name, why);
  }
  void Spend(std::size_t work) {
    if (work > limits_.max_work) Fail("the operations take too much work together");
    limits_.max_work -= work;
  }

  fhirpath::Expression Compile(std::string_view path) {
    Spend(kWorkOfPath);
    auto compiled = fhirpath::Expression::Compile(path);
    if (const auto* error = std::get_if<fhirpath::SyntaxError>(&compiled)) {
      patch::Throw(
          ErrorKind::kInvalid, operation_->name,
          "the path is no FHIRPath, at " + std::to_string(error->position) + ": " + error->message);
    }
    auto& expression = std::get<fhirpath::Expression>(compiled);
    for (const auto& regex : expression.ast().regexes) {
      Spend(static_cast<std::size_t>(std::max(regex->ProgramSize(), 0)) * kWorkOfInstruction);
    }
    return std::move(expression);
  }

  fhirpath::Node Root() const { return fhirpath::NodeOfResource(resource_.root()); }

  // The element that a path leads to; nullopt when there is none.
  std::optional<fhirpath::Node> Find(const fhirpath::Expression& expression) {
    fhirpath::Environment environment;
    environment.resource = Root();
    environment.root_resource = environment.resource;
    const std::span<const fhirpath::Item> items =
        evaluator_.Evaluate(expression, environment.resource, environment);
    Spend(evaluator_.steps() * kWorkOfStep);
    if (!evaluator_.error().empty()) {
      Fail("the path cannot be evaluated: " + std::string(evaluator_.error()));
    }
    if (items.empty()) return std::nullopt;
    if (items.size() > 1) Fail("the path leads to several elements");
    if (!items.front().IsElement()) Fail("the path leads to no element of the resource");
    return items.front().node();
  }
  fhirpath::Node Load(const fhirpath::Expression& expression) {
    if (const auto node = Find(expression)) return *node;
    Fail("the path leads to nothing");
  }

  patch::Place PlaceOf(const fhirpath::Node& node) {
    const json::Value& value = node.value.exists() ? node.value : node.twin;
    const patch::Place place =
        value.exists() ? patch::FindPlace(*tree_, resource_.root(), value) : patch::Place();
    if (place.node == EditTree::kNone) Fail("the path leads to no element of the resource");
    return place;
  }
  patch::Slot SlotOf(const patch::Place& place) {
    if (place.node == tree_->root()) Fail("the path leads to the resource itself");
    patch::Slot slot = patch::SlotOf(*tree_, place.node);
    if (slot.index) CountOf(slot.object, slot.name);
    return slot;
  }
  std::size_t CountOf(Node object, std::string_view name) {
    if (const auto count = patch::CountOf(*tree_, object, name)) return *count;
    Fail("'" + std::string(name) + "' of the resource is no JSON array");
  }

  // The object in which the children of an element stand: of a primitive, its twin.
  Node ObjectOf(const fhirpath::Node& node) {
    const patch::Place place = PlaceOf(node);
    const Node object =
        r4::IsPrimitive(node.kind) ? patch::TwinOf(*tree_, SlotOf(place)) : place.node;
    if (!tree_->is_object(object)) Fail("the path leads to no JSON object");
    return object;
  }
  static StructureId StructureOf(const fhirpath::Node& node) {
    static const StructureId element = FindStructure("Element");
    return r4::IsPrimitive(node.kind) ? element : StructureId::FromNumber(node.structure);
  }

  patch::NewElement Make(const patch::Target& target) {
    return patch::MakeElement(*tree_, target, *operation_->value, operation_->name);
  }

  void Add() {
    const fhirpath::Node parent = Load(Compile(operation_->name.path));
    const Element& element =
        patch::LoadElement(StructureOf(parent), operation_->element, operation_->name);
    const patch::Target target = patch::TargetOf(element, *operation_->value, operation_->name);
    const Node object = ObjectOf(parent);
    const patch::NewElement made = Make(target);
    if (element.array) {
      const std::size_t count = CountOf(object, target.json_name());
      return patch::InsertElement(*tree_, object, target.json_name(), count, made);
    }
    patch::CheckAbsent(*tree_, object, element, operation_->name);
    patch::AddElement(*tree_, object, target.json_name(), made);
  }

  bool Delete() {
    const auto found = Find(Compile(operation_->name.path));
    if (!found) return false;
    patch::RemoveElement(*tree_, SlotOf(PlaceOf(*found)));
    return true;
  }

  void Replace() {
    const fhirpath::Node found = Load(Compile(operation_->name.path));
    const patch::Place place = PlaceOf(found);
    const patch::Slot slot = SlotOf(place);
    const Element& element = patch::LoadElement(place.around, slot.name, operation_->name);
    const patch::Target target = patch::TargetOf(element, *operation_->value, operation_->name);
    patch::ReplaceElement(*tree_, slot, target.json_name(), Make(target));
  }

  List LoadList() {
    const fhirpath::Expression expression = Compile(operation_->name.path);
    const std::optional<ListPath> path = Cut(expression);
    if (!path) Fail("the path does not end in the name of a list");
    const fhirpath::Node parent = path->parent.empty() ? Root() : Load(Compile(path->parent));
    List list;
    const Element& element = patch::LoadElement(StructureOf(parent), path->name, operation_->name);
    if (!element.array) Fail("'" + std::string(element.name) + "' is no list");
    list.target = operation_->value ? patch::TargetOf(element, *operation_->value, operation_->name)
                                    : patch::Target{&element, &element.types.front()};
    list.object = ObjectOf(parent);
    list.count = CountOf(list.object, list.target.json_name());
    return list;
  }

  void Insert() {
    const List list = LoadList();
    if (*operation_->index > list.count) FailAt("index", *operation_->index, list.count);
    patch::InsertElement(*tree_, list.object, list.target.json_name(), *operation_->index,
                         Make(list.target));
  }

  void Move() {
    const List list = LoadList();
    const std::size_t from = *operation_->source;
    const std::size_t to = *operation_->destination;
    if (from >= list.count) FailAt("source", from, list.count);
    if (to >= list.count) FailAt("destination", to, list.count);
    patch::MoveElement(*tree_, list.object, list.target.json_name(), from, to);
  }

  [[noreturn]] void FailAt(std::string_view what, std::size_t index, std::size_t count) const {
    Fail(std::string(what) + " " + std::to_string(index) + " is beyond the end of the list of " +
         std::to_string(count));
  }

  json::EditLimits limits_;
  json::Document resource_;
  fhirpath::Evaluator evaluator_;
  // Of the operation under way.
  const PathOperation* operation_ = nullptr;
  EditTree* tree_ = nullptr;
};

}  // namespace

json::Document ApplyFhirPathPatch(const json::Value& resource, const json::Value& parameters,
                                  const PatchLimits& limits) {
  PathPatch run(resource, patch::LimitsOf(limits, resource, parameters));
  for (const PathOperation& operation : patch::ReadPathOperations(parameters)) {
    run.Apply(operation);
  }
  return run.TakeResult();
}

}  // namespace healthlake::fhir
