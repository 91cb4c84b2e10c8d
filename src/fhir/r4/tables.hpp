// The generated tables: plain rows that refer to each other by number. Private to the room.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace healthlake::fhir::r4 {

// A place in the text pool: offset << 8 | length.
using Text = std::uint32_t;
extern const char kTextPool[];
inline std::string_view View(Text text) noexcept {
  return {kTextPool + (text >> 8), text & 0xFF};
}

// A FHIRPath expression, in a pool of its own: offset << 12 | length.
using LongText = std::uint32_t;
extern const char kExpressionPool[];
inline std::string_view ViewLong(LongText text) noexcept {
  return {kExpressionPool + (text >> 12), text & 0xFFF};
}

// Of a member: what it may hold. From kBase64Binary on: primitives.
enum class Kind : std::uint8_t {
  kComplex,
  kResource,
  kBase64Binary,
  kBoolean,
  kCanonical,
  kCode,
  kDate,
  kDateTime,
  kDecimal,
  kId,
  kInstant,
  kInteger,
  kMarkdown,
  kOid,
  kPositiveInt,
  kString,
  kTime,
  kUnsignedInt,
  kUri,
  kUrl,
  kUuid,
  kXhtml,
};
inline bool IsPrimitive(Kind kind) noexcept {
  return kind >= Kind::kBase64Binary;
}

// The primitive type that a primitive type derives from; kComplex where that is Element itself.
constexpr Kind BaseOf(Kind kind) noexcept {
  switch (kind) {
    case Kind::kCode:
    case Kind::kId:
    case Kind::kMarkdown:
      return Kind::kString;
    case Kind::kCanonical:
    case Kind::kOid:
    case Kind::kUrl:
    case Kind::kUuid:
      return Kind::kUri;
    case Kind::kPositiveInt:
    case Kind::kUnsignedInt:
      return Kind::kInteger;
    default:
      return Kind::kComplex;
  }
}
// The FHIR name of a primitive type; empty for the others. FindKind: kComplex when there is none.
std::string_view NameOf(Kind kind) noexcept;
Kind FindKind(std::string_view name) noexcept;

enum class InvariantSeverity : std::uint8_t { kError, kWarning };

// How the codes of a set are known: listed, or by the grammar of a code system that is not in the
// official bundles.
enum class CodeGrammar : std::uint8_t {
  kListed,
  kLanguage,  // BCP 47
  kMimeType,  // BCP 13
  kUcum,
  kTimeZone,     // of IANA
  kLoincAnswer,  // LA4711-1
};

enum class Extractor : std::uint8_t {
  kServerId,
  kServerLastUpdated,
  kDatePeriod,
  kDateText,
  kDateTiming,
  kExistsNotFalse,
  kNumber,
  kNumberRange,
  kPosition,
  kQuantity,
  kQuantityMoney,
  kQuantityRange,
  kQuantitySampled,
  kReference,
  kReferenceCanonical,
  kReferenceResource,
  kReferenceUri,
  kStringAddress,
  kStringHumanName,
  kStringText,
  kTokenBoolean,
  kTokenCoding,
  kTokenConcept,
  kTokenContactPoint,
  kTokenIdentifier,
  kTokenText,
  kUri,
  kUriCanonical,
};

enum class StepOp : std::uint8_t { kChild, kIndex, kWhere };

inline constexpr std::uint8_t kArray = 1;     // ElementRow::flags, MemberRow::flags
inline constexpr std::uint8_t kChoice = 2;    // ElementRow::flags, MemberRow::flags
inline constexpr std::uint8_t kSummary = 4;   // ElementRow::flags
inline constexpr std::uint8_t kModifier = 8;  // ElementRow::flags
inline constexpr std::uint16_t kSlotSink = 0x8000;
inline constexpr std::uint8_t kNoSlot = 0xFF;

struct TypeRow {  // [1..], by ResourceType
  Text name;
  std::uint16_t structure;
  std::uint16_t first_param;
  std::uint16_t param_count;
  std::uint16_t created_param;
  std::uint16_t node;  // root of its trie
  std::uint8_t supported;
};
// A structure begins with the elements of its base, so an element has the same place in both.
// Invariants stand where they are defined and hold for everything derived from there: a Patient has
// those of its own row, of DomainResource's and of Resource's; a Patient.contact its own, those of
// BackboneElement and of Element (which hold for primitives too).
struct StructureRow {  // [1..], by StructureId
  Text path;
  std::uint16_t first_element;
  std::uint16_t first_member;
  std::uint16_t base;  // the structure that it derives from; 0: Element and Resource
  std::uint16_t first_invariant;
  std::uint8_t invariant_count;
  std::uint8_t element_count;
  std::uint8_t member_count;
  std::uint8_t slot_bits;
  std::uint32_t first_slot;
  std::uint64_t seed;
  std::uint64_t required;  // a bit per element
};
struct ElementRow {
  Text name;
  std::uint8_t min;
  std::uint8_t flags;
  std::uint8_t first_member;  // within the structure
  std::uint8_t member_count;
  std::uint16_t codes;  // a CodeSetId, of its only type: code or CodeableConcept
  std::uint16_t first_target;
  std::uint8_t target_count;
};
struct MemberRow {
  Text name;
  Text code;
  std::uint8_t element;  // within the structure
  Kind kind;
  std::uint8_t flags;
  std::uint16_t structure;
  std::uint16_t first_target;  // of a Reference or canonical, in kTargets; count 0: any type
  std::uint8_t target_count;
  // Those that hold at this place beside those of the value's own structure: of the element
  // (org-2 of Organization.address), or of a profile on its type (sqty-1 where the definition says
  // SimpleQuantity).
  std::uint16_t first_invariant;
  std::uint8_t invariant_count;
};
struct InvariantRow {  // each once; lists overlap only when they are the same
  Text key;
  LongText expression;
  InvariantSeverity severity;
};
struct ParamRow {  // [1..], by ParamId
  Text code;
  Text definition;
  std::uint8_t base;
  std::uint8_t type;
  std::uint8_t origin;
  std::uint8_t target_count;
  std::uint8_t component_count;
  std::uint16_t first_target;
  std::uint16_t first_component;
};
struct CodeSetRow {  // [1..], by CodeSetId; sorted by url
  Text url;
  Text system;  // unless listed: the one system of its codes
  std::uint16_t first;
  std::uint16_t count;
  std::uint8_t slot_bits;
  CodeGrammar grammar;
  std::uint32_t first_slot;
  std::uint64_t seed;
};
struct CodeRow {  // sorted by code within a set; a code of several systems has a row for each
  Text code;
  Text system;
};
struct CompartmentRow {  // sorted by compartment, type
  std::uint8_t compartment;
  std::uint8_t type;
  std::uint8_t count;
  std::uint16_t first;
};
struct NodeRow {             // of the tries; 0: none
  std::uint32_t first_edge;  // one per member of the structure: the node there, or 0
  std::uint16_t first_action;
  std::uint16_t first_composite;
  std::uint8_t action_count;
  std::uint8_t composite_count;
  std::uint8_t has_edges;
};
struct ActionRow {
  Extractor extractor;
  std::uint8_t step_count;
  std::uint8_t sink_count;
  std::uint16_t codes;
  std::uint16_t first_step;
  std::uint16_t first_sink;
};
struct StepRow {
  StepOp op;
  std::uint8_t index;
  Text name;
  Text value;
};
struct SinkRow {
  std::uint16_t to;     // a ParamId, or kSlotSink | slot
  std::uint8_t target;  // 0, or the only ResourceType taken
};
struct CompositeRow {
  std::uint16_t param;
  std::uint8_t part_count;
  std::uint8_t slot[3];  // kNoSlot: taken by resource_action
  std::uint16_t part_param[3];
  std::uint16_t resource_action[3];  // run on the resource
};

extern const TypeRow kTypes[];
extern const StructureRow kStructures[];
extern const std::uint8_t kMemberSlots[];  // perfect hash of JSON names: member number + 1, or 0
extern const ElementRow kElements[];
extern const MemberRow kMembers[];
extern const InvariantRow kInvariants[];
extern const ParamRow kParams[];
extern const std::uint8_t kTargets[];
extern const std::uint16_t kComponents[];
extern const CodeSetRow kCodeSets[];
extern const CodeRow kCodes[];
// Open addressing: the number within the set of the first row of a code, counted from 1; 0 ends.
extern const std::uint16_t kCodeSlots[];
extern const CompartmentRow kCompartments[];
extern const std::uint16_t kCompartmentParams[];
extern const NodeRow kNodes[];
extern const std::uint16_t kEdges[];
extern const ActionRow kActions[];
extern const StepRow kSteps[];
extern const SinkRow kSinks[];
extern const CompositeRow kComposites[];
extern const std::uint8_t kTypeSlots[];  // perfect hash of resource type names
extern const std::uint16_t kTypeCount;
extern const std::uint16_t kStructureCount;
extern const std::uint16_t kInvariantCount;
extern const std::uint16_t kTargetCount;
extern const std::uint16_t kParamCount;
extern const std::uint16_t kCodeSetCount;
extern const std::uint16_t kCompartmentCount;
extern const std::uint8_t kTypeSlotBits;
extern const std::uint64_t kTypeSeed;
extern const std::uint64_t kDefinitionsHash;

// The generator computes the same: a change here is one there.
inline std::uint64_t NameHash(std::string_view name) noexcept {
  const char* p = name.data();
  const std::size_t n = name.size();
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (n >= 8) {
    std::memcpy(&a, p, 8);
    std::memcpy(&b, p + n - 8, 8);
  } else if (n >= 4) {
    std::uint32_t low;
    std::uint32_t high;
    std::memcpy(&low, p, 4);
    std::memcpy(&high, p + n - 4, 4);
    a = low;
    b = high;
  } else if (n > 0) {
    a = static_cast<std::uint64_t>(static_cast<unsigned char>(p[0])) |
        static_cast<std::uint64_t>(static_cast<unsigned char>(p[n / 2])) << 8 |
        static_cast<std::uint64_t>(static_cast<unsigned char>(p[n - 1])) << 16;
  }
  return (a + b * 0x9E3779B97F4A7C15U) ^ n;
}
inline std::size_t SlotOf(std::uint64_t hash, std::uint64_t seed, std::uint8_t bits) noexcept {
  return static_cast<std::size_t>((hash * seed) >> (64 - bits));
}

// For short names: faster than a call of memcmp.
inline bool SameName(std::string_view a, std::string_view b) noexcept {
  const std::size_t n = a.size();
  if (n != b.size()) return false;
  const char* p = a.data();
  const char* q = b.data();
  const auto same = [&](std::size_t at, auto word) {
    auto other = word;
    std::memcpy(&word, p + at, sizeof word);
    std::memcpy(&other, q + at, sizeof other);
    return word == other;
  };
  if (n >= 8) {
    for (std::size_t at = 0; at + 8 < n; at += 8) {
      if (!same(at, std::uint64_t{})) return false;
    }
    return same(n - 8, std::uint64_t{});
  }
  if (n >= 4) return same(0, std::uint32_t{}) && same(n - 4, std::uint32_t{});
  for (std::size_t at = 0; at < n; ++at) {
    if (p[at] != q[at]) return false;
  }
  return true;
}

// The member of that JSON name, counted within the structure; -1 when there is none.
inline int FindMember(const StructureRow& structure, std::string_view name,
                      std::uint64_t hash) noexcept {
  const std::size_t slot = SlotOf(hash, structure.seed, structure.slot_bits);
  const std::uint8_t member = kMemberSlots[structure.first_slot + slot];
  if (member == 0) return -1;
  return SameName(View(kMembers[structure.first_member + member - 1].name), name) ? member - 1 : -1;
}

}  // namespace healthlake::fhir::r4
