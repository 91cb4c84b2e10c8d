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

enum class SearchPrefix : std::uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };
std::string_view NameOf(SearchPrefix prefix);  // "eq"

enum class SearchModifier : std::uint8_t {
  kNone,
  kMissing,
  kExact,
  kContains,
  kNot,
  kIdentifier,
  kAbove,
  kBelow,
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
struct UriTerm {
  std::string text;
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
};

using SimpleTerm =
    std::variant<TokenTerm, StringTerm, UriTerm, ReferenceTerm, DateTerm, NumberTerm, QuantityTerm>;
// One part for each of SearchParam::components, in their order.
struct CompositeTerm {
  std::vector<SimpleTerm> parts;
};
// The alternative follows the parameter's type; with kIdentifier it is a TokenTerm.
using SearchTerm = std::variant<SimpleTerm, CompositeTerm>;

// One parameter of the query: satisfied when any of `any_of` is (with kNot: when none is).
struct SearchClause {
  const SearchParam* param = nullptr;
  SearchModifier modifier = SearchModifier::kNone;
  bool missing = false;  // kMissing: the value given; `any_of` is then empty
  std::vector<SearchTerm> any_of;
};

enum class SearchTotal : std::uint8_t { kNone, kAccurate };

struct SearchQuery {
  ResourceType type;
  std::vector<SearchClause> all_of;

  std::size_t count = 100;  // rows of a page; 0 (only under kR4): no rows, just the total
  SearchTotal total = SearchTotal::kNone;
  std::string page;  // the token of SearchPage::next; empty: the first page

  // What a bare token matches, a code, or a code and the systems too (reference 5.3).
  bool code_may_be_system = false;

  // The parameters that were understood, in the order given, percent-encoded and joined by '&';
  // _count and page are left out. For links, and to tell one query from another.
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

// Reads `query`, the percent-encoded text behind '?' or a form body ('+' is a space). Throws
// core::Error{kInvalid} with one issue for each parameter that is unknown, malformed or not
// supported
// ("not-supported"); the diagnostics name the parameter and the reason.
SearchQuery ParseSearchQuery(ResourceType type, std::string_view query, const SearchLimits& limits);

}  // namespace healthlake::fhir
