#include "fhir/profile/value_check.hpp"

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>
#include <string_view>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

std::string_view Text(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

std::partial_ordering CompareNumbers(std::string_view a, std::string_view b) {
  double x = 0;
  double y = 0;
  std::from_chars(a.data(), a.data() + a.size(), x);
  std::from_chars(b.data(), b.data() + b.size(), y);
  return x <=> y;
}

std::partial_ordering Compare(const json::Value& value, const Datum& limit) {
  if (value.type() != limit.type) return std::partial_ordering::unordered;
  if (limit.type == json::Type::kNumber) return CompareNumbers(value.raw(), limit.text);
  if (limit.type == json::Type::kString) {
    const std::size_t length = std::min(value.string().size(), limit.text.size());
    return value.string().substr(0, length) <=> std::string_view(limit.text).substr(0, length);
  }
  if (limit.type != json::Type::kObject) return std::partial_ordering::unordered;
  const Datum* unit = limit.Find("code");
  const Datum* amount = limit.Find("value");
  const auto number = value.Find("value");
  if (!amount || !number || !number->is_number() || (unit && Text(value, "code") != unit->text)) {
    return std::partial_ordering::unordered;
  }
  return CompareNumbers(number->raw(), amount->text);
}

struct CodedTypes {
  std::uint16_t coding = FindStructure("Coding").number();
  std::uint16_t concept_type = FindStructure("CodeableConcept").number();
  StructureId quantity = FindStructure("Quantity");
};

Membership InCoding(const CodeSet& codes, const json::Value& coding) {
  return codes.Holds(Text(coding, "system"), Text(coding, "code"));
}

Membership InConcept(const CodeSet& codes, const json::Value& value) {
  Membership held = Membership::kNo;
  const auto codings = value.Find("coding");
  if (!codings || !codings->is_array()) return held;
  for (const json::Value coding : *codings) held = std::max(held, InCoding(codes, coding));
  return held;
}

}  // namespace

bool IsLess(const json::Value& value, const Datum& limit) {
  return std::is_lt(Compare(value, limit));
}

bool IsGreater(const json::Value& value, const Datum& limit) {
  return std::is_gt(Compare(value, limit));
}

std::size_t LengthOf(const json::Value& value) {
  if (!value.is_string()) return 0;
  const std::string_view text = value.string();
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Membership InCodeSet(const CodeSet& codes, const fhirpath::Node& node) {
  static const CodedTypes types;
  if (!node.value.exists()) return Membership::kUnknown;
  if (r4::IsPrimitive(node.kind)) {
    return node.value.is_string() ? codes.HoldsCode(node.value.string()) : Membership::kUnknown;
  }
  if (!node.value.is_object()) return Membership::kUnknown;
  if (node.structure == types.coding) return InCoding(codes, node.value);
  if (node.structure == types.concept_type) return InConcept(codes, node.value);
  const auto structure = StructureId::FromNumber(node.structure);
  if (DerivesFrom(structure, types.quantity)) {
    // A quantity without coded unit ("3 tablets") has nothing that is bound.
    return node.value.Find("code") ? InCoding(codes, node.value) : Membership::kUnknown;
  }
  return Membership::kUnknown;
}

}  // namespace healthlake::fhir
