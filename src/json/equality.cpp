#include "healthlake/json/equality.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace healthlake::json {
namespace {

constexpr std::string_view kNonZero = "123456789";
constexpr std::size_t kMaxExponentDigits = 18;  // so that sums stay within 64 bits

// digits × 10^exponent
struct Number {
  bool negative = false;
  std::string_view
      digits;  // from the first to the last that is not zero; a point may be among them
  std::int64_t exponent = 0;
};

std::optional<std::int64_t> ExponentOf(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_of(kNonZero), text.size()));
  if (text.size() > kMaxExponentDigits) return std::nullopt;
  std::int64_t exponent = 0;
  std::from_chars(text.data(), text.data() + text.size(), exponent);
  return negative ? -exponent : exponent;
}

// nullopt when the exponent is too long. Zero has neither digits nor sign.
std::optional<Number> Read(std::string_view token) noexcept {
  Number number;
  number.negative = token.starts_with('-');
  if (number.negative) token.remove_prefix(1);
  const std::size_t mark = token.find_first_of("eE");
  const std::string_view mantissa = token.substr(0, mark);
  const std::size_t first = mantissa.find_first_of(kNonZero);
  if (first == mantissa.npos) return Number{};
  const std::size_t last = mantissa.find_last_of(kNonZero);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  number.digits = mantissa.substr(first, last - first + 1);
  number.exponent = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(last);
  if (last < point) --number.exponent;
  if (mark != token.npos) {
    const std::optional<std::int64_t> exponent = ExponentOf(token.substr(mark + 1));
    if (!exponent) return std::nullopt;
    number.exponent += *exponent;
  }
  return number;
}

bool SameDigits(std::string_view a, std::string_view b) noexcept {
  std::size_t at = 0;
  for (const char c : a) {
    if (c == '.') continue;
    if (at < b.size() && b[at] == '.') ++at;
    if (at == b.size() || b[at] != c) return false;
    ++at;
  }
  return at == b.size();
}

}  // namespace

bool SameNumber(std::string_view a, std::string_view b) noexcept {
  if (a == b) return true;
  const std::optional<Number> x = Read(a);
  const std::optional<Number> y = Read(b);
  return x && y && x->negative == y->negative && x->exponent == y->exponent &&
         SameDigits(x->digits, y->digits);
}

bool Equal(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::kString:
      return a.string() == b.string();
    case Type::kNumber:
      return SameNumber(a.raw(), b.raw());
    case Type::kBoolean:
      return a.boolean() == b.boolean();
    case Type::kNull:
      return true;
    case Type::kArray:
      return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), Equal);
    case Type::kObject:
      return a.raw() == b.raw() || SameMembers(a, b, Equal);
  }
  return false;
}

}  // namespace healthlake::json
