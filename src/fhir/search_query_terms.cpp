#include "fhir/search_query_terms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "fhir/search_query_numbers.hpp"
#include "fhir/ucum.hpp"
#include "healthlake/fhir/resource_id.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

struct PrefixName {
  std::string_view name;
  SearchPrefix prefix;
};
constexpr std::array<PrefixName, 11> kPrefixes = {{
    {"eq", SearchPrefix::kEq},
    {"ne", SearchPrefix::kNe},
    {"gt", SearchPrefix::kGt},
    {"lt", SearchPrefix::kLt},
    {"ge", SearchPrefix::kGe},
    {"le", SearchPrefix::kLe},
    {"sa", SearchPrefix::kSa},
    {"eb", SearchPrefix::kEb},
    {"ap", SearchPrefix::kAp},
    {"po", SearchPrefix::kPo},
    {"co", SearchPrefix::kCo},
}};

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// Of a place, when a search gives none: what is near is at the server's discretion.
constexpr double kDefaultDistance = 50;
struct LengthUnit {
  std::string_view code;
  double meters;
};
constexpr auto kLengthUnits = std::to_array<LengthUnit>({
    {"km", 1'000},
    {"m", 1},
    {"[mi_i]", 1'609.344},
    {"[mi_us]", 1'609.347'218'694},
});

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
template <typename Term>
std::optional<SimpleTerm> Wrap(std::optional<Term> term) {
  if (!term) return std::nullopt;
  return SimpleTerm(std::move(*term));
}

}  // namespace

std::string_view NameOf(SearchPrefix prefix) {
  return kPrefixes[static_cast<std::size_t>(prefix)].name;
}

std::vector<std::string_view> SplitEscaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == separator) {
      parts.push_back(text.substr(start, at - start));
      start = at + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::string Unescape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '\\' && at + 1 < text.size() &&
                        std::string_view(",$|\\").find(text[at + 1]) != std::string_view::npos;
    if (escape) ++at;
    result.push_back(text[at]);
  }
  return result;
}

std::optional<SearchTerm> TermParser::Parse(const SearchParam& param, SearchModifier modifier,
                                            ResourceType target, std::string_view text) {
  if (text.empty()) return Fail<SearchTerm>("has an empty value");
  // What is nothing but white space or marks is compared as nothing, and would be found everywhere.
  const bool normalised = param.type == SearchType::kString && modifier != SearchModifier::kExact;
  if (normalised && NormalizeString(Unescape(text)).empty()) {
    return Fail<SearchTerm>("has a value without any character");
  }
  if (param.type == SearchType::kComposite) return ParseComposite(param, text);
  std::optional<SimpleTerm> term = ParseModified(param, modifier, target, text);
  if (!term) return std::nullopt;
  return SearchTerm(std::move(*term));
}

std::optional<SearchTerm> TermParser::ParseWithPrefix(const SearchParam& param,
                                                      SearchModifier modifier, SearchPrefix prefix,
                                                      std::string_view text) {
  prefix_ = prefix;
  return Parse(param, modifier, {}, text);
}

std::optional<SimpleTerm> TermParser::ParseModified(const SearchParam& param,
                                                    SearchModifier modifier, ResourceType target,
                                                    std::string_view text) {
  switch (modifier) {
    case SearchModifier::kIdentifier:
      return Wrap(ParseToken(text));
    case SearchModifier::kType:
      return Wrap(ParseTyped(target, text));
    case SearchModifier::kText:
      return SimpleTerm(StringTerm{Unescape(text)});
    case SearchModifier::kIn:
    case SearchModifier::kNotIn:
      return SimpleTerm(UriTerm{Unescape(text)});
    case SearchModifier::kOfType:
      return Wrap(ParseTypedIdentifier(text));
    case SearchModifier::kAbove:
    case SearchModifier::kBelow:
      if (param.type == SearchType::kToken) return Wrap(ParseConcept(text));
      break;
    default:
      break;
  }
  return ParseSimple(param, text);
}

std::optional<SimpleTerm> TermParser::ParseSimple(const SearchParam& param, std::string_view text) {
  if (text.empty()) return Fail<SimpleTerm>("has an empty value");
  switch (param.type) {
    case SearchType::kNumber:
      return Wrap(ParseNumber(text));
    case SearchType::kDate:
      return Wrap(ParseDate(text));
    case SearchType::kString:
      return SimpleTerm(StringTerm{Unescape(text)});
    case SearchType::kToken:
      return Wrap(ParseToken(text));
    case SearchType::kReference:
      return Wrap(ParseReferenceTerm(param, text));
    case SearchType::kQuantity:
      return Wrap(ParseQuantity(text));
    case SearchType::kUri:
      return SimpleTerm(UriTerm{Unescape(text)});
    case SearchType::kSpecial:
      return Wrap(ParsePosition(text));
    case SearchType::kComposite:
      break;
  }
  return Fail<SimpleTerm>("cannot be searched by value");
}

std::optional<SearchTerm> TermParser::ParseComposite(const SearchParam& param,
                                                     std::string_view text) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '$');
  if (parts.size() != param.components.size()) {
    why_ = "is a composite of " + std::to_string(param.components.size()) +
           " parts joined by '$', not " + std::to_string(parts.size());
    return std::nullopt;
  }
  CompositeTerm composite;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const SearchParam* component = FindSearchParam(param.components[i]);
    if (component == nullptr) return Fail<SearchTerm>("cannot be searched by value");
    std::optional<SimpleTerm> term = ParseSimple(*component, parts[i]);
    if (!term) return std::nullopt;
    composite.parts.push_back(std::move(*term));
  }
  return SearchTerm(std::move(composite));
}

std::optional<TokenTerm> TermParser::ParseToken(std::string_view text) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  TokenTerm term;
  if (parts.size() == 1) {
    term.code = Unescape(parts[0]);
    return term;
  }
  if (parts.size() > 2) return Fail<TokenTerm>("has more than one '|' in a token");
  term.system = Unescape(parts[0]);
  term.code = Unescape(parts[1]);
  if (term.system.empty() && term.code.empty()) {
    return Fail<TokenTerm>("has neither a system nor a code in '|'");
  }
  if (term.system.empty()) {
    term.form = TokenForm::kCodeNoSystem;
  } else {
    term.form = term.code.empty() ? TokenForm::kSystem : TokenForm::kSystemAndCode;
  }
  return term;
}

std::optional<TokenTerm> TermParser::ParseConcept(std::string_view text) {
  std::optional<TokenTerm> term = ParseToken(text);
  if (term && term->code.empty()) return Fail<TokenTerm>("is written code or system|code");
  return term;
}

std::optional<TypedIdentifierTerm> TermParser::ParseTypedIdentifier(std::string_view text) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  const bool whole = parts.size() == 3 && std::none_of(parts.begin(), parts.end(),
                                                       [](auto part) { return part.empty(); });
  if (!whole) return Fail<TypedIdentifierTerm>("is written system|code|value, all three given");
  return TypedIdentifierTerm{Unescape(parts[0]), Unescape(parts[1]), Unescape(parts[2])};
}

std::optional<ReferenceTerm> TermParser::ParseReferenceTerm(const SearchParam& param,
                                                            std::string_view text) {
  const std::string plain = Unescape(text);
  ReferenceTerm term;
  if (IsId(plain)) {
    term.id = plain;
    return term;
  }
  const ReferenceText reference = ParseReference(plain, limits_.datastore_id);
  term.text = std::string(reference.text);
  term.target = reference.target;
  const bool allowed = !reference.local || param.targets.empty() ||
                       std::find(param.targets.begin(), param.targets.end(), reference.target) !=
                           param.targets.end();
  if (!allowed) {
    why_ = "does not refer to resources of type " + std::string(NameOf(reference.target));
    return std::nullopt;
  }
  return term;
}

std::optional<ReferenceTerm> TermParser::ParseTyped(ResourceType target, std::string_view text) {
  const std::string plain = Unescape(text);
  ReferenceTerm term;
  if (IsId(plain)) {
    term.text = std::string(NameOf(target)) + "/" + plain;
    term.target = target;
    return term;
  }
  const ReferenceText reference = ParseReference(plain, limits_.datastore_id);
  if (reference.target != target) {
    why_ = "names no resource of type " + std::string(NameOf(target));
    return std::nullopt;
  }
  term.text = std::string(reference.text);
  term.target = reference.target;
  return term;
}

std::optional<SearchPrefix> TermParser::TakePrefix(std::string_view& text) {
  if (prefix_) return prefix_;
  if (text.size() < 2 || !IsLetter(text[0]) || !IsLetter(text[1])) return SearchPrefix::kEq;
  for (const PrefixName& known : kPrefixes) {
    if (!text.starts_with(known.name) || known.prefix >= SearchPrefix::kPo) continue;
    if (known.prefix == SearchPrefix::kAp && limits_.rules == SearchRules::kHealthLake) {
      return Fail<SearchPrefix>(
          "uses the prefix ap, which HealthLake does not support (--compat r4 does)");
    }
    text.remove_prefix(2);
    return known.prefix;
  }
  why_ = "has the unknown prefix '" + std::string(text.substr(0, 2)) + "'";
  return std::nullopt;
}

std::optional<DateTerm> TermParser::ParseDate(std::string_view text) {
  const std::optional<SearchPrefix> prefix = TakePrefix(text);
  if (!prefix) return std::nullopt;
  // A '+' of a zone that was not percent-encoded has become a space.
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), ' ', '+');
  const std::optional<DateInterval> interval = ParseDateInterval(plain);
  if (!interval) return Fail<DateTerm>("has a value that is no date, dateTime or instant");
  return DateTerm{*prefix, interval->from, interval->until};
}

std::optional<NumberTerm> TermParser::ParseNumber(std::string_view text) {
  const std::optional<SearchPrefix> prefix = TakePrefix(text);
  if (!prefix) return std::nullopt;
  std::optional<NumberTerm> term = ReadNumber(*prefix, text);
  if (!term) return Fail<NumberTerm>("has a value that is no number");
  return term;
}

std::optional<QuantityTerm> TermParser::ParseQuantity(std::string_view text) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  if (parts.size() == 2 || parts.size() > 3) {
    return Fail<QuantityTerm>("is written number or number|system|code");
  }
  const std::optional<NumberTerm> number = ParseNumber(parts[0]);
  if (!number) return std::nullopt;
  QuantityTerm term;
  term.number = *number;
  if (parts.size() == 1) return term;
  term.system = Unescape(parts[1]);
  term.code = Unescape(parts[2]);
  if (!term.system.empty()) {
    term.form =
        term.code.empty() ? QuantityTerm::Unit::kSystem : QuantityTerm::Unit::kSystemAndCode;
  } else if (!term.code.empty()) {
    term.form = QuantityTerm::Unit::kCodeOrUnit;
  }
  const bool canonical = limits_.rules == SearchRules::kR4 && term.system == kUcum &&
                         term.form == QuantityTerm::Unit::kSystemAndCode;
  if (canonical) term.commensurable = CommensurableUnits(term.code, term.number);
  return term;
}

std::optional<PositionTerm> TermParser::ParsePosition(std::string_view text) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  if (parts.size() < 2 || parts.size() > 4) {
    return Fail<PositionTerm>("is written latitude|longitude|distance|units");
  }
  const auto number = [&](std::size_t at, double fallback) -> std::optional<double> {
    if (at >= parts.size() || parts[at].empty()) return fallback;
    const auto read = ReadNumber(SearchPrefix::kEq, parts[at]);
    if (!read) return std::nullopt;
    return read->value;
  };
  const auto latitude = number(0, HUGE_VAL);
  const auto longitude = number(1, HUGE_VAL);
  if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) {
    return Fail<PositionTerm>("has a value that is no place: latitude|longitude in degrees");
  }
  const auto distance = number(2, kDefaultDistance);
  if (!distance || *distance < 0) return Fail<PositionTerm>("has a distance that is no number");
  const std::string unit = parts.size() < 4 || parts[3].empty() ? "km" : Unescape(parts[3]);
  for (const LengthUnit& known : kLengthUnits) {
    if (known.code == unit) return PositionTerm{*latitude, *longitude, *distance * known.meters};
  }
  return Fail<PositionTerm>("has a distance in a unit that is not m, km, [mi_i] or [mi_us]");
}

}  // namespace healthlake::fhir
