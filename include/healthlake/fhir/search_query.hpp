// A FHIR search as it was asked for: the query string taken apart, checked and typed (search.html
// of R4; reference 5). What it means for stored data is the datastore room's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "healthlake/core/issue.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {

// Known to _filter only: kPo, the intervals have a moment in common; kCo, of dates: that of the
// value contains the whole one of the term.
enum class SearchPrefix : std::uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp, kPo, kCo };
std::string_view NameOf(SearchPrefix prefix);  // "eq"

enum class SearchModifier : std::uint8_t {
  kNone,
  kMissing,
  kExact,
  kContains,
  kEndsWith,  // strings, by _filter's `ew` only
  kEquals,    // strings whose normal forms are the same, by _filter's `eq` only
  kDiffers,   // some value is another one than the term, by _filter's `ne` only
  kNot,
  kText,
  kIdentifier,
  kAbove,
  kBelow,
  kIn,
  kNotIn,
  kOfType,
  kType,  // :Patient on a reference
};

// The ways to write a token, and the system and code of a quantity (search.html, token).
enum class TokenForm : std::uint8_t {
  kCode,           // code: whatever the system
  kSystemAndCode,  // system|code
  kCodeNoSystem,   // |code: only where no system is given
  kSystem,         // system|: any code of it
};

struct TokenTerm {
  TokenForm form = TokenForm::kCode;
  std::string system;
  std::string code;
};
struct StringTerm {
  std::string text;  // as written; compare by NormalizeString
};
struct UriTerm {  // also the value set of :in and :not-in
  std::string text;
};
// Identifier.type and value of :of-type.
struct TypedIdentifierTerm {
  std::string system;
  std::string code;
  std::string value;
};
// Within `meters` of a place (Location's `near`).
struct PositionTerm {
  double latitude = 0;
  double longitude = 0;
  double meters = 0;
};
// Exactly one of: `text` ("Type/id", a URL, urn:), or `id` alone, of any allowed type.
struct ReferenceTerm {
  std::string text;     // without version; own absolute URLs are "Type/id"
  ResourceType target;  // of `text`, where it tells
  std::string id;
};
struct DateTerm {
  SearchPrefix prefix = SearchPrefix::kEq;
  std::int64_t from = 0;   // the interval that the text stands for, as in DateInterval
  std::int64_t until = 0;  // exclusive
};
// `low` (inclusive) and `high` (exclusive) bound the numbers that equal the text to the digits
// given: 100 is [99.5, 100.5), 1e2 is [50, 150). Used for eq and ne, and for ap, where they are a
// tenth of the value away or more; all other prefixes compare with `value`.
struct NumberTerm {
  SearchPrefix prefix = SearchPrefix::kEq;
  double value = 0;
  double low = 0;
  double high = 0;
};
struct QuantityTerm {
  NumberTerm number;
  enum class Unit : std::uint8_t {
    kAny,            // 5.4
    kSystemAndCode,  // 5.4|system|code
    kCodeOrUnit,     // 5.4||mg: the code or the unit as written
    kSystem,         // 5.4|system|: any code of it
  };
  Unit form = Unit::kAny;
  std::string system;
  std::string code;
  // Another UCUM code whose quantities compare with this one, and the term's number in it, exact
  // where decimals are. Only under kR4, for number|http://unitsofmeasure.org|code.
  struct Commensurable {
    std::string code;
    NumberTerm number;
  };
  std::vector<Commensurable> commensurable;
};

using SimpleTerm = std::variant<TokenTerm, StringTerm, UriTerm, ReferenceTerm, DateTerm, NumberTerm,
                                QuantityTerm, TypedIdentifierTerm, PositionTerm>;
// One part for each of SearchParam::components, in their order.
struct CompositeTerm {
  std::vector<SimpleTerm> parts;
};
// The alternative follows the parameter's type, but for modifiers: kIdentifier has a TokenTerm,
// kText a StringTerm, kIn and kNotIn a UriTerm, kOfType a TypedIdentifierTerm.
using SearchTerm = std::variant<SimpleTerm, CompositeTerm>;

// A parameter and its values: satisfied when any of `any_of` is (with kNot and kNotIn: when none
// is).
struct SearchClause {
  const SearchParam* param = nullptr;
  SearchModifier modifier = SearchModifier::kNone;
  bool missing = false;  // kMissing: the value given; `any_of` is then empty
  std::vector<SearchTerm> any_of;
};

struct Criterion;

// subject:Patient.name=x: some resource that `reference` refers to is of the type and satisfies the
// criteria of one of the branches. A type written without [Type] has a branch for each target type
// that knows the parameter behind the dot.
struct Chain {
  struct Branch {
    ResourceType target;
    std::vector<Criterion> all_of;
  };
  const SearchParam* reference = nullptr;
  std::vector<Branch> branches;
};

// _has:Observation:patient:code=x: some resource of type `source` that satisfies the criteria
// refers to this one by `reference`, a parameter of `source`.
struct ReverseChain {
  ResourceType source;
  const SearchParam* reference = nullptr;
  std::vector<Criterion> all_of;
};

// Patient/1/Observation: the resource is in the compartment of `compartment`/`id`
// (fhir::CompartmentParams; the resource `compartment`/`id` itself is too).
struct CompartmentCriterion {
  ResourceType compartment;
  std::string id;
};

// _list=id: an entry of List/id that is not marked as deleted refers to the resource. Any of them.
struct ListCriterion {
  std::vector<std::string> ids;
};

// _text and _content: words of the narrative, or of all text of the resource.
struct TextCriterion {
  enum class Where : std::uint8_t { kNarrative, kContent };
  Where where = Where::kNarrative;
  // Normal forms (NormalizeString) of words and phrases: satisfied when all of one row occur at the
  // beginning of a word, and none of those that are excluded.
  struct Words {
    std::vector<std::string> all_of;
    std::vector<std::string> none_of;
  };
  std::vector<Words> any_of;
};

// _filter's and, or, not.
struct Combination {
  enum class Rule : std::uint8_t { kAllOf, kAnyOf, kNoneOf };
  Rule rule = Rule::kAllOf;
  std::vector<Criterion> parts;
};

// A condition on one resource.
struct Criterion {
  std::variant<SearchClause, Chain, ReverseChain, CompartmentCriterion, ListCriterion,
               TextCriterion, Combination>
      is;
  std::string text;  // as written, "code=1234-5": for messages and _explain
};

// What is asked of resources of one type.
struct TypeSearch {
  ResourceType type;
  std::vector<Criterion> all_of;
};

struct SortRule {
  std::string code;  // "_lastUpdated"
  bool descending = false;
  std::vector<const SearchParam*> params;  // one for each of SearchQuery::types, in their order
};

// _include and _revinclude.
struct Include {
  enum class Way : std::uint8_t {
    kForward,  // what a resource of type `source` refers to by `param`
    kReverse,  // resources of type `source` that refer to it by `param`
  };
  Way way = Way::kForward;
  bool iterate = false;                // of what has been included as well
  ResourceType source;                 // none: any
  const SearchParam* param = nullptr;  // null: each reference parameter of `source`
  ResourceType target;                 // none: any
};

enum class SearchTotal : std::uint8_t { kNone, kAccurate };
enum class SearchSummary : std::uint8_t { kFalse, kTrue, kText, kData, kCount };

struct SearchQuery {
  // One for GET [base]/[type]; all types asked for of a search over the whole store.
  std::vector<TypeSearch> types;

  std::vector<SortRule> sort;  // empty: the order of first storing
  std::vector<Include> includes;
  // Levels of :iterate that are followed; HealthLake has two (reference 5.6).
  std::size_t include_levels = 2;
  // More resources than this at any step of a chain are an error; HealthLake has 100 (reference
  // 5.6). 0: no limit.
  std::size_t chain_limit = 0;

  std::size_t count = 100;  // rows of a page; 0 (only under kR4): no rows, just the total
  SearchTotal total = SearchTotal::kNone;
  SearchSummary summary = SearchSummary::kFalse;
  std::vector<std::string> elements;  // _elements; empty: all
  bool explain = false;               // _explain
  std::string page;                   // the token of a page, from SearchPage; empty: the first page

  // What a bare token matches, a code, or a code and the systems too (reference 5.3).
  bool code_may_be_system = false;

  // The parameters that were understood, in the order given, percent-encoded and joined by '&';
  // _count and page are left out. Parsing it gives this query again. For links, and to tell one
  // query from another.
  std::string applied;
  // Names of the parameters left out under kLenient.
  std::vector<std::string> ignored;
};

enum class SearchRules : std::uint8_t {
  kHealthLake,  // reference 5.2-5.7: its prefixes, modifiers, parameters, 1 <= _count <= 100
  kR4,
};

// What becomes of unknown parameters (Prefer: handling=…, reference 5.11). Without the header we
// are strict: a misspelt parameter that is left out would widen the result unseen. Unknown
// modifiers are refused either way (search.html, modifiers).
enum class SearchHandling : std::uint8_t { kStrict, kLenient };

struct SearchLimits {
  SearchRules rules = SearchRules::kHealthLake;
  SearchHandling handling = SearchHandling::kStrict;
  std::size_t default_count = 100;
  // Absolute references ending in /datastore/<datastore_id>/r4/Type/id are local (WalkOptions).
  std::string_view datastore_id;
};

// Whether a search may name the parameter: what the CapabilityStatement lists.
bool IsSearchable(const SearchParam& param, SearchRules rules);

// What _include and _revinclude may name for resources of `type`, "Observation:subject", sorted:
// CapabilityStatement.rest.resource.searchInclude and searchRevInclude.
std::vector<std::string> IncludesOf(ResourceType type, Include::Way way, SearchRules rules);

// Reads `query`, the percent-encoded text behind '?' or a form body ('+' is a space), in time
// linear in it. Throws core::Error{kInvalid} with one issue for each parameter, of the first 100,
// that is unknown, malformed or not supported ("not-supported"); the diagnostics name the parameter
// and the reason. One search has at most 2,000 values and criteria, chains counted in each branch
// (20,000 where it is of several types), and 16 steps in a chain.
SearchQuery ParseSearchQuery(ResourceType type, std::string_view query, const SearchLimits& limits);

// GET [base]?…: of all types, or of those that _type names; only under kR4. Parameters must be
// known to every type searched; without _type that is those of Resource. Throws as the other does.
SearchQuery ParseSystemQuery(std::string_view query, const SearchLimits& limits);

// Adds the compartment to what every type must satisfy. A type that has no parameter that could
// place it in the compartment (CompartmentParams) cannot match.
void RestrictToCompartment(SearchQuery& query, ResourceType compartment, std::string_view id);

}  // namespace healthlake::fhir
