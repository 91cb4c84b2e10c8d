// FHIRPath's Decimal: exact, base ten, 28 digits (FHIRPath 4.1.4).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::fhir::fhirpath {

__extension__ using Int128 = __int128;

// coefficient × 10^-scale. Keeps trailing zeros ("1.50" has scale 2), compares by value.
class Decimal {
 public:
  static constexpr int kMaxDigits = 28;
  static constexpr int kMaxScale = 28;

  constexpr Decimal() = default;
  static Decimal FromInteger(std::int64_t value) noexcept { return Decimal(value, 0); }
  // A JSON number or a FHIRPath literal: sign, digits, fraction, exponent. Digits beyond kMaxDigits
  // are rounded off; nullopt when it is no number or too large.
  static std::optional<Decimal> Parse(std::string_view text) noexcept;
  // nullopt when it has more than kMaxDigits digits before the point; digits behind are rounded.
  static std::optional<Decimal> Make(Int128 coefficient, int scale) noexcept;
  static std::optional<Decimal> FromDouble(double value) noexcept;

  Int128 coefficient() const noexcept {
    return static_cast<Int128>(high_) << 64 | static_cast<Int128>(low_);
  }
  int scale() const noexcept { return scale_; }
  bool IsZero() const noexcept { return high_ == 0 && low_ == 0; }
  bool IsNegative() const noexcept { return high_ < 0; }
  bool IsInteger() const noexcept { return Normalized().scale_ == 0; }

  Decimal Normalized() const noexcept;  // without trailing zeros behind the point
  Decimal Negated() const noexcept { return Decimal(-coefficient(), scale_); }
  Decimal Rounded(int scale) const noexcept;  // half away from zero
  Decimal Floor() const noexcept;
  Decimal Ceiling() const noexcept;
  Decimal Truncated() const noexcept;

  std::optional<std::int64_t> ToInteger() const noexcept;  // when it is a whole number that fits
  double ToDouble() const noexcept;
  std::string ToString() const;  // "1.50"

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept;
  friend bool operator==(const Decimal& a, const Decimal& b) noexcept {
    return (a <=> b) == std::strong_ordering::equal;
  }

 private:
  Decimal(Int128 coefficient, int scale) noexcept
      : high_(static_cast<std::int64_t>(coefficient >> 64)),
        low_(static_cast<std::uint64_t>(coefficient)),
        scale_(static_cast<std::uint8_t>(scale)) {}

  std::int64_t high_ = 0;
  std::uint64_t low_ = 0;
  std::uint8_t scale_ = 0;
};

// nullopt: too large, or a division by zero. What does not end is rounded to 28 digits.
std::optional<Decimal> Add(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> Divide(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> TruncatedQuotient(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> Remainder(const Decimal& a, const Decimal& b) noexcept;

}  // namespace healthlake::fhir::fhirpath
