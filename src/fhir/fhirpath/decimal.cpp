#include "fhir/fhirpath/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace healthlake::fhir::fhirpath {
namespace {

constexpr std::array<Int128, 39> kPowers = [] {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
Int128 Power(int exponent) {
  return kPowers[static_cast<std::size_t>(exponent)];
}
constexpr int kHalf = Decimal::kMaxDigits / 2;

Int128 Absolute(Int128 value) {
  return value < 0 ? -value : value;
}
int Digits(Int128 value) {
  const Int128 absolute = Absolute(value);
  int digits = 1;
  while (digits < 39 && absolute >= Power(digits)) ++digits;
  return digits;
}
// Half away from zero.
Int128 DivideRounded(Int128 value, Int128 divisor) {
  const Int128 rest = value % divisor;
  const Int128 quotient = value / divisor;
  if (Absolute(rest) < divisor - Absolute(rest)) return quotient;
  return value < 0 ? quotient - 1 : quotient + 1;
}

// Both with one scale: the larger, or less where the digits do not fit.
struct Aligned {
  Int128 a;
  Int128 b;
  int scale;
};
Aligned Align(const Decimal& a, const Decimal& b) {
  constexpr int kRoom = 37;
  const int scale = std::max(a.scale(), b.scale());
  const auto fits = [&](const Decimal& value) {
    return scale - std::max(0, Digits(value.coefficient()) + scale - value.scale() - kRoom);
  };
  const int common = std::min(fits(a), fits(b));
  const auto shifted = [&](const Decimal& value) {
    const int by = common - value.scale();
    return by >= 0 ? value.coefficient() * Power(by)
                   : DivideRounded(value.coefficient(), Power(-by));
  };
  return {shifted(a), shifted(b), common};
}

}  // namespace

std::optional<Decimal> Decimal::Make(Int128 coefficient, int scale) noexcept {
  int drop = std::max(Digits(coefficient) - kMaxDigits, scale - kMaxScale);
  while (drop > 0) {
    const int step = std::min(drop, 38);
    coefficient = DivideRounded(coefficient, Power(step));
    scale -= step;
    drop = std::max(Digits(coefficient) - kMaxDigits, scale - kMaxScale);
  }
  if (scale < 0) {
    if (coefficient == 0) return Decimal(0, 0);
    if (Digits(coefficient) - scale > kMaxDigits) return std::nullopt;
    coefficient *= Power(-scale);
    scale = 0;
  }
  return Decimal(coefficient, scale);
}

std::optional<Decimal> Decimal::Parse(std::string_view text) noexcept {
  std::size_t at = 0;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) ++at;
  Int128 coefficient = 0;
  int scale = 0;
  int dropped = 0;
  bool point = false;
  bool any = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point && any) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (coefficient < Power(36)) {
      coefficient = coefficient * 10 + (c - '0');
      if (point) ++scale;
    } else if (!point && ++dropped > kMaxDigits) {
      return std::nullopt;
    }
  }
  if (!any || text[at - 1] == '.') return std::nullopt;
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (++at < text.size() && text[at] == '+') ++at;
    const auto [end, fault] =
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (fault != std::errc() || exponent > 100 || exponent < -100) return std::nullopt;
    at = static_cast<std::size_t>(end - text.data());
  }
  if (at != text.size()) return std::nullopt;
  return Make(negative ? -coefficient : coefficient, scale - dropped - exponent);
}

std::optional<Decimal> Decimal::FromDouble(double value) noexcept {
  if (!std::isfinite(value) || std::abs(value) >= 1e28) return std::nullopt;
  std::array<char, 64> text{};
  // Fifteen digits are those that a double holds for certain.
  const auto [end, fault] = std::to_chars(text.data(), text.data() + text.size(), value,
                                          std::chars_format::scientific, 14);
  if (fault != std::errc()) return std::nullopt;
  const auto parsed = Parse({text.data(), static_cast<std::size_t>(end - text.data())});
  return parsed ? std::optional(parsed->Normalized()) : std::nullopt;
}

Decimal Decimal::Normalized() const noexcept {
  Int128 value = coefficient();
  int scale = scale_;
  while (scale > 0 && value % 10 == 0) {
    value /= 10;
    --scale;
  }
  return Decimal(value, scale);
}

Decimal Decimal::Rounded(int scale) const noexcept {
  if (scale >= scale_) return *this;
  return Decimal(DivideRounded(coefficient(), Power(scale_ - scale)), scale);
}

Decimal Decimal::Truncated() const noexcept {
  return Decimal(coefficient() / Power(scale_), 0);
}

Decimal Decimal::Floor() const noexcept {
  const Int128 whole = coefficient() / Power(scale_);
  return Decimal(IsNegative() && coefficient() % Power(scale_) != 0 ? whole - 1 : whole, 0);
}

Decimal Decimal::Ceiling() const noexcept {
  const Int128 whole = coefficient() / Power(scale_);
  return Decimal(!IsNegative() && coefficient() % Power(scale_) != 0 ? whole + 1 : whole, 0);
}

std::optional<std::int64_t> Decimal::ToInteger() const noexcept {
  const Decimal value = Normalized();
  const Int128 whole = value.coefficient();
  if (value.scale_ != 0 || whole > std::numeric_limits<std::int64_t>::max() ||
      whole < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(whole);
}

double Decimal::ToDouble() const noexcept {
  const std::string text = ToString();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string Decimal::ToString() const {
  std::string digits;
  for (Int128 value = Absolute(coefficient()); value > 0; value /= 10) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
  }
  while (digits.size() <= scale_) digits.push_back('0');
  if (scale_ > 0) digits.insert(scale_, 1, '.');
  if (IsNegative()) digits.push_back('-');
  std::ranges::reverse(digits);
  return digits;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept {
  if (a.scale() == b.scale()) return a.coefficient() <=> b.coefficient();
  // Compared in two parts, so that no digit is lost.
  const Int128 whole_a = a.Truncated().coefficient();
  const Int128 whole_b = b.Truncated().coefficient();
  if (whole_a != whole_b) return whole_a <=> whole_b;
  const auto fraction = [](const Decimal& value) {
    return value.coefficient() % Power(value.scale()) * Power(Decimal::kMaxScale - value.scale());
  };
  return fraction(a) <=> fraction(b);
}

std::optional<Decimal> Add(const Decimal& a, const Decimal& b) noexcept {
  const Aligned both = Align(a, b);
  return Decimal::Make(both.a + both.b, both.scale);
}

std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) noexcept {
  return Add(a, b.Negated());
}

std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b) noexcept {
  // In halves of 14 digits; the product has 56: `high` counts the units of 10^28.
  const Int128 x = Absolute(a.coefficient());
  const Int128 y = Absolute(b.coefficient());
  const Int128 half = Power(kHalf);
  const Int128 middle = (x / half) * (y % half) + (x % half) * (y / half);
  Int128 low = (x % half) * (y % half) + middle % half * half;
  Int128 high = (x / half) * (y / half) + middle / half + low / Power(Decimal::kMaxDigits);
  low %= Power(Decimal::kMaxDigits);
  int scale = a.scale() + b.scale();
  Int128 product = low;
  if (high != 0) {
    const int drop = Digits(high);
    product = high * Power(Decimal::kMaxDigits - drop) + DivideRounded(low, Power(drop));
    scale -= drop;
  }
  return Decimal::Make(a.IsNegative() != b.IsNegative() ? -product : product, scale);
}

std::optional<Decimal> Divide(const Decimal& a, const Decimal& b) noexcept {
  if (b.IsZero()) return std::nullopt;
  const Int128 divisor = Absolute(b.coefficient());
  Int128 quotient = Absolute(a.coefficient()) / divisor;
  Int128 rest = Absolute(a.coefficient()) % divisor;
  int scale = a.scale() - b.scale();
  while (scale < Decimal::kMaxScale + 1 && Digits(quotient) <= Decimal::kMaxDigits &&
         (rest != 0 || scale < 0)) {
    rest *= 10;
    quotient = quotient * 10 + rest / divisor;
    rest %= divisor;
    ++scale;
  }
  return Decimal::Make(a.IsNegative() != b.IsNegative() ? -quotient : quotient, scale);
}

std::optional<Decimal> TruncatedQuotient(const Decimal& a, const Decimal& b) noexcept {
  if (b.IsZero()) return std::nullopt;
  const Aligned both = Align(a, b);
  if (both.b == 0) return std::nullopt;
  return Decimal::Make(both.a / both.b, 0);
}

std::optional<Decimal> Remainder(const Decimal& a, const Decimal& b) noexcept {
  if (b.IsZero()) return std::nullopt;
  const Aligned both = Align(a, b);
  if (both.b == 0) return std::nullopt;
  return Decimal::Make(both.a % both.b, both.scale);
}

}  // namespace healthlake::fhir::fhirpath
