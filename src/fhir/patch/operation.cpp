#include "fhir/patch/operation.hpp"

#include <array>
#include <charconv>
#include <string>

#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir::patch {
namespace {

using core::ErrorKind;

constexpr std::uint8_t kName = 1;
constexpr std::uint8_t kValue = 2;
constexpr std::uint8_t kIndex = 4;
constexpr std::uint8_t kPlaces = 8;  // source, destination

struct OpRow {
  PathOp op;
  std::string_view type;
  std::uint8_t needs;  // beside the path
};
constexpr auto kOps = std::to_array<OpRow>({
    {PathOp::kAdd, "add", kName | kValue},
    {PathOp::kInsert, "insert", kValue | kIndex},
    {PathOp::kDelete, "delete", 0},
    {PathOp::kReplace, "replace", kValue},
    {PathOp::kMove, "move", kPlaces},
});

// The parts of an operation, each at most once.
struct Parts {
  std::optional<json::Value> type;
  std::optional<json::Value> path;
  std::optional<json::Value> name;
  std::optional<json::Value> value;
  std::optional<json::Value> index;
  std::optional<json::Value> source;
  std::optional<json::Value> destination;
};
struct PartRow {
  std::string_view name;
  std::optional<json::Value> Parts::*place;
};
constexpr auto kParts = std::to_array<PartRow>({
    {"type", &Parts::type},
    {"path", &Parts::path},
    {"name", &Parts::name},
    {"value", &Parts::value},
    {"index", &Parts::index},
    {"source", &Parts::source},
    {"destination", &Parts::destination},
});

constexpr std::string_view kValuePrefix = "value";

bool IsValueName(std::string_view key) {
  return key.size() > kValuePrefix.size() && key.starts_with(kValuePrefix) &&
         key[kValuePrefix.size()] >= 'A' && key[kValuePrefix.size()] <= 'Z';
}

// The type that "valueCode" names: one of Parameters.parameter.value[x], or another data type that
// R4 has: extensions, for instance, can be given only so.
void SetType(GivenValue& given, std::string_view key) {
  static const StructureId parameter = FindStructure("Parameters.parameter");
  if (const Element* element = FindElement(parameter, key)) {
    for (const ElementType& type : element->types) {
      if (type.json_name != key) continue;
      given.type = type.code;
      given.primitive = type.primitive;
      return;
    }
  }
  given.type = key.substr(kValuePrefix.size());
}

Parts ReadParts(const json::Value& operation, OperationName& name) {
  Parts parts;
  const auto list = operation.Find("part");
  if (!list || !list->is_array()) Throw(ErrorKind::kInvalid, name, "it has no parts");
  for (const json::Value part : *list) {
    const std::string_view key = NameOfPart(part);
    for (const PartRow& row : kParts) {
      if (row.name != key) continue;
      std::optional<json::Value>& place = parts.*row.place;
      if (place) Throw(ErrorKind::kInvalid, name, "'" + std::string(key) + "' occurs twice");
      place = part;
    }
  }
  return parts;
}

std::string_view Text(const std::optional<json::Value>& part, std::string_view what,
                      const OperationName& name) {
  if (!part) Throw(ErrorKind::kInvalid, name, "'" + std::string(what) + "' is missing");
  const GivenValue given = ReadValue(*part, name);
  if (given.value.exists() && given.value.is_string() && !given.value.string().empty()) {
    return given.value.string();
  }
  Throw(ErrorKind::kInvalid, name, "'" + std::string(what) + "' is no string");
}

std::size_t Number(const std::optional<json::Value>& part, std::string_view what,
                   const OperationName& name) {
  if (!part) Throw(ErrorKind::kInvalid, name, "'" + std::string(what) + "' is missing");
  const GivenValue given = ReadValue(*part, name);
  if (given.value.exists() && given.value.is_number()) {
    const std::string_view text = given.value.raw();
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  Throw(ErrorKind::kInvalid, name, "'" + std::string(what) + "' is no integer from 0 on");
}

PathOperation ReadOperation(const json::Value& parameter, std::size_t number) {
  PathOperation operation;
  OperationName& name = operation.name;
  name.number = number;
  const Parts parts = ReadParts(parameter, name);
  name.type = Text(parts.type, "type", name);
  const OpRow* found = nullptr;
  for (const OpRow& row : kOps) {
    if (row.type == name.type) found = &row;
  }
  if (found == nullptr) Throw(ErrorKind::kInvalid, name, "there is no such type of operation");
  operation.op = found->op;
  name.path = Text(parts.path, "path", name);
  if (found->needs & kName) operation.element = Text(parts.name, "name", name);
  if (found->needs & kValue) {
    if (!parts.value) Throw(ErrorKind::kInvalid, name, "'value' is missing");
    operation.value = ReadValue(*parts.value, name);
  }
  if (found->needs & kIndex) operation.index = Number(parts.index, "index", name);
  if (found->needs & kPlaces) {
    operation.source = Number(parts.source, "source", name);
    operation.destination = Number(parts.destination, "destination", name);
  }
  return operation;
}

}  // namespace

std::string_view NameOfPart(const json::Value& part) {
  const auto name = part.Find("name");
  return name && name->is_string() ? name->string() : std::string_view();
}

GivenValue ReadValue(const json::Value& part, const OperationName& operation) {
  GivenValue given;
  std::string_view key;  // of the value, or of its twin
  std::size_t contents = 0;
  for (const json::Value member : part) {
    const std::string_view name = member.key();
    const bool twin = name.starts_with('_');
    const std::string_view bare = twin ? name.substr(1) : name;
    if (IsValueName(bare)) {
      if (key != bare) ++contents;
      key = bare;
      (twin ? given.twin : given.value) = member;
    } else if (name == "resource") {
      ++contents;
      given.type = "Resource";
      given.value = member;
    } else if (name == "part") {
      ++contents;
      given.parts = member;
    }
  }
  if (contents != 1) {
    Throw(ErrorKind::kInvalid, operation,
          "'" + std::string(NameOfPart(part)) +
              (contents == 0 ? "' has no value" : "' has several values"));
  }
  if (!key.empty()) SetType(given, key);
  if (given.parts.exists() && !given.parts.is_array()) {
    Throw(ErrorKind::kInvalid, operation, "'part' is no array");
  }
  return given;
}

std::vector<PathOperation> ReadPathOperations(const json::Value& parameters) {
  const auto type = parameters.Find("resourceType");
  if (!type || !type->is_string() || type->string() != "Parameters") {
    throw core::Error(ErrorKind::kInvalid, "A FHIRPath Patch is a Parameters resource.");
  }
  std::vector<PathOperation> operations;
  const auto list = parameters.Find("parameter");
  if (!list) return operations;
  if (!list->is_array()) throw core::Error(ErrorKind::kInvalid, "'parameter' is no array.");
  for (const json::Value parameter : *list) {
    if (NameOfPart(parameter) != "operation") continue;
    operations.push_back(ReadOperation(parameter, operations.size() + 1));
  }
  return operations;
}

}  // namespace healthlake::fhir::patch
