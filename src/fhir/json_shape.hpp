// The JSON form of elements (json.html): what it should be, and what is said when it is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/r4/tables.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// What JSON form a primitive takes.
json::Type JsonTypeOf(r4::Kind kind);

// Diagnostics, in the words of HealthLake's validator (reference 2.7).
std::string MustBeArray(json::Type found);
std::string MustBeObject(json::Type found);
std::string MustBeSimple(json::Type found);
std::string MustBePrimitive(json::Type expected);
std::string MustNotBeNull();
std::string MustHaveContent();
std::string MustHaveItems();
std::string Unrecognised(std::string_view name);
// A null in an array of primitives; `twin` is the other array.
std::string NothingAtItsPlace(const std::string& twin);

// The twin of an array of primitives ("given" of "_given" and the reverse), read alongside it.
class TwinArray {
 public:
  // Named `prefix` + `name`.
  TwinArray(const json::Value& object, std::string_view prefix, std::string_view name)
      : object_(object), prefix_(prefix), stem_(name) {}

  std::string name() const { return std::string(prefix_) + std::string(stem_); }
  // What the twin has at that place; no value when that is nothing. `index` must not decrease from
  // call to call.
  json::Value At(std::size_t index);

 private:
  const json::Value& object_;
  std::string_view prefix_;
  std::string_view stem_;
  bool found_ = false;
  json::Value::Iterator at_;
  json::Value::Iterator end_;
  std::size_t position_ = 0;
};

}  // namespace healthlake::fhir
