#include "datastore/value_encoder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "datastore/long_text.hpp"
#include "healthlake/core/encoding.hpp"

namespace healthlake::datastore {
namespace {

using fhir::IndexValue;
using fhir::ValueKind;

constexpr char kLooseKind = 'l';
constexpr std::size_t kLooseFields = 7;  // kind, implied, system, text, unit, two numbers

// Kinds as letters on disk.
struct KindLetter {
  ValueKind kind;
  char letter;
};
constexpr std::array<KindLetter, 8> kKindLetters = {{
    {ValueKind::kToken, 't'},
    {ValueKind::kReference, 'r'},
    {ValueKind::kIdentifier, 'i'},
    {ValueKind::kUri, 'u'},
    {ValueKind::kDate, 'd'},
    {ValueKind::kNumber, 'n'},
    {ValueKind::kQuantity, 'q'},
    {ValueKind::kString, 's'},
}};

char LetterOf(ValueKind kind) {
  for (const KindLetter& known : kKindLetters) {
    if (known.kind == kind) return known.letter;
  }
  return '?';
}

ValueKind KindOf(char letter) {
  for (const KindLetter& known : kKindLetters) {
    if (known.letter == letter) return known.kind;
  }
  return ValueKind::kComposite;  // never inside a composite: matches nothing
}

std::vector<OwnParams> MakeOwnParams() {
  std::vector<OwnParams> all(256);
  const auto id_of = [](fhir::ResourceType type, std::string_view code) {
    const fhir::SearchParam* param = fhir::FindSearchParam(type, code);
    return param == nullptr ? fhir::ParamId() : param->id;
  };
  for (const fhir::ResourceType type : fhir::AllResourceTypes()) {
    all[type.number()] = {id_of(type, "_id"), id_of(type, "_lastUpdated"),
                          id_of(type, "createdAt")};
  }
  return all;
}

SystemOrigin OriginOf(const IndexValue& value) {
  return value.system_implied ? SystemOrigin::kImplied : SystemOrigin::kStated;
}

void AppendHex(std::uint64_t bits, std::string& out) {
  std::array<char, 16> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), bits, 16);
  out.append(buffer.data(), end);
}

void AppendPart(const IndexValue& part, std::string& out) {
  const auto field = [&](std::string_view text) {
    const std::size_t start = out.size();
    AppendBounded(text, out);
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), kFieldEnd, ' ');
    out.push_back(kFieldEnd);
  };
  const auto number = [&](std::uint64_t bits) {
    AppendHex(bits, out);
    out.push_back(kFieldEnd);
  };
  const bool date = part.kind == ValueKind::kDate;
  const DateSpan span = date ? MakeDateSpan(part.from, part.until) : DateSpan{};
  out.push_back(LetterOf(part.kind));
  out.push_back(kFieldEnd);
  field(part.system_implied ? "i" : "s");
  field(part.system);
  field(part.kind == ValueKind::kQuantity ? part.code : part.text);
  field(part.unit);
  number(date ? span.lo : std::bit_cast<std::uint64_t>(part.low));
  number(date ? span.hi : std::bit_cast<std::uint64_t>(part.high));
}

std::uint64_t ReadHex(std::string_view text) {
  std::uint64_t bits = 0;
  std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  return bits;
}

}  // namespace

const OwnParams& OwnParamsOf(fhir::ResourceType type) {
  static const std::vector<OwnParams> all = MakeOwnParams();
  return all[type.number()];
}

index::Key InstantKey(core::Timestamp time) {
  const std::int64_t from = time.time_since_epoch().count();
  return DateKey(MakeDateSpan(from, from + 1));
}

void ApplySymbol(SymbolField field, store::SymbolId symbol, index::Key& key) {
  switch (field) {
    case SymbolField::kTokenSystem:
      if (symbol < kSystemMask) {
        key.order |= symbol;
      } else {
        key.order |= kSystemMask;
        key.check |= std::uint64_t{symbol} << 32;
      }
      return;
    case SymbolField::kOrder:
    case SymbolField::kOrderLow:
      key.order |= symbol;
      return;
    case SymbolField::kOrderHigh:
      key.order |= std::uint64_t{symbol} << 32;
      return;
    case SymbolField::kCheck:
      key.check |= symbol;
      return;
  }
}

void ValueEncoder::Encode(fhir::ResourceType type, std::span<const IndexValue> values,
                          index::Rid rid, EncodedValues& out) {
  rid_ = rid;
  const OwnParams& own = OwnParamsOf(type);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const IndexValue& value = values[i];
    if (value.kind == ValueKind::kComposite) {
      const std::size_t parts = std::min<std::size_t>(value.parts, values.size() - i - 1);
      EncodeComposite(value, values.subspan(i + 1, parts), out);
      i += parts;
    } else if (value.param != own.id && value.param != own.last_updated &&
               value.param != own.created_at) {
      EncodeOne(value, out);
    }
  }
}

void ValueEncoder::EncodeValue(std::span<const IndexValue> value, index::Rid rid,
                               EncodedValues& out) {
  rid_ = rid;
  if (value.front().kind == ValueKind::kComposite) {
    EncodeComposite(value.front(), value.subspan(1), out);
  } else {
    EncodeOne(value.front(), out);
  }
}

void ValueEncoder::EncodeOne(const IndexValue& value, EncodedValues& out) {
  switch (value.kind) {
    case ValueKind::kToken:
      return EncodeToken(value, Stream::kValues, out);
    case ValueKind::kIdentifier:
      return EncodeToken(value, Stream::kIdentifiers, out);
    case ValueKind::kReference:
      return Push(ParamOf(value.param), ReferenceKey(value.text, value.target), out);
    case ValueKind::kUri: {
      text_ = UriSymbol(value.text);
      const store::SymbolId symbol = Symbol(symbols_.Resolve(text_), SymbolField::kOrder, out);
      return Push(ParamOf(value.param), {symbol, 0}, out);
    }
    case ValueKind::kDate:
      return EncodeDate(value, out);
    case ValueKind::kNumber:
    case ValueKind::kQuantity:
      return EncodeQuantity(value, out);
    case ValueKind::kString: {
      index::StringEntry entry;
      entry.param = ParamOf(value.param);
      NormalizeBounded(value.text, entry.normal);
      AppendBounded(value.text, entry.exact);
      entry.rid = rid_;
      out.strings.push_back(std::move(entry));
      return;
    }
    case ValueKind::kComposite:
    default:  // positions: "near" is not searchable yet
      return;
  }
}

void ValueEncoder::EncodeToken(const IndexValue& value, Stream stream, EncodedValues& out) {
  const store::SymbolId system =
      Symbol(ResolveSystem(value.system), SymbolField::kTokenSystem, out);
  Push(ParamOf(value.param, stream), TokenKey(HashCode(value.text), system, OriginOf(value)), out);
}

void ValueEncoder::EncodeDate(const IndexValue& value, EncodedValues& out) {
  const DateSpan span = MakeDateSpan(value.from, value.until);
  Push(ParamOf(value.param), DateKey(span), out);
  if (IsLong(span)) Push(ParamOf(value.param, Stream::kDateEnds), DateEndKey(span), out);
}

void ValueEncoder::EncodeQuantity(const IndexValue& value, EncodedValues& out) {
  if (value.low == value.high) {
    const store::SymbolId unit = Symbol(ResolveUnit(value), SymbolField::kCheck, out);
    return Push(ParamOf(value.param), {OrderedBits(value.low), unit}, out);
  }
  text_ = SerializeParts({&value, 1});
  const store::SymbolId symbol = Symbol(symbols_.Resolve(text_), SymbolField::kCheck, out);
  Push(ParamOf(value.param, Stream::kLoose), {OrderedBits(value.low), symbol}, out);
}

void ValueEncoder::EncodeComposite(const IndexValue& whole, std::span<const IndexValue> parts,
                                   EncodedValues& out) {
  if (parts.size() < 2) return;
  const IndexValue& first = parts[0];
  text_ = first.kind == ValueKind::kToken
              ? FirstTokenSymbol(first.system, first.text, OriginOf(first))
              : FirstReferenceSymbol(first.text);
  const std::uint32_t symbol = symbols_.Resolve(text_);
  if (parts.size() == 2 && EncodePair(whole, symbol, parts[1], out)) return;
  EncodeLoose(whole, symbol, parts.subspan(1), out);
}

bool ValueEncoder::EncodePair(const IndexValue& whole, std::uint32_t first,
                              const IndexValue& second, EncodedValues& out) {
  Bits96 rest;
  switch (second.kind) {
    case ValueKind::kToken:
      rest =
          PackToken(second.text, Symbol(ResolveSystem(second.system), SymbolField::kOrderLow, out),
                    OriginOf(second));
      break;
    case ValueKind::kDate:
      rest = PackDate(MakeDateSpan(second.from, second.until));
      break;
    case ValueKind::kQuantity:
      if (second.low != second.high) return false;
      rest = PackNumber(second.low, Symbol(ResolveUnit(second), SymbolField::kCheck, out));
      break;
    default:
      return false;
  }
  const store::SymbolId symbol = Symbol(first, SymbolField::kOrderHigh, out);
  Push(ParamOf(whole.param), CompositeKey(symbol, rest), out);
  return true;
}

void ValueEncoder::EncodeLoose(const IndexValue& whole, std::uint32_t first,
                               std::span<const IndexValue> rest, EncodedValues& out) {
  text_ = SerializeParts(rest);
  const store::SymbolId parts = Symbol(symbols_.Resolve(text_), SymbolField::kCheck, out);
  const store::SymbolId symbol = Symbol(first, SymbolField::kOrderHigh, out);
  Push(ParamOf(whole.param, Stream::kLoose), {std::uint64_t{symbol} << 32, parts}, out);
}

void ValueEncoder::Push(index::Param param, const index::Key& key, EncodedValues& out) {
  out.entries.push_back({param, key, rid_, index::Sign::kAdd});
}

store::SymbolId ValueEncoder::Symbol(std::uint32_t resolved, SymbolField field,
                                     EncodedValues& out) {
  if ((resolved & SymbolResolver::kPending) == 0) return resolved;
  out.fixups.push_back({static_cast<std::uint32_t>(out.entries.size()),
                        resolved & ~SymbolResolver::kPending, field});
  return 0;
}

std::uint32_t ValueEncoder::ResolveSystem(std::string_view system) {
  if (system.empty()) return 0;
  text_ = SystemSymbol(system);
  return symbols_.Resolve(text_);
}

std::uint32_t ValueEncoder::ResolveUnit(const IndexValue& value) {
  if (value.system.empty() && value.code.empty() && value.unit.empty()) return 0;
  text_ = UnitSymbol(value.system, value.code, value.unit);
  return symbols_.Resolve(text_);
}

std::string SerializeParts(std::span<const IndexValue> parts) {
  std::string text(1, kLooseKind);
  for (const IndexValue& part : parts) AppendPart(part, text);
  return text;
}

std::vector<LoosePart> ParseParts(std::string_view text) {
  std::vector<LoosePart> parts;
  if (!text.starts_with(kLooseKind)) return parts;
  text.remove_prefix(1);
  while (!text.empty()) {
    std::array<std::string_view, kLooseFields> fields;
    for (std::string_view& field : fields) {
      const std::size_t end = std::min(text.find(kFieldEnd), text.size());
      field = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (fields[0].size() != 1) break;
    LoosePart part;
    part.kind = KindOf(fields[0].front());
    part.system_implied = fields[1] == "i";
    part.system = fields[2];
    part.text = fields[3];
    part.unit = fields[4];
    if (part.kind == ValueKind::kDate) {
      part.date = {ReadHex(fields[5]), ReadHex(fields[6])};
    } else {
      part.low = std::bit_cast<double>(ReadHex(fields[5]));
      part.high = std::bit_cast<double>(ReadHex(fields[6]));
    }
    parts.push_back(part);
  }
  return parts;
}

}  // namespace healthlake::datastore
