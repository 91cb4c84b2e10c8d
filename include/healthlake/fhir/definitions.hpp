// FHIR R4 (4.0.1) as tables: resource types, elements, search parameters, compartments, codes.
// Generated facts behind functions; everything returned lives as long as the process, and
// every function may be called from any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace healthlake::fhir {

// One of R4's concrete resource types, as its number in alphabetical order, counted from 1. The
// numbers are frozen with the registry (see DefinitionsHash) and may be stored.
class ResourceType {
 public:
  constexpr ResourceType() = default;  // none
  static constexpr ResourceType FromNumber(std::uint8_t number) { return ResourceType(number); }
  constexpr std::uint8_t number() const noexcept { return number_; }
  constexpr bool IsNone() const noexcept { return number_ == 0; }
  constexpr auto operator<=>(const ResourceType&) const = default;

 private:
  explicit constexpr ResourceType(std::uint8_t number) : number_(number) {}
  std::uint8_t number_ = 0;
};

std::string_view NameOf(ResourceType type);  // empty for none
std::optional<ResourceType> FindResourceType(std::string_view name);
std::span<const ResourceType> AllResourceTypes();  // sorted by name
// Whether HealthLake lists the type (reference 8.2).
bool SupportedByHealthLake(ResourceType type);

// --- Search parameters ---------------------------------------------------------------------------

enum class SearchType : std::uint8_t {
  kNumber,
  kDate,
  kString,
  kToken,
  kReference,
  kComposite,
  kQuantity,
  kUri,
  kSpecial,
};
std::string_view NameOf(SearchType type);  // "number", "date", …

// The number of a (resource type, code) pair, counted from 1 in the order of type name, then code
// (by bytes). Parameters of one type are neighbours. Frozen with the registry: stored in databases.
class ParamId {
 public:
  constexpr ParamId() = default;  // none
  static constexpr ParamId FromNumber(std::uint16_t number) { return ParamId(number); }
  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool IsNone() const noexcept { return number_ == 0; }
  constexpr auto operator<=>(const ParamId&) const = default;

 private:
  explicit constexpr ParamId(std::uint16_t number) : number_(number) {}
  std::uint16_t number_ = 0;
};

// Where a parameter comes from, and so who provides its values.
enum class ParamOrigin : std::uint8_t {
  kElements,    // compiled from the registry's FHIRPath expression; ResourceWalk yields the values
  kServer,      // no expression: _text, _content, _query; not in the index
  kHealthLake,  // createdAt: of HealthLake itself; WalkOptions::created_at provides the value
};

struct SearchParam {
  ParamId id;
  ResourceType base;
  SearchType type = SearchType::kToken;
  ParamOrigin origin = ParamOrigin::kElements;
  std::string_view code;                  // "birthdate"
  std::string_view definition;            // logical id in the registry: "individual-birthdate"; see
                                          // http://hl7.org/fhir/SearchParameter/<definition>
  std::span<const ResourceType> targets;  // kReference: allowed types; empty when any
  std::span<const ParamId> components;    // kComposite: the parts, in order, on the same base
};

// Every type has the parameters of Resource (_id, _lastUpdated, _profile, _security, _source, _tag,
// _content, _query), those of DomainResource (_text) where it is one, and createdAt.
const SearchParam* FindSearchParam(ResourceType type, std::string_view code);  // null: unknown
const SearchParam* FindSearchParam(ParamId id);                                // null: unknown
std::span<const SearchParam> SearchParamsOf(ResourceType type);                // sorted by code
std::span<const SearchParam> AllSearchParams();  // sorted by id, the first has 1

// Identifies the numbering of types and parameters (a digest of their names and kinds). A data file
// keeps it and is refused when it differs.
std::uint64_t DefinitionsHash();

// Codes of the parameters that place a resource of `type` into a compartment
// (compartmentdefinition.html); empty when the type is not in it. `compartment` is Patient,
// Encounter, RelatedPerson, Practitioner or Device. A resource of the compartment's own type is in
// its own compartment too; that is not listed here.
std::span<const ParamId> CompartmentParams(ResourceType compartment, ResourceType type);

// --- Elements ------------------------------------------------------------------------------------

// A set of child elements: a resource type, a complex data type, or an element with children of its
// own ("Patient.contact"). Not stable across versions: never stored.
class StructureId {
 public:
  constexpr StructureId() = default;  // none
  static constexpr StructureId FromNumber(std::uint16_t number) { return StructureId(number); }
  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool IsNone() const noexcept { return number_ == 0; }
  constexpr auto operator<=>(const StructureId&) const = default;

 private:
  explicit constexpr StructureId(std::uint16_t number) : number_(number) {}
  std::uint16_t number_ = 0;
};

// A set of codes: a value set of the base specification, or a whole code system. Not stable across
// versions: never stored.
class CodeSetId {
 public:
  constexpr CodeSetId() = default;  // none
  static constexpr CodeSetId FromNumber(std::uint16_t number) { return CodeSetId(number); }
  constexpr std::uint16_t number() const noexcept { return number_; }
  constexpr bool IsNone() const noexcept { return number_ == 0; }
  constexpr auto operator<=>(const CodeSetId&) const = default;

 private:
  explicit constexpr CodeSetId(std::uint16_t number) : number_(number) {}
  std::uint16_t number_ = 0;
};

// One type that an element may have, and the JSON name that the element then goes by.
struct ElementType {
  std::string_view code;       // "Quantity", "string", "BackboneElement", "Resource"
  std::string_view json_name;  // "valueQuantity"; Element::name unless the element is a choice
  bool primitive = false;
  StructureId structure;                  // children; none for primitives and for "Resource"
  std::span<const ResourceType> targets;  // of a Reference or canonical: allowed; empty: any
};

struct Element {
  std::string_view name;  // "value" for value[x]
  std::uint8_t min = 0;
  std::uint8_t max = 1;  // 0: unbounded
  bool array = false;    // a JSON array
  bool choice = false;   // value[x]
  bool summary = false;  // flagged Σ
  bool modifier = false;
  bool Mandatory() const noexcept { return min > 0; }
  // What its code, or a coding of its CodeableConcept, must be of: the value set of a required
  // binding, or of any other the greatest one allowed (elementdefinition-maxValueSet). None: free.
  CodeSetId required_codes;
  std::span<const ElementType> types;
  // Of its Reference and canonical types together; empty: any. EvidenceVariable's definition[x] is
  // the one that has both: see ElementType::targets.
  std::span<const ResourceType> targets;
};

StructureId StructureOf(ResourceType type);
// By path: "Patient", "Patient.contact", "HumanName"; none when unknown.
StructureId FindStructure(std::string_view path);
std::string_view PathOf(StructureId structure);
// What it derives from: DomainResource of Patient, BackboneElement of Patient.contact, Quantity of
// Age; none for Element and Resource. A structure begins with the elements of its base.
StructureId BaseOf(StructureId structure);
// Whether it is `base` or derives from it, however far.
bool DerivesFrom(StructureId structure, StructureId base);
std::span<const Element> ElementsOf(StructureId structure);  // in the order of the definition
// By element name ("value") or by JSON name ("valueQuantity"); null when unknown.
const Element* FindElement(StructureId structure, std::string_view name);

// --- Codes ---------------------------------------------------------------------------------------

// Of a value set or a code system, by canonical URL; a version after "|" is ignored. None when the
// official bundles do not hold all codes of it and no grammar stands in, or when it is large (more
// than 600 codes) and no element demands it. There are all value sets of FHIR itself, those of HL7
// v2 and v3 that official definitions bind, and the code systems behind them.
CodeSetId FindCodeSet(std::string_view url);
std::string_view UrlOf(CodeSetId set);  // canonical URL
// Whether its codes are listed; otherwise they are checked by the grammar of their system, which is
// not in the bundles: languages (BCP 47), MIME types (BCP 13), UCUM, time zones, answers of LOINC.
bool IsListed(CodeSetId set);
// Case counts.
bool HasCode(CodeSetId set, std::string_view code);
bool HasCoding(CodeSetId set, std::string_view system, std::string_view code);
// The system of a code in the set, the first when there are several; empty when the set does not
// list it.
std::string_view SystemOf(CodeSetId set, std::string_view code);

struct ListedCode {
  std::string_view code;
  std::string_view system;
};
std::vector<ListedCode> CodesOf(CodeSetId set);  // sorted by code; empty unless listed

}  // namespace healthlake::fhir
