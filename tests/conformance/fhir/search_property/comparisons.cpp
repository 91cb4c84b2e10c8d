// The comparisons of search.html, written from its text: nothing is shared with the search itself
// but the reading of a date's text.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "conformance/fhir/search_property/question.hpp"
#include "conformance/fhir/search_property/store_under_test.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir::search_property {
namespace {

Decimal Number(const std::string& text) {
  return *Decimal::Parse(text);
}

// Half of the last digit that is written: 100 is 0.5, 1e2 is 50, 5.40 is 0.005.
Decimal HalfOfLastDigit(const std::string& text) {
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string mantissa = text.substr(0, exponent_at);
  int exponent = exponent_at == std::string::npos ? 0 : std::stoi(text.substr(exponent_at + 1));
  const std::size_t point = mantissa.find('.');
  if (point != std::string::npos) exponent -= static_cast<int>(mantissa.size() - point - 1);
  return Number("0.5e" + std::to_string(exponent));
}

struct Interval {
  Decimal low;
  Decimal high;  // exclusive
};

Interval Implied(const std::string& text) {
  const Decimal value = Number(text);
  const Decimal half = HalfOfLastDigit(text);
  return {*Subtract(value, half), *Add(value, half)};
}

// A tenth of the value.
Decimal Tenth(const Decimal& value) {
  return *Multiply(value.IsNegative() ? value.Negated() : value, Number("0.1"));
}

// No end on a side is beyond everything.
bool MeetsNumber(const std::optional<Decimal>& low, const std::optional<Decimal>& high,
                 const Atom& atom) {
  const Decimal asked = Number(atom.text);
  const Interval implied = Implied(atom.text);
  const bool equal = low && high && *low >= implied.low && *high < implied.high;
  if (atom.prefix.empty() || atom.prefix == "eq") return equal;
  if (atom.prefix == "ne") return !equal;
  if (atom.prefix == "gt") return !high || *high > asked;
  if (atom.prefix == "ge") return !high || *high >= asked;
  if (atom.prefix == "lt") return !low || *low < asked;
  if (atom.prefix == "le") return !low || *low <= asked;
  if (atom.prefix == "sa") return low && *low > asked;
  if (atom.prefix == "eb") return high && *high < asked;
  // Equal, or no more than a tenth away.
  const Decimal least = *Subtract(asked, Tenth(asked));
  const Decimal most = *Add(asked, Tenth(asked));
  return (!low || *low < implied.high || *low <= most) &&
         (!high || *high >= implied.low || *high >= least);
}

// Units of UCUM that the generator knows, in those that they are compared in.
struct Ucum {
  std::string base;
  Decimal factor;
};
const std::map<std::string, Ucum>& UcumUnits() {
  static const std::map<std::string, Ucum> units = {
      {"mg", {"g", Number("0.001")}}, {"g", {"g", Number("1")}},
      {"kg", {"g", Number("1000")}},  {"mm[Hg]", {"mm[Hg]", Number("1")}},
      {"cm", {"m", Number("0.01")}},  {"m", {"m", Number("1")}},
  };
  return units;
}
constexpr std::string_view kUcum = "http://unitsofmeasure.org";

bool MeetsQuantity(const Value& value, const Atom& atom, const Rules& rules) {
  if (!atom.has_system) return MeetsNumber(value.low, value.high, atom);
  if (atom.system.empty()) {
    return (value.code == atom.unit || value.unit == atom.unit) &&
           MeetsNumber(value.low, value.high, atom);
  }
  if (value.system != atom.system) return false;
  if (atom.unit.empty() || value.code == atom.unit) {
    return MeetsNumber(value.low, value.high, atom);
  }
  const auto stored = UcumUnits().find(value.code);
  const auto asked = UcumUnits().find(atom.unit);
  if (!rules.converts_units || atom.system != kUcum || stored == UcumUnits().end() ||
      asked == UcumUnits().end() || stored->second.base != asked->second.base) {
    return false;
  }
  // The value in the unit asked for.
  const auto convert = [&](const std::optional<Decimal>& number) -> std::optional<Decimal> {
    if (!number) return std::nullopt;
    return Divide(*Multiply(*number, stored->second.factor), asked->second.factor);
  };
  return MeetsNumber(convert(value.low), convert(value.high), atom);
}

bool MeetsDate(const Value& value, const Atom& atom, const Rules& rules) {
  const DateInterval asked = *ParseDateInterval(atom.text);
  const bool within = asked.from <= value.from && value.until <= asked.until;
  if (atom.prefix.empty() || atom.prefix == "eq") return within;
  if (atom.prefix == "ne") return !within;
  if (atom.prefix == "gt") return value.until > asked.until;
  if (atom.prefix == "lt") return value.from < asked.from;
  if (atom.prefix == "ge") return within || value.until > asked.until;
  if (atom.prefix == "le") return within || value.from < asked.from;
  if (atom.prefix == "sa") return value.from >= asked.until;
  if (atom.prefix == "eb") return value.until <= asked.from;
  // About: a tenth of the time between then and now, on either side.
  const std::int64_t here = rules.now.time_since_epoch().count();
  const std::int64_t gap = here >= asked.until ? here - asked.until
                           : here < asked.from ? asked.from - here
                                               : 0;
  return value.from < asked.until + gap / 10 && value.until > asked.from - gap / 10;
}

bool MeetsToken(const Value& value, const Atom& atom, const Rules& rules) {
  if (!atom.has_system) {
    return Folded(value.text) == Folded(atom.text) ||
           (rules.code_may_be_system && value.system == atom.text);
  }
  if (atom.text.empty()) return value.system == atom.system;
  if (Folded(value.text) != Folded(atom.text)) return false;
  if (atom.system.empty()) return value.system.empty() || value.system_implied;
  return value.system == atom.system;
}

bool MeetsReference(const Value& value, const Atom& atom, const std::string& modifier) {
  std::string asked = LocalName(atom.text);
  if (!modifier.empty() && asked.find('/') == std::string::npos) asked = modifier + "/" + asked;
  if (asked.find('/') != std::string::npos) return value.text == asked;
  const std::size_t slash = value.text.find('/');
  return slash != std::string::npos && value.text.substr(slash + 1) == asked &&
         FindResourceType(value.text.substr(0, slash)).has_value();
}

bool MeetsString(const Value& value, const Atom& atom, const std::string& modifier) {
  if (modifier == "exact") return value.text == atom.text;
  const std::string stored = Plain(value.text);
  const std::string asked = Plain(atom.text);
  return modifier == "contains" ? stored.find(asked) != std::string::npos
                                : stored.starts_with(asked);
}

bool MeetsUri(const Value& value, const Atom& atom, const std::string& modifier) {
  if (modifier == "below") return value.text.starts_with(atom.text);
  if (modifier == "above") {
    return atom.text == value.text ||
           (atom.text.starts_with(value.text) &&
            (value.text.ends_with('/') || atom.text[value.text.size()] == '/'));
  }
  return value.text == atom.text;
}

}  // namespace

std::string LocalName(std::string reference) {
  const std::string own = "/datastore/" + std::string(kDatastoreId) + "/r4/";
  const std::size_t at = reference.find(own);
  if (at != std::string::npos) reference.erase(0, at + own.size());
  if (FindResourceType(reference.substr(0, reference.find('/')))) {
    reference = reference.substr(0, reference.find("/_history/"));
  }
  return reference;
}

std::string Folded(std::string_view code) {
  std::string folded(code);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return folded;
}

std::string Plain(std::string_view text) {
  static const std::array<std::pair<std::string_view, char>, 6> kLetters = {
      {{"É", 'e'}, {"é", 'e'}, {"Å", 'a'}, {"å", 'a'}, {"ö", 'o'}, {"Ö", 'o'}}};
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = std::ranges::find_if(
        kLetters, [&](const auto& row) { return text.substr(i).starts_with(row.first); });
    if (letter != kLetters.end()) {
      plain += letter->second;
      i += letter->first.size();
    } else if (text[i] == ' ' || text[i] == '\t') {
      if (!plain.empty() && plain.back() != ' ') plain += ' ';
      ++i;
    } else {
      plain += Folded(text.substr(i, 1));
      ++i;
    }
  }
  if (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

bool Meets(const Value& value, const Atom& atom, const std::string& modifier, const Rules& rules) {
  if (modifier == "identifier")
    return value.kind == ValueKind::kIdentifier && MeetsToken(value, atom, rules);
  if (modifier == "text") {
    return value.kind == ValueKind::kTokenText && MeetsString(value, atom, {});
  }
  if (modifier == "of-type") {
    // system|code|value
    return value.kind == ValueKind::kTypedIdentifier && value.system == atom.system &&
           Folded(value.code) == Folded(atom.unit) && Folded(value.text) == Folded(atom.text);
  }
  switch (atom.type) {
    case SearchType::kToken:
      return value.kind == ValueKind::kToken && MeetsToken(value, atom, rules);
    case SearchType::kString:
      return value.kind == ValueKind::kString && MeetsString(value, atom, modifier);
    case SearchType::kReference:
      return value.kind == ValueKind::kReference && MeetsReference(value, atom, modifier);
    case SearchType::kUri:
      return value.kind == ValueKind::kUri && MeetsUri(value, atom, modifier);
    case SearchType::kDate:
      return value.kind == ValueKind::kDate && MeetsDate(value, atom, rules);
    case SearchType::kNumber:
      return value.kind == ValueKind::kNumber && MeetsNumber(value.low, value.high, atom);
    case SearchType::kQuantity:
      return value.kind == ValueKind::kQuantity && MeetsQuantity(value, atom, rules);
    case SearchType::kComposite:
    case SearchType::kSpecial:
      break;
  }
  return false;
}

}  // namespace healthlake::fhir::search_property
