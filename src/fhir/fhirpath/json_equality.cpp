#include "fhir/fhirpath/json_equality.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "fhir/fhirpath/text.hpp"
#include "healthlake/json/equality.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

std::uint64_t Mix(std::uint64_t hash) {
  hash *= 0x9E3779B97F4A7C15U;
  hash ^= hash >> 32;
  return hash * 0xD6E8FEB86659FD93U;
}

bool EquivalentArrays(const json::Value& a, const json::Value& b) {
  // Each is taken once; long ones in their order, so that the work stays bounded.
  constexpr std::size_t kAnyOrder = 64;
  if (a.size() != b.size()) return false;
  if (a.size() > kAnyOrder) return std::equal(a.begin(), a.end(), b.begin(), EquivalentJson);
  std::vector<json::Value> left(b.begin(), b.end());
  return std::all_of(a.begin(), a.end(), [&](const json::Value& item) {
    const auto found = std::ranges::find_if(
        left, [&](const json::Value& candidate) { return EquivalentJson(item, candidate); });
    if (found == left.end()) return false;
    left.erase(found);
    return true;
  });
}

}  // namespace

bool EquivalentJson(const json::Value& a, const json::Value& b) {
  if (a.type() != b.type()) return false;
  if (a.is_string()) return EquivalentText(a.string(), b.string());
  if (a.is_array()) return EquivalentArrays(a, b);
  if (a.is_object()) return json::SameMembers(a, b, EquivalentJson);
  return json::Equal(a, b);
}

std::uint64_t HashText(std::string_view text) {
  return std::hash<std::string_view>()(text);
}

std::uint64_t HashDecimal(const Decimal& value) {
  const Decimal normal = value.Normalized();
  const Int128 coefficient = normal.coefficient();
  return Mix(static_cast<std::uint64_t>(coefficient) ^
             Mix(static_cast<std::uint64_t>(coefficient >> 64) +
                 static_cast<std::uint64_t>(normal.scale())));
}

std::uint64_t HashJson(const json::Value& value) {
  switch (value.type()) {
    case json::Type::kString:
      return HashText(value.string());
    case json::Type::kNumber: {
      const auto number = Decimal::Parse(value.raw());
      return number ? HashDecimal(*number) : 13;
    }
    case json::Type::kBoolean:
      return value.boolean() ? 2 : 3;
    case json::Type::kNull:
      return 5;
    case json::Type::kArray: {
      std::uint64_t hash = 7;
      for (const json::Value item : value) hash = Mix(hash + HashJson(item));
      return hash;
    }
    case json::Type::kObject: {
      std::uint64_t hash = 11;
      for (const json::Value child : value) hash += Mix(HashText(child.key()) ^ HashJson(child));
      return hash;
    }
  }
  return 0;
}

}  // namespace healthlake::fhir::fhirpath
