#include "datastore/key_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "datastore/long_text.hpp"
#include "healthlake/core/hash.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::int64_t kYearOne = -62'135'596'800'000;  // 0001-01-01T00:00:00Z
constexpr std::uint64_t kOpenWidth = (std::uint64_t{1} << 47) - 1;
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

enum class SymbolKind : char {
  kSystem = 's',
  kUri = 'u',
  kUnit = 'q',
  kFirstToken = 'c',
  kFirstReference = 'r',
};

char Fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string SymbolText(SymbolKind kind, std::string_view text) {
  std::string symbol;
  symbol.reserve(std::min(text.size(), 2 * kLongestIndexedText) + 1);
  symbol.push_back(static_cast<char>(kind));
  AppendBounded(text, symbol);
  return symbol;
}

// Text of resources holds no separator by FHIR's rules for strings; if it does, it must not shift
// the fields.
void AppendField(std::string_view text, std::string& symbol) {
  const std::size_t start = symbol.size();
  AppendBounded(text, symbol);
  std::replace(symbol.begin() + static_cast<std::ptrdiff_t>(start), symbol.end(), kFieldEnd, ' ');
}

// Folds into a buffer on the stack, as codes are short and there are five in a resource.
class FoldedCode {
 public:
  explicit FoldedCode(std::string_view code) {
    if (code.size() <= buffer_.size()) {
      std::transform(code.begin(), code.end(), buffer_.begin(), Fold);
      view_ = {buffer_.data(), code.size()};
    } else {
      AppendFolded(code, long_);
      view_ = long_;
    }
  }
  FoldedCode(const FoldedCode&) = delete;
  FoldedCode& operator=(const FoldedCode&) = delete;
  std::string_view view() const noexcept { return view_; }

 private:
  std::array<char, 128> buffer_;
  std::string long_;
  std::string_view view_;
};

}  // namespace

void AppendFolded(std::string_view code, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + code.size());
  std::transform(code.begin(), code.end(), out.begin() + static_cast<std::ptrdiff_t>(start), Fold);
}

CodeHash HashCode(std::string_view code) {
  const FoldedCode folded(code);
  const core::Hash128Value hash = core::Hash128(folded.view());
  return {hash.low & ~kSystemMask, static_cast<std::uint32_t>(hash.high) & ~1U};
}

index::Key TokenKey(const CodeHash& code, store::SymbolId system, SystemOrigin origin) {
  index::Key key{code.high, code.check | (origin == SystemOrigin::kImplied ? 1U : 0U)};
  if (system < kSystemMask) {
    key.order |= system;
  } else {
    // A number that does not fit lies in the check, which tells the values apart as well.
    key.order |= kSystemMask;
    key.check |= std::uint64_t{system} << 32;
  }
  return key;
}

store::SymbolId SystemOf(const index::Key& token) {
  const std::uint64_t low = token.order & kSystemMask;
  return static_cast<store::SymbolId>(low == kSystemMask ? token.check >> 32 : low);
}

bool SameCode(const index::Key& token, const CodeHash& code) {
  return (token.order & ~kSystemMask) == code.high &&
         (static_cast<std::uint32_t>(token.check) & ~1U) == code.check;
}

index::Key ReferenceKey(std::string_view text, fhir::ResourceType target) {
  const core::Hash128Value hash = core::Hash128(text);
  index::Key key{hash.low | kSignBit, hash.high & 0xFFFF'FFFF};
  const std::size_t slash = text.find('/');
  const bool local = !target.IsNone() && slash != std::string_view::npos &&
                     text.find('/', slash + 1) == std::string_view::npos &&
                     text.substr(0, slash) == fhir::NameOf(target);
  if (local) key.order = core::Hash64(text.substr(slash + 1), target.number()) & ~kSignBit;
  return key;
}

std::uint64_t DatePlace(std::int64_t milliseconds) {
  if (milliseconds <= kYearOne) return 0;
  const std::uint64_t place =
      static_cast<std::uint64_t>(milliseconds) - static_cast<std::uint64_t>(kYearOne);
  return std::min(place, kDateMax);
}

DateSpan MakeDateSpan(std::int64_t from, std::int64_t until) {
  DateSpan span{DatePlace(from), DatePlace(until)};
  if (span.hi < span.lo) span.hi = span.lo;
  if (span.hi - span.lo >= kOpenWidth) span.hi = kDateMax;
  return span;
}

index::Key DateKey(const DateSpan& span) {
  const std::uint64_t width = span.hi == kDateMax ? kOpenWidth : span.hi - span.lo;
  return {span.lo << 15 | width >> 32, width & 0xFFFF'FFFF};
}

DateSpan DateOf(const index::Key& key) {
  const std::uint64_t width = (key.order & 0x7FFF) << 32 | key.check;
  const std::uint64_t lo = key.order >> 15;
  return {lo, width == kOpenWidth ? kDateMax : lo + width};
}

index::Key DateEndKey(const DateSpan& span) {
  return {span.hi << 15, span.lo};
}
DateSpan DateOfEnd(const index::Key& key) {
  return {key.check, key.order >> 15};
}

std::uint64_t OrderedBits(double value) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

double FromOrderedBits(std::uint64_t bits) {
  return std::bit_cast<double>((bits & kSignBit) != 0 ? bits & ~kSignBit : ~bits);
}

Bits96 PackDate(const DateSpan& span) {
  const std::uint64_t width = span.hi == kDateMax ? kOpenWidth : span.hi - span.lo;
  return {static_cast<std::uint32_t>(span.lo >> 17), (span.lo & 0x1FFFF) << 47 | width};
}

DateSpan UnpackDate(const Bits96& bits) {
  const std::uint64_t lo = std::uint64_t{bits.high} << 17 | bits.low >> 47;
  const std::uint64_t width = bits.low & kOpenWidth;
  return {lo, width == kOpenWidth ? kDateMax : lo + width};
}

Bits96 PackNumber(double value, store::SymbolId unit) {
  const std::uint64_t bits = OrderedBits(value);
  return {static_cast<std::uint32_t>(bits >> 32), bits << 32 | unit};
}

double UnpackNumber(const Bits96& bits) {
  return FromOrderedBits(std::uint64_t{bits.high} << 32 | bits.low >> 32);
}

Bits96 PackToken(std::string_view code, store::SymbolId system, SystemOrigin origin) {
  const FoldedCode folded(code);
  const std::uint64_t hash = core::Hash64(folded.view());
  return {system, (hash & ~std::uint64_t{1}) | (origin == SystemOrigin::kImplied ? 1U : 0U)};
}

std::string SystemSymbol(std::string_view system) {
  return SymbolText(SymbolKind::kSystem, system);
}

std::string UriSymbol(std::string_view uri) {
  return SymbolText(SymbolKind::kUri, uri);
}

std::string UnitSymbol(std::string_view system, std::string_view code, std::string_view unit) {
  std::string symbol(1, static_cast<char>(SymbolKind::kUnit));
  AppendField(code, symbol);
  symbol.push_back(kFieldEnd);
  AppendField(system, symbol);
  symbol.push_back(kFieldEnd);
  AppendField(unit, symbol);
  return symbol;
}

UnitText ParseUnitSymbol(std::string_view symbol) {
  UnitText text;
  if (symbol.empty()) return text;
  symbol.remove_prefix(1);
  const std::size_t code = std::min(symbol.find(kFieldEnd), symbol.size());
  text.code = symbol.substr(0, code);
  symbol.remove_prefix(std::min(code + 1, symbol.size()));
  const std::size_t system = std::min(symbol.find(kFieldEnd), symbol.size());
  text.system = symbol.substr(0, system);
  symbol.remove_prefix(std::min(system + 1, symbol.size()));
  text.unit = symbol;
  return text;
}

std::string FirstTokenPrefix(std::string_view code) {
  std::string symbol(1, static_cast<char>(SymbolKind::kFirstToken));
  const FoldedCode folded(code);
  AppendField(folded.view(), symbol);
  symbol.push_back(kFieldEnd);
  return symbol;
}

std::string FirstTokenSymbol(std::string_view system, std::string_view code, SystemOrigin origin) {
  std::string symbol = FirstTokenPrefix(code);
  AppendField(system, symbol);
  symbol.push_back(kFieldEnd);
  symbol.push_back(origin == SystemOrigin::kImplied ? 'i' : 's');
  return symbol;
}

FirstTokenText ParseFirstToken(std::string_view symbol, std::string_view prefix) {
  symbol.remove_prefix(std::min(prefix.size(), symbol.size()));
  FirstTokenText text;
  text.origin = symbol.ends_with('i') ? SystemOrigin::kImplied : SystemOrigin::kStated;
  text.system = symbol.substr(0, symbol.rfind(kFieldEnd));
  return text;
}

std::string FirstReferenceSymbol(std::string_view text) {
  return SymbolText(SymbolKind::kFirstReference, text);
}

}  // namespace healthlake::datastore
