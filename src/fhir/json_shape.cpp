#include "fhir/json_shape.hpp"

#include "fhir/primitive_format.hpp"

namespace healthlake::fhir {
namespace {

// The names that HealthLake's validator gives to JSON types.
std::string_view ClassOf(json::Type type) {
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

std::string MustBe(std::string_view what, json::Type found) {
  return "This property must be " + std::string(what) + ", not a " + std::string(ClassOf(found));
}

}  // namespace

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

std::string MustBeArray(json::Type found) {
  return MustBe("an Array", found);
}

std::string MustBeObject(json::Type found) {
  return MustBe("an object", found);
}

std::string MustBeSimple(json::Type found) {
  return MustBe("an simple value", found);
}

std::string MustBePrimitive(json::Type expected) {
  const std::string_view name = expected == json::Type::kBoolean  ? "boolean"
                                : expected == json::Type::kNumber ? "number"
                                                                  : "string";
  return "Error parsing JSON: the primitive value must be a " + std::string(name);
}

std::string MustNotBeNull() {
  return "This property must not be null";
}

std::string MustHaveContent() {
  return "Object must have some content";
}

std::string MustHaveItems() {
  return "Array cannot be empty - the property should not be present if it has no values";
}

std::string Unrecognised(std::string_view name) {
  return "Unrecognised property '@" + Shown(name) + "'";
}

std::string NothingAtItsPlace(const std::string& twin) {
  return "This property must not be null where '" + twin + "' has nothing at its place";
}

json::Value TwinArray::At(std::size_t index) {
  if (!found_) {
    found_ = true;
    const auto array = object_.Find(name());
    if (array && array->is_array()) {
      at_ = array->begin();
      end_ = array->end();
    }
  }
  for (; at_ != end_ && position_ < index; ++position_) ++at_;
  if (at_ == end_ || (*at_).is_null()) return {};
  return *at_;
}

}  // namespace healthlake::fhir
