#include "fhir/fhirpath/values.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "fhir/fhirpath/json_equality.hpp"
#include "fhir/fhirpath/text.hpp"
#include "fhir/fhirpath/types.hpp"
#include "fhir/fhirpath/units.hpp"
#include "healthlake/json/equality.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

std::optional<Item> NumberIn(const json::Value& value, ItemType type) {
  if (!value.is_number()) return std::nullopt;
  const auto decimal = Decimal::Parse(value.raw());
  if (!decimal) return std::nullopt;
  if (type == ItemType::kDecimal) return Item(*decimal);
  const auto integer = decimal->ToInteger();
  return integer ? std::optional(Item(*integer)) : std::nullopt;
}

std::optional<Item> MomentIn(std::string_view text, ItemType type) {
  std::optional<Moment> moment;
  if (type == ItemType::kDate) moment = ParseDate(text);
  if (type == ItemType::kDateTime) moment = ParseDateTime(text);
  if (type == ItemType::kTime) moment = ParseTime(text);
  return moment ? std::optional(Item(*moment, type)) : std::nullopt;
}

bool IsQuantity(const Node& node) {
  static const TypeSpecifier quantity = *FindType("FHIR", "Quantity");
  return IsOfType(Item(node), quantity);
}

// A Quantity with a comparator is a range of values, so none.
std::optional<Item> QuantityIn(const Node& node) {
  if (!node.value.exists() || !IsQuantity(node)) return std::nullopt;
  Quantity out;
  out.unit = "1";
  std::string_view unit;
  bool has_value = false;
  bool has_code = false;
  for (const json::Value child : node.value) {
    const std::string_view key = child.key();
    if (key == "value" && child.is_number()) {
      const auto value = Decimal::Parse(child.raw());
      if (!value) return std::nullopt;
      out.value = *value;
      has_value = true;
    } else if (key == "code" && child.is_string()) {
      out.unit = child.string();
      has_code = true;
    } else if (key == "unit" && child.is_string()) {
      unit = child.string();
    } else if (key == "comparator") {
      return std::nullopt;
    }
  }
  if (!has_code && !unit.empty()) out.unit = unit;
  return has_value ? std::optional(Item(out)) : std::nullopt;
}

bool IsNumber(const Item& value) {
  return value.type() == ItemType::kInteger || value.type() == ItemType::kDecimal;
}
Decimal NumberOf(const Item& value) {
  return value.type() == ItemType::kInteger ? Decimal::FromInteger(value.integer())
                                            : value.decimal();
}
bool IsDay(const Item& value) {
  return value.type() == ItemType::kDate || value.type() == ItemType::kDateTime;
}
// Numbers stand for quantities without a unit.
std::optional<Quantity> QuantityOf(const Item& value) {
  if (value.type() == ItemType::kQuantity) return value.quantity();
  if (IsNumber(value)) return Quantity{NumberOf(value), "1", false};
  return std::nullopt;
}
bool AreMoments(const Item& a, const Item& b) {
  return (IsDay(a) && IsDay(b)) || (a.type() == ItemType::kTime && b.type() == ItemType::kTime);
}

Truth EqualQuantities(const Quantity& a, const Quantity& b) {
  const auto values = InOneUnit(a, b, UnitRules::kEqual);
  return TruthOf(values && values->first == values->second);
}

Truth EqualValues(const Item& a, const Item& b) {
  if (a.type() == ItemType::kQuantity || b.type() == ItemType::kQuantity) {
    const auto x = QuantityOf(a);
    const auto y = QuantityOf(b);
    return x && y ? EqualQuantities(*x, *y) : Truth::kFalse;
  }
  if (IsNumber(a) && IsNumber(b)) {
    if (a.type() == b.type() && a.type() == ItemType::kInteger) {
      return TruthOf(a.integer() == b.integer());
    }
    return TruthOf(NumberOf(a) == NumberOf(b));
  }
  if (AreMoments(a, b)) {
    const auto order = Compare(a.moment(), b.moment());
    if (!order) return Truth::kUnknown;
    return TruthOf(*order == 0);
  }
  if (a.type() != b.type()) return Truth::kFalse;
  const bool same =
      a.type() == ItemType::kString ? a.string() == b.string() : a.boolean() == b.boolean();
  return TruthOf(same);
}

// To the digits of the less precise; trailing zeros are no digits.
bool EquivalentNumbers(const Decimal& a, const Decimal& b) {
  const Decimal x = a.Normalized();
  const Decimal y = b.Normalized();
  const int scale = std::min(x.scale(), y.scale());
  return x.Rounded(scale) == y.Rounded(scale);
}

Truth EquivalentValues(const Item& a, const Item& b) {
  bool same = false;
  if (a.type() == ItemType::kQuantity || b.type() == ItemType::kQuantity) {
    const auto x = QuantityOf(a);
    const auto y = QuantityOf(b);
    const auto values = x && y ? InOneUnit(*x, *y, UnitRules::kEquivalent) : std::nullopt;
    same = values && EquivalentNumbers(values->first, values->second);
  } else if (IsNumber(a) && IsNumber(b)) {
    same = EquivalentNumbers(NumberOf(a), NumberOf(b));
  } else if (a.type() == ItemType::kString && b.type() == ItemType::kString) {
    same = EquivalentText(a.string(), b.string());
  } else {
    return TruthOf(EqualValues(a, b) == Truth::kTrue);
  }
  return TruthOf(same);
}

bool IsComplex(const Item& item) {
  return item.IsElement() && !r4::IsPrimitive(item.node().kind);
}

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = (a ^ b) * 0x9E3779B97F4A7C15U;
  return x ^ x >> 29;
}

std::uint64_t HashMoment(const Moment& moment) {
  const Moment utc = InUtc(moment);
  const auto date = static_cast<std::uint64_t>(utc.year) << 16 | std::uint64_t{utc.month} << 8 |
                    std::uint64_t{utc.day};
  const auto time =
      std::uint64_t{utc.hour} << 16 | std::uint64_t{utc.minute} << 8 | std::uint64_t{utc.second};
  return Mix(Mix(date, time), utc.nanosecond);
}

std::uint64_t HashOfPlace(const json::Value& value) {
  return value.exists() ? std::hash<const void*>()(value.raw().data()) : 1;
}

}  // namespace

std::optional<Item> SystemValue(const Item& item) {
  if (!item.IsElement()) return item;
  const Node& node = item.node();
  if (!r4::IsPrimitive(node.kind)) return QuantityIn(node);
  if (!node.value.exists()) return std::nullopt;
  const ItemType type = SystemTypeOf(node.kind);
  switch (type) {
    case ItemType::kBoolean:
      if (!node.value.is_boolean()) return std::nullopt;
      return Item(node.value.boolean());
    case ItemType::kInteger:
    case ItemType::kDecimal:
      return NumberIn(node.value, type);
    default:
      break;
  }
  if (!node.value.is_string()) return std::nullopt;
  if (type == ItemType::kString) return Item(node.value.string());
  return MomentIn(node.value.string(), type);
}

std::size_t CostOf(const Item& item) noexcept {
  if (item.type() == ItemType::kString) return 1 + item.string().size() / 32;
  if (!item.IsElement() || !item.node().value.exists()) return 1;
  return 1 + item.node().value.raw().size() / 32;
}

Truth Equal(const Item& a, const Item& b) {
  // The usual case: a code or string and a literal.
  if (b.type() == ItemType::kString && a.IsElement() &&
      SystemTypeOf(a.node().kind) == ItemType::kString) {
    const json::Value& value = a.node().value;
    if (!value.exists() || !value.is_string()) return Truth::kUnknown;
    return TruthOf(value.string() == b.string());
  }
  if (IsComplex(a) && IsComplex(b)) {
    const json::Value& x = a.node().value;
    const json::Value& y = b.node().value;
    if (!x.exists() || !y.exists()) return Truth::kFalse;
    return TruthOf(json::Equal(x, y));
  }
  const auto x = SystemValue(a);
  const auto y = SystemValue(b);
  if (x && y) return EqualValues(*x, *y);
  return IsComplex(a) || IsComplex(b) ? Truth::kFalse : Truth::kUnknown;
}

Truth Equivalent(const Item& a, const Item& b) {
  const auto x = SystemValue(a);
  const auto y = SystemValue(b);
  if (x && y) return EquivalentValues(*x, *y);
  if (!IsComplex(a) || !IsComplex(b)) return Truth::kFalse;
  if (!a.node().value.exists() || !b.node().value.exists()) return Truth::kFalse;
  return TruthOf(EquivalentJson(a.node().value, b.node().value));
}

std::uint64_t HashOf(const Item& item) {
  if (IsComplex(item)) return item.node().value.exists() ? HashJson(item.node().value) : 0;
  const auto value = SystemValue(item);
  // Equal to nothing, so any number will do; one of its own keeps sets fast.
  if (!value) return HashOfPlace(item.node().twin);
  switch (value->type()) {
    case ItemType::kString:
      return HashText(value->string());
    case ItemType::kBoolean:
      return value->boolean() ? 2 : 3;
    case ItemType::kInteger:
    case ItemType::kDecimal:
    case ItemType::kQuantity: {
      // A number equals a quantity without unit, and quantities of different units may be equal.
      if (value->type() == ItemType::kQuantity && value->quantity().unit != "1") return 4;
      if (value->type() == ItemType::kQuantity) return HashDecimal(value->quantity().value);
      return HashDecimal(NumberOf(*value));
    }
    default:
      return HashMoment(value->moment());
  }
}

Order CompareValues(const Item& a, const Item& b) {
  const auto order = [](auto way) {
    return way < 0 ? Order::kLess : way > 0 ? Order::kGreater : Order::kEqual;
  };
  if (a.type() == ItemType::kString && b.type() == ItemType::kString) {
    return order(a.string().compare(b.string()));
  }
  if (AreMoments(a, b)) {
    const auto way = Compare(a.moment(), b.moment());
    return way ? order(*way) : Order::kUnknown;
  }
  if (IsNumber(a) && IsNumber(b)) return order(NumberOf(a) <=> NumberOf(b));
  const auto x = QuantityOf(a);
  const auto y = QuantityOf(b);
  if (!x || !y) return Order::kIncomparable;
  const auto values = InOneUnit(*x, *y, UnitRules::kEqual);
  return values ? order(values->first <=> values->second) : Order::kUnknown;
}

std::string ToText(const Item& value) {
  switch (value.type()) {
    case ItemType::kBoolean:
      return value.boolean() ? "true" : "false";
    case ItemType::kInteger:
      return std::to_string(value.integer());
    case ItemType::kDecimal:
      return value.decimal().ToString();
    case ItemType::kString:
      return std::string(value.string());
    case ItemType::kDate:
      return ToString(value.moment(), MomentType::kDate);
    case ItemType::kDateTime:
      return ToString(value.moment(), MomentType::kDateTime);
    case ItemType::kTime:
      return ToString(value.moment(), MomentType::kTime);
    case ItemType::kQuantity: {
      const Quantity& quantity = value.quantity();
      const std::string unit(quantity.unit);
      return quantity.value.ToString() + (quantity.calendar ? " " + unit : " '" + unit + "'");
    }
    default:
      return {};
  }
}

}  // namespace healthlake::fhir::fhirpath
