// FHIR values as index keys. The layouts are on disk: README.md describes them bit by bit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "healthlake/fhir/definitions.hpp"
#include "healthlake/index/entry.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

// Raised when a layout changes: a file with another number is refused.
inline constexpr std::string_view kKeyFormat = "3";

// A search parameter has up to four sets of postings.
enum class Stream : std::uint8_t {
  kValues = 0,
  kDateEnds = 1,     // of long intervals, by their end
  kIdentifiers = 2,  // of references, as tokens
  kLoose = 3,        // quantities with two ends, composites of odd shape: read whole and filtered
};

// Numbers of the index's parameters stay small, as it counts them when it sorts.
constexpr index::Param ParamOf(fhir::ParamId id, Stream stream = Stream::kValues) {
  return index::Param{id.number()} * 4 + static_cast<index::Param>(stream);
}

// The live resources of a type, under kLiveKey; above all of ParamOf's numbers.
constexpr index::Param LiveParam(fhir::ResourceType type) {
  return 0xFF00 + index::Param{type.number()};
}
inline constexpr index::Key kLiveKey{};

// --- Tokens --------------------------------------------------------------------------------------

// A code without its system; compared without regard to ASCII case (search.html, token: "not case
// sensitive").
struct CodeHash {
  std::uint64_t high = 0;   // 40 bits at the top
  std::uint32_t check = 0;  // 31 bits at the top
  bool operator==(const CodeHash&) const = default;
};
CodeHash HashCode(std::string_view code);
// The code as it is compared; appended to `out`.
void AppendFolded(std::string_view code, std::string& out);

enum class SystemOrigin : std::uint8_t { kStated, kImplied };

// `system` 0: none.
index::Key TokenKey(const CodeHash& code, store::SymbolId system, SystemOrigin origin);
constexpr std::uint64_t kSystemBits = 24;
constexpr std::uint64_t kSystemMask = (std::uint64_t{1} << kSystemBits) - 1;
store::SymbolId SystemOf(const index::Key& token);
bool SameCode(const index::Key& token, const CodeHash& code);
inline bool SystemImplied(const index::Key& token) {
  return (token.check & 1) != 0;
}

// --- References ----------------------------------------------------------------------------------

// Of "Type/id" the key of the resource itself (ResourceTables: 63 bits of hash), so that values can
// be followed without their text; anything else has the top bit set.
index::Key ReferenceKey(std::string_view text, fhir::ResourceType target);

// --- Dates ---------------------------------------------------------------------------------------

// Milliseconds counted from the year 1, so that they sort unsigned; [lo, hi).
struct DateSpan {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
};
inline constexpr int kDateBits = 49;
inline constexpr std::uint64_t kDateMax = (std::uint64_t{1} << kDateBits) - 1;  // an open end
// Longer intervals have a second key in Stream::kDateEnds.
inline constexpr std::uint64_t kLongSpan = std::uint64_t{366} * 24 * 3600 * 1000;

std::uint64_t DatePlace(std::int64_t milliseconds);
DateSpan MakeDateSpan(std::int64_t from, std::int64_t until);
index::Key DateKey(const DateSpan& span);
DateSpan DateOf(const index::Key& key);
constexpr std::uint64_t FirstDateOrder(std::uint64_t lo) {
  return lo << 15;
}
constexpr std::uint64_t LastDateOrder(std::uint64_t lo) {
  return (lo << 15) | 0x7FFF;
}
inline bool IsLong(const DateSpan& span) {
  return span.hi - span.lo > kLongSpan;
}
index::Key DateEndKey(const DateSpan& span);
DateSpan DateOfEnd(const index::Key& key);

// --- Numbers -------------------------------------------------------------------------------------

std::uint64_t OrderedBits(double value);
double FromOrderedBits(std::uint64_t bits);

// --- Composites: the first part is a symbol, the second one lies in the other 96 bits ------------

struct Bits96 {
  std::uint32_t high = 0;
  std::uint64_t low = 0;
};
inline index::Key CompositeKey(store::SymbolId first, const Bits96& rest) {
  return {std::uint64_t{first} << 32 | rest.high, rest.low};
}
inline Bits96 RestOf(const index::Key& key) {
  return {static_cast<std::uint32_t>(key.order), key.check};
}
Bits96 PackDate(const DateSpan& span);
DateSpan UnpackDate(const Bits96& bits);
Bits96 PackNumber(double value, store::SymbolId unit);
double UnpackNumber(const Bits96& bits);
inline store::SymbolId UnitOf(const Bits96& bits) {
  return static_cast<store::SymbolId>(bits.low & 0xFFFF'FFFF);
}
Bits96 PackToken(std::string_view code, store::SymbolId system, SystemOrigin origin);

// --- Symbols: texts with an exact number, the first character tells the kind ---------------------
// Of a very long field only AppendBounded's form is kept (long_text.hpp).

// Fields of one symbol's text are separated by this.
inline constexpr char kFieldEnd = '\x1F';
std::string SystemSymbol(std::string_view system);
std::string UriSymbol(std::string_view uri);
// The code comes first, so that all units of a code are neighbours.
std::string UnitSymbol(std::string_view system, std::string_view code, std::string_view unit);
struct UnitText {
  std::string_view system;
  std::string_view code;
  std::string_view unit;
};
UnitText ParseUnitSymbol(std::string_view symbol);
// A composite's first part, when it is a token: by folded code, so that all systems are neighbours.
std::string FirstTokenSymbol(std::string_view system, std::string_view code, SystemOrigin origin);
// What FirstTokenSymbol starts with for any system.
std::string FirstTokenPrefix(std::string_view code);
struct FirstTokenText {
  std::string_view system;
  SystemOrigin origin = SystemOrigin::kStated;
};
FirstTokenText ParseFirstToken(std::string_view symbol, std::string_view prefix);
std::string FirstReferenceSymbol(std::string_view text);

}  // namespace healthlake::datastore
