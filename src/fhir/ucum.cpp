#include "fhir/ucum.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <string>
#include <unordered_map>

#include "fhir/ucum_units.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kMaxCode = 100;  // of UCUM's codes in use, none has half of it
constexpr int kMaxExponent = 20;
constexpr int kMaxPower = 250;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool Multiply(std::int64_t& a, std::int64_t b) {
  return !__builtin_mul_overflow(a, b, &a);
}

void TakeTens(std::int64_t& number, int& power, int step) {
  for (; number % 10 == 0; number /= 10) power += step;
}

// unit × other^exponent; false when the numbers get too large.
bool Apply(UcumUnit& unit, const UcumUnit& other, int exponent) {
  for (std::size_t i = 0; i < unit.dimension.size(); ++i) {
    const int sum = unit.dimension[i] + other.dimension[i] * exponent;
    if (sum < std::numeric_limits<std::int8_t>::min() ||
        sum > std::numeric_limits<std::int8_t>::max()) {
      return false;
    }
    unit.dimension[i] = static_cast<std::int8_t>(sum);
  }
  const bool inverse = exponent < 0;
  for (int i = 0; i < std::abs(exponent); ++i) {
    std::int64_t up = inverse ? other.denominator : other.numerator;
    std::int64_t down = inverse ? other.numerator : other.denominator;
    const std::int64_t first = std::gcd(unit.numerator, down);
    const std::int64_t second = std::gcd(unit.denominator, up);
    unit.numerator /= first;
    down /= first;
    unit.denominator /= second;
    up /= second;
    if (!Multiply(unit.numerator, up) || !Multiply(unit.denominator, down)) return false;
    TakeTens(unit.numerator, unit.power, 1);
    TakeTens(unit.denominator, unit.power, -1);
  }
  unit.power += other.power * exponent;
  return std::abs(unit.power) <= kMaxPower;
}

using UnitTable = std::unordered_map<std::string_view, UcumUnit>;

struct KnownUnits {
  UnitTable all;
  UnitTable metric;
};

std::optional<UcumUnit> FindUnit(const KnownUnits& known, std::string_view symbol) {
  if (const auto found = known.all.find(symbol); found != known.all.end()) return found->second;
  for (const ucum::PrefixRow& row : ucum::Prefixes()) {
    if (!symbol.starts_with(row.prefix)) continue;
    const auto found = known.metric.find(symbol.substr(row.prefix.size()));
    if (found == known.metric.end()) continue;
    UcumUnit unit = found->second;
    unit.power += row.power;
    return unit;
  }
  return std::nullopt;
}

// Reads a term from left to right; '/' is for the next component alone (UCUM, 2.1.3 §7).
// Recursion is as deep as parentheses, within kMaxCode.
class TermReader {
 public:
  TermReader(const KnownUnits& known, std::string_view text) : known_(known), text_(text) {}

  std::optional<UcumUnit> Read() {
    auto unit = Term();
    return unit && at_ == text_.size() ? unit : std::nullopt;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<UcumUnit> Term() {
    UcumUnit product;
    bool over = Take('/');
    while (true) {
      const auto unit = Component();
      if (!unit || !Apply(product, *unit, over ? -1 : 1)) return std::nullopt;
      if (Take('.')) {
        over = false;
      } else if (Take('/')) {
        over = true;
      } else {
        return product;
      }
    }
  }

  std::optional<UcumUnit> Component() {
    if (Take('(')) {
      const auto inner = Term();
      return inner && Take(')') ? inner : std::nullopt;
    }
    const std::string_view symbol = Symbol();
    const bool annotated = Take('{');
    if (annotated) {
      const std::size_t end = text_.find('}', at_);
      if (end == std::string_view::npos) return std::nullopt;
      at_ = end + 1;
    }
    if (symbol.empty()) return annotated ? std::optional(UcumUnit()) : std::nullopt;
    return Factor(symbol);
  }

  // Up to what separates components; brackets belong to the symbol with all they hold.
  std::string_view Symbol() {
    const std::size_t from = at_;
    while (!AtEnd() && std::string_view("./(){}").find(text_[at_]) == std::string_view::npos) {
      const std::size_t end = text_[at_] == '[' ? text_.find(']', at_) : at_;
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }
    return text_.substr(from, at_ - from);
  }

  // A number, or a unit with its exponent.
  std::optional<UcumUnit> Factor(std::string_view symbol) const {
    if (std::ranges::all_of(symbol, IsDigit)) {
      UcumUnit unit;
      if (!ReadNumber(symbol, unit.numerator) || unit.numerator == 0) return std::nullopt;
      TakeTens(unit.numerator, unit.power, 1);
      return unit;
    }
    std::size_t end = symbol.size();
    while (end > 0 && IsDigit(symbol[end - 1])) --end;
    std::int64_t exponent = 1;
    if (end < symbol.size()) {
      if (!ReadNumber(symbol.substr(end), exponent) || exponent > kMaxExponent) return std::nullopt;
      const char sign = symbol[end - 1];
      if (sign == '+' || sign == '-') --end;
      if (sign == '-') exponent = -exponent;
    }
    const auto unit = FindUnit(known_, symbol.substr(0, end));
    UcumUnit out;
    if (!unit || !Apply(out, *unit, static_cast<int>(exponent))) return std::nullopt;
    return out;
  }

  static bool ReadNumber(std::string_view digits, std::int64_t& out) {
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, out);
    return error == std::errc() && stop == end;
  }

  const KnownUnits& known_;
  std::string_view text_;
  std::size_t at_ = 0;
};

// Units are defined by those before them in the table.
KnownUnits ReadUnits() {
  KnownUnits known;
  std::size_t base = 0;
  for (const ucum::UnitRow& row : ucum::Units()) {
    UcumUnit unit;
    if (row.of.empty()) {
      unit.dimension.at(base++) = 1;
    } else {
      unit = TermReader(known, row.of).Read().value();
      Apply(unit, {.dimension = {}, .numerator = row.numerator, .denominator = row.denominator}, 1);
      unit.power += row.power;
    }
    known.all.emplace(row.symbol, unit);
    if (row.metric) known.metric.emplace(row.symbol, unit);
  }
  return known;
}

struct CommonCode {
  std::string code;
  UcumUnit unit;
};

template <typename Function>
void ForEachWord(std::string_view words, const Function& function) {
  for (std::size_t from = 0; from <= words.size();) {
    const std::size_t to = std::min(words.find(' ', from), words.size());
    function(words.substr(from, to - from));
    from = to + 1;
  }
}

// Each once.
std::vector<CommonCode> ReadCommonCodes() {
  std::vector<CommonCode> codes;
  for (const ucum::CodeFamily& family : ucum::CommonCodes()) {
    ForEachWord(family.first, [&](std::string_view first) {
      ForEachWord(family.second, [&](std::string_view second) {
        std::string code(first);
        if (!second.empty()) code.append("/").append(second);
        if (std::ranges::find(codes, code, &CommonCode::code) != codes.end()) return;
        const UcumUnit unit = ParseUcum(code).value();
        codes.push_back({std::move(code), unit});
      });
    });
  }
  return codes;
}

// What a value in one unit is multiplied by to be one in another, as digits and a power of ten.
struct Ratio {
  std::int64_t numerator;
  std::int64_t denominator;
  int power;
};

std::optional<Ratio> RatioOf(const UcumUnit& from, const UcumUnit& to) {
  UcumUnit unit = from;
  if (!Apply(unit, to, -1)) return std::nullopt;
  return Ratio{unit.numerator, unit.denominator, unit.power};
}

__extension__ using Int128 = __int128;

// digits / denominator × 10^power, to 18 digits at least: as text, so that it is rounded to a
// double but once.
double ToDouble(Int128 digits, std::int64_t denominator, int power) {
  const bool negative = digits < 0;
  if (negative) digits = -digits;
  if (digits == 0) return 0;
  constexpr Int128 kRoom = (Int128{1} << 126) / 10;
  while (denominator != 1 && digits < kRoom) {
    digits *= 10;
    --power;
  }
  digits /= denominator;
  std::string text;
  for (; digits != 0; digits /= 10) text += static_cast<char>('0' + static_cast<int>(digits % 10));
  if (negative) text += '-';
  std::ranges::reverse(text);
  text += 'e' + std::to_string(power);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  value = power < 0 ? 0 : std::numeric_limits<double>::infinity();
  return negative ? -value : value;
}

// The decimal that `value` was written as, times `ratio`.
double Scale(double value, const Ratio& ratio) {
  char text[40];
  const auto written =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  std::int64_t digits = 0;
  int power = 0;
  bool fraction = false;
  const char* at = *text == '-' ? text + 1 : text;
  for (; at != written.ptr && *at != 'e'; ++at) {
    if (*at == '.') {
      fraction = true;
    } else if (IsDigit(*at)) {
      digits = digits * 10 + (*at - '0');
      power -= fraction ? 1 : 0;
    } else {
      return value;  // infinite
    }
  }
  int exponent = 0;
  if (at != written.ptr) {
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, written.ptr, exponent);
  }
  const Int128 product = Int128{*text == '-' ? -digits : digits} * ratio.numerator;
  return ToDouble(product, ratio.denominator, power + exponent + ratio.power);
}

NumberTerm Scale(const NumberTerm& number, const Ratio& ratio) {
  NumberTerm scaled = number;
  scaled.value = Scale(number.value, ratio);
  scaled.low = Scale(number.low, ratio);
  scaled.high = Scale(number.high, ratio);
  return scaled;
}

}  // namespace

std::optional<UcumUnit> ParseUcum(std::string_view code) {
  static const KnownUnits known = ReadUnits();
  if (code.empty() || code.size() > kMaxCode) return std::nullopt;
  return TermReader(known, code).Read();
}

std::vector<QuantityTerm::Commensurable> CommensurableUnits(std::string_view code,
                                                            const NumberTerm& number) {
  static const std::vector<CommonCode> common = ReadCommonCodes();
  std::vector<QuantityTerm::Commensurable> units;
  const auto own = ParseUcum(code);
  if (!own) return units;
  for (const CommonCode& other : common) {
    if (other.unit.dimension != own->dimension || other.code == code) continue;
    if (const auto ratio = RatioOf(*own, other.unit)) {
      units.push_back({other.code, Scale(number, *ratio)});
    }
  }
  return units;
}

}  // namespace healthlake::fhir
