// The operators (FHIRPath 6).
#include "fhir/fhirpath/evaluation.hpp"
#include "fhir/fhirpath/item_set.hpp"
#include "fhir/fhirpath/units.hpp"
#include "fhir/fhirpath/values.hpp"

namespace healthlake::fhir::fhirpath {
namespace {

constexpr std::int64_t kMaxInteger = 2'147'483'647;

Truth And(Truth a, Truth b) {
  if (a == Truth::kFalse || b == Truth::kFalse) return Truth::kFalse;
  return a == Truth::kTrue && b == Truth::kTrue ? Truth::kTrue : Truth::kUnknown;
}

Truth EqualCollections(Evaluation& evaluation, Range a, Range b) {
  if (a.empty() || b.empty()) return Truth::kUnknown;
  if (a.size() != b.size()) return Truth::kFalse;
  Truth all = Truth::kTrue;
  for (std::size_t i = 0; i < a.size() && all != Truth::kFalse; ++i) {
    if (!evaluation.Step(CostOf(evaluation[a.first + i]))) break;
    all = And(all, Equal(evaluation[a.first + i], evaluation[b.first + i]));
  }
  return all;
}

// In any order, each item taken once.
Truth EquivalentCollections(Evaluation& evaluation, Range a, Range b) {
  if (a.size() != b.size()) return Truth::kFalse;
  std::vector<bool> taken(b.size());
  for (std::size_t i = a.first; i < a.last; ++i) {
    std::size_t j = 0;
    while (j < b.size() && (taken[j] || !evaluation.Step(CostOf(evaluation[i])) ||
                            Equivalent(evaluation[i], evaluation[b.first + j]) != Truth::kTrue)) {
      ++j;
    }
    if (j == b.size()) return Truth::kFalse;
    taken[j] = true;
  }
  return Truth::kTrue;
}

// In a union exactly when in one of its sides.
bool IsWithin(Evaluation& evaluation, std::size_t item, AstId collection, const Scope& scope) {
  const AstNode& node = evaluation.ast()[collection];
  if (node.kind == AstKind::kUnion) {
    return IsWithin(evaluation, item, node.input, scope) ||
           IsWithin(evaluation, item, node.right, scope);
  }
  const std::size_t mark = evaluation.size();
  const Range items = evaluation.Items(collection, scope);
  bool found = false;
  for (std::size_t i = items.first;
       i < items.last && !found && evaluation.Step(CostOf(evaluation[i])); ++i) {
    found = Equal(evaluation[item], evaluation[i]) == Truth::kTrue;
  }
  evaluation.Truncate(mark);
  return found;
}

Truth IsMember(Evaluation& evaluation, AstId item, AstId collection, const Scope& scope) {
  const Range items = evaluation.Items(item, scope, 2);
  if (items.empty()) return Truth::kUnknown;
  if (items.size() > 1) {
    evaluation.Fail("several items where one is needed");
    return Truth::kUnknown;
  }
  return TruthOf(IsWithin(evaluation, items.first, collection, scope));
}

Truth InOrder(AstKind kind, Order order) {
  switch (kind) {
    case AstKind::kLess:
      return TruthOf(order == Order::kLess);
    case AstKind::kLessOrEqual:
      return TruthOf(order != Order::kGreater);
    case AstKind::kGreater:
      return TruthOf(order == Order::kGreater);
    default:
      return TruthOf(order != Order::kLess);
  }
}

// The only item of an operand; nullopt when there is none or, as an error, several or no value.
std::optional<Item> Operand(Evaluation& evaluation, Range items) {
  if (items.empty()) return std::nullopt;
  if (items.size() > 1) {
    evaluation.Fail("several items where one is needed");
    return std::nullopt;
  }
  const Item& item = evaluation[items.first];
  auto value = SystemValue(item);
  // A primitive may have extensions only; then it is as good as absent.
  if (!value && !r4::IsPrimitive(item.node().kind)) {
    evaluation.Fail("an operator does not take that type");
  }
  return value;
}

Truth Ordered(Evaluation& evaluation, AstKind kind, Range a, Range b) {
  const auto left = Operand(evaluation, a);
  const auto right = Operand(evaluation, b);
  if (!left || !right) return Truth::kUnknown;
  const Order order = CompareValues(*left, *right);
  if (order == Order::kIncomparable) evaluation.Fail("values of these types have no order");
  if (order == Order::kIncomparable || order == Order::kUnknown) return Truth::kUnknown;
  return InOrder(kind, order);
}

std::optional<Item> Joined(Evaluation& evaluation, std::string_view a, std::string_view b) {
  if (!evaluation.HasRoomForText(a.size() + b.size())) return std::nullopt;
  std::string text(a);
  text += b;
  return std::make_optional<Item>(evaluation.Keep(std::move(text)));
}

bool IsNumber(const Item& item) {
  return item.type() == ItemType::kInteger || item.type() == ItemType::kDecimal;
}
Decimal NumberOf(const Item& item) {
  return item.type() == ItemType::kInteger ? Decimal::FromInteger(item.integer()) : item.decimal();
}

std::optional<Item> IntegerItem(const std::optional<Decimal>& value) {
  const auto integer = value ? value->ToInteger() : std::nullopt;
  if (!integer || *integer > kMaxInteger || *integer < -kMaxInteger - 1) return std::nullopt;
  return std::make_optional<Item>(*integer);
}
std::optional<Item> DecimalItem(const std::optional<Decimal>& value) {
  return value ? std::make_optional<Item>(*value) : std::nullopt;
}

std::optional<Decimal> Calculate(AstKind kind, const Decimal& a, const Decimal& b) {
  switch (kind) {
    case AstKind::kMultiply:
      return Multiply(a, b);
    case AstKind::kDivide:
      return Divide(a, b);
    case AstKind::kDiv:
      return TruncatedQuotient(a, b);
    case AstKind::kMod:
      return Remainder(a, b);
    case AstKind::kAdd:
      return Add(a, b);
    default:
      return Subtract(a, b);
  }
}

std::optional<Item> CalculateNumbers(AstKind kind, const Item& a, const Item& b) {
  const auto result = Calculate(kind, NumberOf(a), NumberOf(b));
  const bool integers = a.type() == ItemType::kInteger && b.type() == ItemType::kInteger;
  if (kind == AstKind::kDiv || (integers && kind != AstKind::kDivide)) return IntegerItem(result);
  return DecimalItem(result);
}

bool IsOne(const Quantity& quantity) {
  return !quantity.calendar && quantity.unit == "1";
}

std::optional<Item> QuantityItem(const std::optional<Decimal>& value, std::string_view unit,
                                 bool calendar = false) {
  if (!value) return std::nullopt;
  return std::make_optional<Item>(Quantity{*value, unit, calendar});
}

// 'cm' times 'cm2' is 'cm3': units are powers of one unit, or there is no result.
std::optional<Item> MultiplyQuantities(Evaluation& evaluation, AstKind kind, const Quantity& a,
                                       const Quantity& b) {
  const auto value = Calculate(kind, a.value, b.value);
  if (IsOne(b)) return QuantityItem(value, a.unit, a.calendar);
  if (kind == AstKind::kMultiply && IsOne(a)) return QuantityItem(value, b.unit, b.calendar);
  const auto x = PowerOfUnit(a.unit);
  const auto y = PowerOfUnit(b.unit);
  if (a.calendar != b.calendar || !x || !y || x->unit != y->unit) return std::nullopt;
  const int exponent = x->exponent + (kind == AstKind::kMultiply ? y->exponent : -y->exponent);
  if (exponent == 0) return QuantityItem(value, "1");
  if (a.calendar) return std::nullopt;
  if (exponent == 1) return QuantityItem(value, x->unit);
  return QuantityItem(value, evaluation.Keep(std::string(x->unit) + std::to_string(exponent)));
}

// In the finer unit.
std::optional<Item> AddQuantities(AstKind kind, const Quantity& a, const Quantity& b) {
  if (a.unit == b.unit && a.calendar == b.calendar) {
    return QuantityItem(Calculate(kind, a.value, b.value), a.unit, a.calendar);
  }
  const auto one = Decimal::FromInteger(1);
  const auto ones =
      InOneUnit({one, a.unit, a.calendar}, {one, b.unit, b.calendar}, UnitRules::kEqual);
  if (!ones) return std::nullopt;
  const bool left_is_finer = ones->first < ones->second;
  const auto factor =
      left_is_finer ? Divide(ones->second, ones->first) : Divide(ones->first, ones->second);
  if (!factor) return std::nullopt;
  const auto left = left_is_finer ? std::optional(a.value) : Multiply(a.value, *factor);
  const auto right = left_is_finer ? Multiply(b.value, *factor) : std::optional(b.value);
  if (!left || !right) return std::nullopt;
  const Quantity& finer = left_is_finer ? a : b;
  return QuantityItem(Calculate(kind, *left, *right), finer.unit, finer.calendar);
}

std::optional<Item> CalculateQuantities(Evaluation& evaluation, AstKind kind, const Quantity& a,
                                        const Quantity& b) {
  const bool sum = kind == AstKind::kAdd || kind == AstKind::kSubtract;
  return sum ? AddQuantities(kind, a, b) : MultiplyQuantities(evaluation, kind, a, b);
}

bool IsMoment(const Item& item) {
  return item.type() == ItemType::kDate || item.type() == ItemType::kDateTime ||
         item.type() == ItemType::kTime;
}
MomentType MomentTypeOf(const Item& item) {
  if (item.type() == ItemType::kTime) return MomentType::kTime;
  return item.type() == ItemType::kDate ? MomentType::kDate : MomentType::kDateTime;
}

// 's' and 'ms' are the only definite durations that may be added (FHIRPath 6.7).
std::optional<CalendarUnit> DurationUnit(const Quantity& quantity, MomentType type) {
  std::optional<CalendarUnit> unit;
  if (quantity.calendar) unit = FindCalendarUnit(quantity.unit);
  if (!quantity.calendar && quantity.unit == "s") unit = CalendarUnit::kSecond;
  if (!quantity.calendar && quantity.unit == "ms") unit = CalendarUnit::kMillisecond;
  if (!unit) return std::nullopt;
  if (type == MomentType::kDate && *unit > CalendarUnit::kDay) return std::nullopt;
  if (type == MomentType::kTime && *unit < CalendarUnit::kHour) return std::nullopt;
  return unit;
}

std::optional<Item> ShiftMoment(Evaluation& evaluation, AstKind kind, const Item& moment,
                                const Quantity& by) {
  const MomentType type = MomentTypeOf(moment);
  const auto unit = DurationUnit(by, type);
  if (!unit) {
    evaluation.Fail("a duration of that unit cannot be added");
    return std::nullopt;
  }
  const Decimal value = kind == AstKind::kSubtract ? by.value.Negated() : by.value;
  const auto amount = value.Truncated().ToInteger();
  if (!amount) return std::nullopt;
  std::int64_t nanoseconds = 0;
  if (*unit >= CalendarUnit::kSecond) {
    const auto fraction = Subtract(value, value.Truncated());
    const auto unit_size = *unit == CalendarUnit::kSecond ? 1'000'000'000 : 1'000'000;
    const auto scaled =
        fraction ? Multiply(*fraction, Decimal::FromInteger(unit_size)) : std::nullopt;
    nanoseconds = scaled ? scaled->Truncated().ToInteger().value_or(0) : 0;
  }
  const auto shifted = Shift(moment.moment(), type, *amount, *unit, nanoseconds);
  if (!shifted) {
    evaluation.Fail("the date is out of range");
    return std::nullopt;
  }
  return std::make_optional<Item>(*shifted, moment.type());
}

std::optional<Item> CalculateItems(Evaluation& evaluation, AstKind kind, const Item& a,
                                   const Item& b) {
  const bool sum = kind == AstKind::kAdd || kind == AstKind::kSubtract;
  if (IsNumber(a) && IsNumber(b)) return CalculateNumbers(kind, a, b);
  if (a.type() == ItemType::kString && b.type() == ItemType::kString && kind == AstKind::kAdd) {
    return Joined(evaluation, a.string(), b.string());
  }
  if (IsMoment(a) && b.type() == ItemType::kQuantity && sum) {
    return ShiftMoment(evaluation, kind, a, b.quantity());
  }
  const auto quantity = [](const Item& item) -> std::optional<Quantity> {
    if (item.type() == ItemType::kQuantity) return item.quantity();
    if (IsNumber(item)) return Quantity{NumberOf(item), "1", false};
    return std::nullopt;
  };
  const auto x = quantity(a);
  const auto y = quantity(b);
  if (x && y && kind != AstKind::kDiv && kind != AstKind::kMod) {
    return CalculateQuantities(evaluation, kind, *x, *y);
  }
  evaluation.Fail("an operator does not take these types");
  return std::nullopt;
}

std::optional<Item> Negated(Evaluation& evaluation, const Item& item) {
  switch (item.type()) {
    case ItemType::kInteger:
      return std::make_optional<Item>(-item.integer());
    case ItemType::kDecimal:
      return std::make_optional<Item>(item.decimal().Negated());
    case ItemType::kQuantity: {
      const Quantity& quantity = item.quantity();
      return std::make_optional<Item>(
          Quantity{quantity.value.Negated(), quantity.unit, quantity.calendar});
    }
    default:
      evaluation.Fail("an operator does not take that type");
      return std::nullopt;
  }
}

std::string_view TextOrNothing(Evaluation& evaluation, Range items) {
  const auto value = Operand(evaluation, items);
  if (!value) return {};
  if (value->type() != ItemType::kString) {
    evaluation.Fail("a String is needed");
    return {};
  }
  return value->string();
}

void Unite(Evaluation& evaluation, const AstNode& node, const Scope& scope, std::size_t limit) {
  const std::size_t mark = evaluation.size();
  // Who needs one item only does not care which are equal.
  evaluation.Run(node.input, scope, limit == 1 ? 1 : kAllItems);
  if (limit == 1 && evaluation.size() > mark) return;
  evaluation.Run(node.right, scope, limit);
  ItemSet items(evaluation);
  std::size_t kept = mark;
  for (std::size_t i = mark; i < evaluation.size() && !evaluation.failed(); ++i) {
    const Item item = evaluation[i];
    evaluation.Replace(kept, item);
    if (items.Insert(kept)) ++kept;
  }
  evaluation.Truncate(kept);
}

}  // namespace

Truth Evaluation::TestLogic(const AstNode& node, const Scope& scope) {
  const Truth left = Test(node.input, scope);
  if (failed()) return Truth::kUnknown;
  switch (node.kind) {
    case AstKind::kAnd:
      return left == Truth::kFalse ? left : And(left, Test(node.right, scope));
    case AstKind::kOr:
      return left == Truth::kTrue ? left : Not(And(Not(left), Not(Test(node.right, scope))));
    case AstKind::kImplies:
      if (left == Truth::kFalse) return Truth::kTrue;
      return Not(And(left, Not(Test(node.right, scope))));
    default: {
      const Truth right = Test(node.right, scope);
      if (left == Truth::kUnknown || right == Truth::kUnknown) return Truth::kUnknown;
      return fhirpath::TruthOf(left != right);
    }
  }
}

Truth Evaluation::TestMembership(const AstNode& node, const Scope& scope) {
  const std::size_t mark = size();
  const Truth truth = node.kind == AstKind::kIn ? IsMember(*this, node.input, node.right, scope)
                                                : IsMember(*this, node.right, node.input, scope);
  Truncate(mark);
  return truth;
}

Truth Evaluation::TestComparison(const AstNode& node, const Scope& scope) {
  const std::size_t mark = size();
  const Range left = Items(node.input, scope);
  const AstNode& literal = ast()[node.right];
  const bool equality = node.kind == AstKind::kEqual || node.kind == AstKind::kNotEqual;
  Truth truth = Truth::kUnknown;
  if (equality && left.size() == 1 && literal.kind == AstKind::kLiteral) {
    truth = Equal((*this)[left.first], literal.literal);
    if (node.kind == AstKind::kNotEqual) truth = Not(truth);
  } else if (!failed()) {
    truth = CompareRanges(node.kind, left, Items(node.right, scope));
  }
  Truncate(mark);
  return truth;
}

Truth Evaluation::CompareRanges(AstKind kind, Range left, Range right) {
  switch (kind) {
    case AstKind::kEqual:
      return EqualCollections(*this, left, right);
    case AstKind::kNotEqual:
      return Not(EqualCollections(*this, left, right));
    case AstKind::kEquivalent:
      return EquivalentCollections(*this, left, right);
    case AstKind::kNotEquivalent:
      return Not(EquivalentCollections(*this, left, right));
    default:
      return Ordered(*this, kind, left, right);
  }
}

void Evaluation::RunBinary(const AstNode& node, const Scope& scope, std::size_t limit) {
  if (node.kind == AstKind::kUnion) return Unite(*this, node, scope, limit);
  const std::size_t mark = size();
  const Range left = Items(node.input, scope);
  const Range right = node.kind == AstKind::kNegate ? Range() : Items(node.right, scope);
  std::optional<Item> result;
  if (failed()) {
    // nothing
  } else if (node.kind == AstKind::kConcatenate) {
    result = Joined(*this, TextOrNothing(*this, left), TextOrNothing(*this, right));
  } else if (node.kind == AstKind::kNegate) {
    const auto operand = Operand(*this, left);
    if (operand) result = Negated(*this, *operand);
  } else {
    const auto a = Operand(*this, left);
    const auto b = Operand(*this, right);
    if (a && b) result = CalculateItems(*this, node.kind, *a, *b);
  }
  Truncate(mark);
  if (result) Push(*result);
}

}  // namespace healthlake::fhir::fhirpath
