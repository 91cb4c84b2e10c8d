// Math (FHIRPath 5.7).
#include <cmath>

#include "fhir/fhirpath/function_families.hpp"

namespace healthlake::fhir::fhirpath::math {
namespace {

constexpr std::int64_t kMaxInteger = 2'147'483'647;

bool IsNumber(const Item& item) {
  return item.type() == ItemType::kInteger || item.type() == ItemType::kDecimal;
}
Decimal NumberOf(const Item& item) {
  return item.type() == ItemType::kInteger ? Decimal::FromInteger(item.integer()) : item.decimal();
}

void PushInteger(Call& call, const std::optional<Decimal>& value) {
  const auto integer = value ? value->ToInteger() : std::nullopt;
  if (integer && *integer <= kMaxInteger && *integer >= -kMaxInteger - 1) {
    call.Push(Item(*integer));
  }
}
void PushDecimal(Call& call, const std::optional<Decimal>& value) {
  if (value) call.Push(Item(*value));
}

template <typename Map>
void ToWhole(Call& call, const Map& map) {
  const auto input = call.Number(call.Input());
  call.BeginResult();
  if (input) PushInteger(call, map(*input));
}

// By floating point: the result is no decimal but for luck.
template <typename Map>
void Approximate(Call& call, const Map& map) {
  const auto input = call.Number(call.Input());
  call.BeginResult();
  if (input) PushDecimal(call, Decimal::FromDouble(map(input->ToDouble())));
}

std::optional<Decimal> WholePower(Decimal base, std::int64_t exponent) {
  std::optional<Decimal> result = Decimal::FromInteger(1);
  for (; exponent > 0 && result; exponent /= 2) {
    if (exponent % 2 == 1) result = Multiply(*result, base);
    if (exponent == 1) break;
    const auto square = Multiply(base, base);
    if (!square) return std::nullopt;
    base = *square;
  }
  return result;
}

std::optional<Decimal> PowerOf(const Decimal& base, const Decimal& exponent) {
  const auto whole = exponent.ToInteger();
  if (whole && *whole >= 0 && *whole <= kMaxInteger) return WholePower(base, *whole);
  if (whole && *whole < 0 && *whole >= -kMaxInteger) {
    const auto power = WholePower(base, -*whole);
    return power ? Divide(Decimal::FromInteger(1), *power) : std::nullopt;
  }
  return Decimal::FromDouble(std::pow(base.ToDouble(), exponent.ToDouble()));
}

}  // namespace

void Abs(Call& call) {
  const auto input = call.Value(call.Input());
  call.BeginResult();
  if (!input) return;
  const auto absolute = [](const Decimal& value) {
    return value.IsNegative() ? value.Negated() : value;
  };
  if (input->type() == ItemType::kInteger) {
    call.Push(Item(input->integer() < 0 ? -input->integer() : input->integer()));
  } else if (input->type() == ItemType::kDecimal) {
    call.Push(Item(absolute(input->decimal())));
  } else if (input->type() == ItemType::kQuantity) {
    const Quantity& quantity = input->quantity();
    call.Push(Item(Quantity{absolute(quantity.value), quantity.unit, quantity.calendar}));
  } else {
    call.evaluation().Fail("a number is needed");
  }
}

void Ceiling(Call& call) {
  ToWhole(call, [](const Decimal& value) { return value.Ceiling(); });
}

void Exp(Call& call) {
  Approximate(call, [](double value) { return std::exp(value); });
}

void Floor(Call& call) {
  ToWhole(call, [](const Decimal& value) { return value.Floor(); });
}

void Ln(Call& call) {
  Approximate(call, [](double value) { return std::log(value); });
}

void Log(Call& call) {
  const auto input = call.Number(call.Input());
  const auto base = call.Number(call.Argument(0));
  call.BeginResult();
  if (!input || !base) return;
  PushDecimal(call, Decimal::FromDouble(std::log(input->ToDouble()) / std::log(base->ToDouble())));
}

void Power(Call& call) {
  const auto input = call.Value(call.Input());
  const auto exponent = call.Value(call.Argument(0));
  call.BeginResult();
  if (!input || !exponent) return;
  if (!IsNumber(*input) || !IsNumber(*exponent)) {
    return call.evaluation().Fail("a number is needed");
  }
  const auto result = PowerOf(NumberOf(*input), NumberOf(*exponent));
  const bool integers =
      input->type() == ItemType::kInteger && exponent->type() == ItemType::kInteger;
  // 2 to the -1 is no Integer.
  if (integers && result && result->IsInteger()) {
    PushInteger(call, result);
  } else {
    PushDecimal(call, result);
  }
}

void Round(Call& call) {
  const auto input = call.Number(call.Input());
  std::optional<std::int64_t> precision = 0;
  if (call.argument_count() > 0) precision = call.Integer(call.Argument(0));
  call.BeginResult();
  if (!input || !precision) return;
  if (*precision < 0) return call.evaluation().Fail("a negative precision");
  call.Push(Item(
      input->Rounded(static_cast<int>(std::min<std::int64_t>(*precision, Decimal::kMaxScale)))));
}

void Sqrt(Call& call) {
  Approximate(call, [](double value) { return std::sqrt(value); });
}

void Truncate(Call& call) {
  ToWhole(call, [](const Decimal& value) { return value.Truncated(); });
}

}  // namespace healthlake::fhir::fhirpath::math
