// The values of one resource as entries of the index.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/key_codec.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/index/entry.hpp"

namespace healthlake::datastore {

// Gives symbols their numbers. Texts that have none yet may be put off.
class SymbolResolver {
 public:
  static constexpr std::uint32_t kPending = 0x8000'0000;
  virtual ~SymbolResolver() = default;
  // The symbol's number, or kPending | n: the n-th text that has been put off.
  virtual std::uint32_t Resolve(std::string_view text) = 0;
};

// Which bits of a key a symbol that was put off goes to, once it has a number.
enum class SymbolField : std::uint8_t { kTokenSystem, kOrder, kOrderHigh, kOrderLow, kCheck };

struct SymbolFixup {
  std::uint32_t entry = 0;
  std::uint32_t pending = 0;  // without the kPending bit
  SymbolField field = SymbolField::kOrder;
};
void ApplySymbol(SymbolField field, store::SymbolId symbol, index::Key& key);

struct EncodedValues {
  std::vector<index::Entry> entries;
  std::vector<index::StringEntry> strings;
  std::vector<SymbolFixup> fixups;

  void Clear() {
    entries.clear();
    strings.clear();
    fixups.clear();
  }
};

// Parameters that the server's own columns answer or that depend on the write: their values are not
// taken from the walk. All three are parameters of every type.
struct OwnParams {
  fhir::ParamId id;
  fhir::ParamId last_updated;
  fhir::ParamId created_at;
};
const OwnParams& OwnParamsOf(fhir::ResourceType type);

index::Key InstantKey(core::Timestamp time);

// Confined to one thread; keeps its buffers.
class ValueEncoder {
 public:
  explicit ValueEncoder(SymbolResolver& symbols) : symbols_(symbols) {}

  // Appends an add of every value, for `rid`; equal ones may come more than once. OwnParams are
  // left out.
  void Encode(fhir::ResourceType type, std::span<const fhir::IndexValue> values, index::Rid rid,
              EncodedValues& out);
  // The same of a single value, with its parts when it is a composite; OwnParams are not left out.
  void EncodeValue(std::span<const fhir::IndexValue> value, index::Rid rid, EncodedValues& out);

 private:
  void EncodeOne(const fhir::IndexValue& value, EncodedValues& out);
  void EncodeToken(const fhir::IndexValue& value, Stream stream, EncodedValues& out);
  void EncodeDate(const fhir::IndexValue& value, EncodedValues& out);
  void EncodeQuantity(const fhir::IndexValue& value, EncodedValues& out);
  void EncodeComposite(const fhir::IndexValue& whole, std::span<const fhir::IndexValue> parts,
                       EncodedValues& out);
  bool EncodePair(const fhir::IndexValue& whole, std::uint32_t first,
                  const fhir::IndexValue& second, EncodedValues& out);
  void EncodeLoose(const fhir::IndexValue& whole, std::uint32_t first,
                   std::span<const fhir::IndexValue> rest, EncodedValues& out);

  void Push(index::Param param, const index::Key& key, EncodedValues& out);
  // The symbol's number, or 0 with a fix-up for the entry that is pushed next.
  store::SymbolId Symbol(std::uint32_t resolved, SymbolField field, EncodedValues& out);
  std::uint32_t ResolveSystem(std::string_view system);
  std::uint32_t ResolveUnit(const fhir::IndexValue& value);

  SymbolResolver& symbols_;
  std::string text_;
  index::Rid rid_ = 0;
};

// --- Parts of Stream::kLoose, as text ------------------------------------------------------------

// One part of a loose value: fields of a fixed number for each kind.
std::string SerializeParts(std::span<const fhir::IndexValue> parts);
struct LoosePart {
  fhir::ValueKind kind = fhir::ValueKind::kToken;
  bool system_implied = false;
  std::string_view system;
  std::string_view text;  // code, reference, uri or string
  std::string_view unit;
  double low = 0;
  double high = 0;
  DateSpan date;
};
// Views into `text`. Empty when it is no such text.
std::vector<LoosePart> ParseParts(std::string_view text);

}  // namespace healthlake::datastore
