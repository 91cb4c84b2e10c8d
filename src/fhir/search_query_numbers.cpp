#include "fhir/search_query_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace healthlake::fhir {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// A decimal as FHIR writes it: its digits without the point, and the power of ten of the last one.
struct Decimal {
  std::string digits;  // with a leading '-' when negative
  int exponent = 0;
};

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

constexpr std::size_t kMaxDigits = 60;

std::optional<int> ReadExponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (exponent < -400 || exponent > 400) return std::nullopt;
  return exponent;
}

std::optional<Decimal> ReadDecimal(std::string_view text) {
  Decimal result;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
    if (text[at] == '-') result.digits.push_back('-');
    ++at;
  }
  const std::size_t whole = SkipDigits(text, at);
  if (whole == at) return std::nullopt;
  result.digits.append(text.substr(at, whole - at));
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = SkipDigits(text, at + 1);
    if (end == at + 1) return std::nullopt;
    result.digits.append(text.substr(at + 1, end - at - 1));
    result.exponent = -static_cast<int>(end - at - 1);
    at = end;
  }
  if (result.digits.size() > kMaxDigits) return std::nullopt;
  if (at == text.size()) return result;
  if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
  const std::optional<int> exponent = ReadExponent(text.substr(at + 1));
  if (!exponent) return std::nullopt;
  result.exponent += *exponent;
  return result;
}

// `digits` times ten to the power of `exponent`, correctly rounded.
double ToDouble(const std::string& digits, int exponent) {
  const std::string text = digits + "e" + std::to_string(exponent);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && exponent > 0) {
    const double largest = std::numeric_limits<double>::max();
    return digits.starts_with('-') ? -largest : largest;
  }
  return value;
}

// Takes one from a positive number in decimal digits.
void Decrement(std::string& digits) {
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit != '0') {
      --*digit;
      return;
    }
    *digit = '9';
  }
}

// Half a unit of the last digit to both sides, in decimal arithmetic: 5.4 is [5.35, 5.45) as the
// doubles nearest to these, which stored values meet exactly.
void SetPrecision(const Decimal& decimal, NumberTerm& term) {
  const bool negative = decimal.digits.starts_with('-');
  const std::string size = decimal.digits.substr(negative ? 1 : 0);
  const double away = ToDouble(size + "5", decimal.exponent - 1);
  double toward = 0;
  if (size.find_first_not_of('0') == std::string::npos) {
    toward = -away;
  } else {
    std::string less = size;
    Decrement(less);
    toward = ToDouble(less + "5", decimal.exponent - 1);
  }
  term.low = std::min(negative ? -away : toward, term.value);
  // Beyond the digits of a double the interval is one double wide, never empty.
  term.high = std::max(negative ? -toward : away, std::nextafter(term.value, HUGE_VAL));
}

}  // namespace

std::optional<NumberTerm> ReadNumber(SearchPrefix prefix, std::string_view text) {
  const std::optional<Decimal> decimal = ReadDecimal(text);
  if (!decimal) return std::nullopt;
  NumberTerm term;
  term.prefix = prefix;
  term.value = ToDouble(decimal->digits, decimal->exponent);
  SetPrecision(*decimal, term);
  if (prefix == SearchPrefix::kAp) {
    const double tenth = std::abs(term.value) / 10;
    term.low = std::min(term.low, term.value - tenth);
    term.high = std::max(term.high, std::nextafter(term.value + tenth, HUGE_VAL));
  }
  return term;
}

}  // namespace healthlake::fhir
