// Search by looking at every body: what the index is held against. Works on the values of
// fhir::ResourceWalk with comparisons of its own, knows neither keys nor cursors.
#pragma once

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "healthlake/fhir/resource_walk.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::datastore {

class NaiveSearch {
 public:
  explicit NaiveSearch(std::string datastore_id) : datastore_id_(std::move(datastore_id)) {}

  bool Matches(const fhir::SearchQuery& query, std::string_view body) {
    if (document_.Parse(body)) return false;
    fhir::WalkOptions options;
    options.datastore_id = datastore_id_;
    walk_.Run(document_.root(), options);
    if (walk_.type() != query.types.front().type) return false;
    return std::ranges::all_of(query.types.front().all_of, [&](const fhir::Criterion& criterion) {
      return Satisfies(std::get<fhir::SearchClause>(criterion.is));
    });
  }

 private:
  using Value = fhir::IndexValue;

  bool Satisfies(const fhir::SearchClause& clause) {
    if (clause.modifier == fhir::SearchModifier::kMissing) {
      const bool present = std::any_of(walk_.values().begin(), walk_.values().end(),
                                       [&](const Value& v) { return v.param == clause.param->id; });
      return present != clause.missing;
    }
    const bool any =
        std::any_of(clause.any_of.begin(), clause.any_of.end(),
                    [&](const fhir::SearchTerm& term) { return HasTerm(clause, term); });
    return any != (clause.modifier == fhir::SearchModifier::kNot);
  }

  bool HasTerm(const fhir::SearchClause& clause, const fhir::SearchTerm& term) {
    const auto values = walk_.values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Value& value = values[i];
      const bool composite = value.kind == fhir::ValueKind::kComposite;
      if (value.param == clause.param->id) {
        if (const auto* parts = std::get_if<fhir::CompositeTerm>(&term)) {
          bool all = composite && value.parts == parts->parts.size();
          for (std::size_t p = 0; all && p < parts->parts.size(); ++p) {
            all = Meets(clause, parts->parts[p], values[i + 1 + p]);
          }
          if (all) return true;
        } else if (Meets(clause, std::get<fhir::SimpleTerm>(term), value)) {
          return true;
        }
      }
      if (composite) i += value.parts;
    }
    return false;
  }

  static bool SameCode(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      return std::tolower(static_cast<unsigned char>(x)) ==
             std::tolower(static_cast<unsigned char>(y));
    });
  }

  static bool Meets(const fhir::SearchClause& clause, const fhir::SimpleTerm& term,
                    const Value& value) {
    using fhir::ValueKind;
    if (const auto* token = std::get_if<fhir::TokenTerm>(&term)) {
      const bool identifier = clause.modifier == fhir::SearchModifier::kIdentifier;
      if (value.kind != (identifier ? ValueKind::kIdentifier : ValueKind::kToken)) return false;
      const bool code = SameCode(value.text, token->code);
      switch (token->form) {
        case fhir::TokenForm::kCode:
          return code;
        case fhir::TokenForm::kSystemAndCode:
          return code && value.system == token->system;
        case fhir::TokenForm::kCodeNoSystem:
          return code && (value.system.empty() || value.system_implied);
        case fhir::TokenForm::kSystem:
          return value.system == token->system;
      }
    }
    if (const auto* text = std::get_if<fhir::StringTerm>(&term)) {
      if (value.kind != ValueKind::kString) return false;
      const std::string stored = fhir::NormalizeString(value.text);
      const std::string asked = fhir::NormalizeString(text->text);
      if (clause.modifier == fhir::SearchModifier::kExact) return value.text == text->text;
      const std::size_t at = stored.find(asked);
      return clause.modifier == fhir::SearchModifier::kContains ? at != std::string::npos : at == 0;
    }
    if (const auto* reference = std::get_if<fhir::ReferenceTerm>(&term)) {
      if (value.kind != ValueKind::kReference) return false;
      if (!reference->text.empty()) return value.text == reference->text;
      const std::size_t slash = value.text.find('/');
      return slash != std::string_view::npos && value.text.substr(slash + 1) == reference->id;
    }
    if (const auto* date = std::get_if<fhir::DateTerm>(&term)) {
      return value.kind == ValueKind::kDate && MeetsDate(*date, value.from, value.until);
    }
    if (const auto* quantity = std::get_if<fhir::QuantityTerm>(&term)) {
      if (value.kind != ValueKind::kQuantity || !MeetsNumber(quantity->number, value)) return false;
      switch (quantity->form) {
        case fhir::QuantityTerm::Unit::kAny:
          return true;
        case fhir::QuantityTerm::Unit::kSystemAndCode:
          return value.system == quantity->system && value.code == quantity->code;
        case fhir::QuantityTerm::Unit::kCodeOrUnit:
          return value.code == quantity->code || value.unit == quantity->code;
        case fhir::QuantityTerm::Unit::kSystem:
          return value.system == quantity->system;
      }
    }
    if (const auto* number = std::get_if<fhir::NumberTerm>(&term)) {
      return value.kind == ValueKind::kNumber && MeetsNumber(*number, value);
    }
    return false;
  }

  static bool MeetsDate(const fhir::DateTerm& term, std::int64_t from, std::int64_t until) {
    const bool equal = term.from <= from && until <= term.until;
    switch (term.prefix) {
      case fhir::SearchPrefix::kEq:
        return equal;
      case fhir::SearchPrefix::kNe:
        return !equal;
      case fhir::SearchPrefix::kGt:
        return until > term.until;
      case fhir::SearchPrefix::kLt:
        return from < term.from;
      case fhir::SearchPrefix::kGe:
        return equal || until > term.until;
      case fhir::SearchPrefix::kLe:
        return equal || from < term.from;
      case fhir::SearchPrefix::kSa:
        return from >= term.until;
      case fhir::SearchPrefix::kEb:
        return until <= term.from;
      case fhir::SearchPrefix::kAp:
      case fhir::SearchPrefix::kPo:
        break;
      case fhir::SearchPrefix::kCo:
        return from <= term.from && until >= term.until;
    }
    return false;
  }

  static bool MeetsNumber(const fhir::NumberTerm& term, const Value& value) {
    const bool equal = value.low >= term.low && value.high < term.high;
    switch (term.prefix) {
      case fhir::SearchPrefix::kEq:
        return equal;
      case fhir::SearchPrefix::kNe:
        return !equal;
      case fhir::SearchPrefix::kGt:
        return value.high > term.value;
      case fhir::SearchPrefix::kLt:
        return value.low < term.value;
      case fhir::SearchPrefix::kGe:
        return value.high >= term.value;
      case fhir::SearchPrefix::kLe:
        return value.low <= term.value;
      case fhir::SearchPrefix::kSa:
        return value.low > term.value;
      case fhir::SearchPrefix::kEb:
        return value.high < term.value;
      case fhir::SearchPrefix::kAp:
      case fhir::SearchPrefix::kPo:
      case fhir::SearchPrefix::kCo:
        return value.low < term.high && value.high >= term.low;
    }
    return false;
  }

  const std::string datastore_id_;
  json::Document document_;
  fhir::ResourceWalk walk_;
};

}  // namespace healthlake::datastore
