#include "fhir/patch/target.hpp"

#include <string>

#include "fhir/r4/tables.hpp"

namespace healthlake::fhir::patch {
namespace {

using core::ErrorKind;

constexpr std::string_view kResource = "Resource";

// How JSON writes a primitive type.
json::Type FormOf(std::string_view primitive) {
  if (primitive == "boolean") return json::Type::kBoolean;
  for (const std::string_view number : {"decimal", "integer", "positiveInt", "unsignedInt"}) {
    if (primitive == number) return json::Type::kNumber;
  }
  return json::Type::kString;
}

bool Fits(const ElementType& type, const GivenValue& value) {
  if (value.parts.exists()) return !type.primitive && type.code != kResource;
  if (value.type == type.code) return true;
  if (value.primitive != type.primitive) return false;
  if (type.primitive) return FormOf(value.type) == FormOf(type.code);
  const StructureId given = FindStructure(value.type);
  return DerivesFrom(given, type.structure) || DerivesFrom(type.structure, given);
}

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

void AddPart(EditTree& tree, Node object, StructureId structure, const json::Value& part,
             const OperationName& operation) {
  const GivenValue value = ReadValue(part, operation);
  const Element& element = LoadElement(structure, NameOfPart(part), operation);
  const Target target = TargetOf(element, value, operation);
  const NewElement made = MakeElement(tree, target, value, operation);
  if (!element.array) {
    CheckAbsent(tree, object, element, operation);
    return AddElement(tree, object, target.json_name(), made);
  }
  const std::size_t count = *CountOf(tree, object, target.json_name());
  InsertElement(tree, object, target.json_name(), count, made);
}

NewElement SpellOut(EditTree& tree, StructureId structure, const json::Value& parts,
                    const OperationName& operation) {
  if (parts.empty()) Throw(ErrorKind::kInvalid, operation, "the value has no content");
  const Node object = tree.MakeObject();
  for (const json::Value part : parts) AddPart(tree, object, structure, part, operation);
  return {object, EditTree::kNone};
}

}  // namespace

const Element& LoadElement(StructureId structure, std::string_view name,
                           const OperationName& operation) {
  constexpr std::string_view kChoiceMark = "[x]";
  std::string_view bare = name;
  if (bare.ends_with(kChoiceMark)) bare.remove_suffix(kChoiceMark.size());
  if (const Element* element = FindElement(structure, bare)) return *element;
  Throw(ErrorKind::kUnprocessable, operation,
        std::string(PathOf(structure)) + " has no element " + Quoted(name));
}

Target TargetOf(const Element& element, const GivenValue& value, const OperationName& operation) {
  const ElementType* found = nullptr;
  std::size_t fitting = 0;
  for (const ElementType& type : element.types) {
    if (value.type == type.code) return {&element, &type};
    if (!Fits(type, value)) continue;
    found = &type;
    ++fitting;
  }
  if (fitting == 1) return {&element, found};
  Throw(ErrorKind::kUnprocessable, operation,
        Quoted(element.name) + (value.type.empty() ? " needs a value of one type"
                                                   : " cannot be of type " + Quoted(value.type)));
}

NewElement MakeElement(EditTree& tree, const Target& target, const GivenValue& value,
                       const OperationName& operation) {
  if (value.parts.exists()) return SpellOut(tree, target.type->structure, value.parts, operation);
  const auto check = [&](const json::Value& given, json::Type form) {
    if (given.exists() && given.type() != form) {
      Throw(ErrorKind::kInvalid, operation, "the value is not of type " + Quoted(value.type));
    }
    if (given.exists() && form == json::Type::kObject && given.empty()) {
      Throw(ErrorKind::kInvalid, operation, "the value has no content");
    }
  };
  check(value.value, target.type->primitive ? FormOf(value.type) : json::Type::kObject);
  check(value.twin, json::Type::kObject);
  NewElement made;
  if (value.value.exists()) made.value = tree.Make(value.value);
  if (value.twin.exists() && target.type->primitive) made.twin = tree.Make(value.twin);
  if (made.value == EditTree::kNone && made.twin == EditTree::kNone) {
    Throw(ErrorKind::kInvalid, operation, "the value has no content");
  }
  return made;
}

void CheckAbsent(EditTree& tree, Node object, const Element& element,
                 const OperationName& operation) {
  for (const ElementType& type : element.types) {
    if (!HasElement(tree, object, type.json_name)) continue;
    Throw(ErrorKind::kUnprocessable, operation,
          "there is " + Quoted(type.json_name) + " already; replace it");
  }
}

}  // namespace healthlake::fhir::patch
