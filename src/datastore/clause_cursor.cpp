#include "datastore/clause_cursor.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

#include "datastore/long_text.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

using fhir::SearchModifier;
using fhir::SearchType;
using fhir::TokenForm;

// More symbols than any query names; FindByPrefix wants a bound.
constexpr std::size_t kAllSymbols = 100'000'000;

std::uint64_t SystemOrder(store::SymbolId system) {
  return std::min<std::uint64_t>(system, kSystemMask);
}

}  // namespace

index::CursorPtr ClauseCursors::Union(Sets sets) {
  std::erase_if(sets, [](const index::CursorPtr& set) { return set->Bound() == 0; });
  if (sets.empty()) return index::Nothing();
  if (sets.size() == 1) return std::move(sets.front());
  return index::Or(std::move(sets));
}

void ClauseCursors::AddPoint(index::Param param, const index::Key& key, Sets& sets) {
  index::CursorPtr set = source_.reader.Point(param, key);
  if (set->Bound() > 0) sets.push_back(std::move(set));
}

index::CursorPtr ClauseCursors::Live() {
  return source_.reader.Point(LiveParam(search_.type), kLiveKey);
}

index::CursorPtr ClauseCursors::OpenQuery() {
  if (search_.all_of.empty()) return Live();
  Sets sets;
  for (const fhir::Criterion& criterion : search_.all_of) {
    sets.push_back(Open(std::get<fhir::SearchClause>(criterion.is)));
  }
  if (sets.size() == 1) return std::move(sets.front());
  return index::And(std::move(sets));
}

std::optional<std::uint64_t> ClauseCursors::CountByKeys() {
  if (search_.all_of.empty()) return source_.reader.CountPoint(LiveParam(search_.type), kLiveKey);
  if (search_.all_of.size() > 1) return std::nullopt;
  const auto& clause = std::get<fhir::SearchClause>(search_.all_of.front().is);
  if (clause.modifier != SearchModifier::kNone || clause.any_of.size() != 1) return std::nullopt;
  if (clause.param->id == OwnParamsOf(search_.type).id) return std::nullopt;
  const auto* simple = std::get_if<fhir::SimpleTerm>(&clause.any_of.front());
  if (simple == nullptr) return std::nullopt;
  const index::Param param = ParamOf(clause.param->id);
  if (const auto* reference = std::get_if<fhir::ReferenceTerm>(simple)) {
    if (reference->text.empty()) return std::nullopt;
    return source_.reader.CountPoint(param, ReferenceKey(reference->text, reference->target));
  }
  const auto* token = std::get_if<fhir::TokenTerm>(simple);
  if (token == nullptr || token->form != TokenForm::kSystemAndCode) return std::nullopt;
  const auto system = FindSymbol(SystemSymbol(token->system));
  if (!system) return 0;
  const CodeHash code = HashCode(token->code);
  const std::uint64_t stated =
      source_.reader.CountPoint(param, TokenKey(code, *system, SystemOrigin::kStated));
  const std::uint64_t implied =
      source_.reader.CountPoint(param, TokenKey(code, *system, SystemOrigin::kImplied));
  // With both, a resource may be in each.
  if (stated != 0 && implied != 0) return std::nullopt;
  return stated + implied;
}

index::CursorPtr ClauseCursors::Open(const fhir::SearchClause& clause) {
  switch (clause.modifier) {
    case SearchModifier::kMissing:
      if (!clause.missing) return AnyValue(*clause.param);
      return index::AndNot(Live(), AnyValue(*clause.param));
    case SearchModifier::kNot:
      return index::AndNot(Live(), OpenTerms(clause));
    default:
      return OpenTerms(clause);
  }
}

index::CursorPtr ClauseCursors::AnyValue(const fhir::SearchParam& param) {
  if (param.id == OwnParamsOf(search_.type).id) return Live();
  if (param.type == SearchType::kString) {
    return source_.reader.StringPrefix(ParamOf(param.id), "");
  }
  Sets sets;
  sets.push_back(source_.reader.Any(ParamOf(param.id)));
  if (param.type == SearchType::kReference) {
    sets.push_back(source_.reader.Any(ParamOf(param.id, Stream::kIdentifiers)));
  }
  if (param.type == SearchType::kQuantity || param.type == SearchType::kNumber) {
    sets.push_back(source_.reader.Any(ParamOf(param.id, Stream::kLoose)));
  }
  return Union(std::move(sets));
}

index::CursorPtr ClauseCursors::OpenIds(const fhir::SearchClause& clause) {
  std::vector<index::Rid> rids;
  for (const fhir::SearchTerm& term : clause.any_of) {
    const auto* simple = std::get_if<fhir::SimpleTerm>(&term);
    const auto* token = simple == nullptr ? nullptr : std::get_if<fhir::TokenTerm>(simple);
    // Ids have no system.
    const bool plain = token != nullptr &&
                       (token->form == TokenForm::kCode || token->form == TokenForm::kCodeNoSystem);
    if (!plain) continue;
    const auto row = source_.tables.Find({search_.type.number(), token->code});
    if (row && !row->deleted()) rids.push_back(row->rid);
  }
  std::sort(rids.begin(), rids.end());
  rids.erase(std::unique(rids.begin(), rids.end()), rids.end());
  return index::Of(std::move(rids));
}

index::CursorPtr ClauseCursors::OpenTerms(const fhir::SearchClause& clause) {
  if (clause.param->id == OwnParamsOf(search_.type).id) return OpenIds(clause);
  Sets sets;
  for (const fhir::SearchTerm& term : clause.any_of) {
    if (const auto* composite = std::get_if<fhir::CompositeTerm>(&term)) {
      AddTerm(clause, *composite, sets);
    } else {
      std::visit([&](const auto& simple) { AddTerm(clause, simple, sets); },
                 std::get<fhir::SimpleTerm>(term));
    }
  }
  return Union(std::move(sets));
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::TokenTerm& term,
                            Sets& sets) {
  const index::Param param = ParamOf(
      clause.param->id,
      clause.modifier == SearchModifier::kIdentifier ? Stream::kIdentifiers : Stream::kValues);
  if (term.form == TokenForm::kSystem) return AddTokensOfSystem(param, term.system, sets);
  const CodeHash code = HashCode(term.code);
  if (term.form == TokenForm::kSystemAndCode) {
    const auto system = FindSymbol(SystemSymbol(term.system));
    if (!system) return;
    AddPoint(param, TokenKey(code, *system, SystemOrigin::kStated), sets);
    AddPoint(param, TokenKey(code, *system, SystemOrigin::kImplied), sets);
    return;
  }
  const bool no_system = term.form == TokenForm::kCodeNoSystem;
  sets.push_back(source_.reader.Range(
      param, code.high, code.high | kSystemMask, [code, no_system](const index::Key& key) {
        return SameCode(key, code) && (!no_system || SystemOf(key) == 0 || SystemImplied(key));
      }));
  if (!no_system && code_may_be_system_) AddTokensOfSystem(param, term.code, sets);
}

void ClauseCursors::AddTokensOfSystem(index::Param param, std::string_view system, Sets& sets) {
  const auto symbol = FindSymbol(SystemSymbol(system));
  if (!symbol) return;
  const std::uint64_t low = SystemOrder(*symbol);
  sets.push_back(
      source_.reader.Range(param, 0, UINT64_MAX, [low, number = *symbol](const index::Key& key) {
        return (key.order & kSystemMask) == low && SystemOf(key) == number;
      }));
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::StringTerm& term,
                            Sets& sets) {
  const index::Param param = ParamOf(clause.param->id);
  std::string normal = fhir::NormalizeString(term.text);
  if (clause.modifier == SearchModifier::kExact) {
    std::string text;
    NormalizeBounded(term.text, normal);
    AppendBounded(term.text, text);
    sets.push_back(source_.reader.StringPrefix(
        param, normal, [text](std::string_view, std::string_view exact) { return exact == text; }));
  } else if (clause.modifier == SearchModifier::kContains) {
    sets.push_back(
        source_.reader.StringPrefix(param, "", [normal](std::string_view stored, std::string_view) {
          return stored.find(normal) != std::string_view::npos;
        }));
  } else {
    sets.push_back(source_.reader.StringPrefix(param, normal));
  }
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::UriTerm& term,
                            Sets& sets) {
  const index::Param param = ParamOf(clause.param->id);
  if (clause.modifier == SearchModifier::kBelow) {
    // Only the uris of this parameter are read, one at a time: a store may hold millions.
    sets.push_back(source_.reader.Range(
        param, 0, UINT64_MAX, [this, prefix = UriSymbol(term.text)](const index::Key& key) {
          const auto text =
              source_.symbols.FindText(source_.connection, static_cast<store::SymbolId>(key.order));
          return text && text->starts_with(prefix);
        }));
    return;
  }
  const auto add = [&](std::string_view text) {
    if (const auto symbol = FindSymbol(UriSymbol(text))) AddPoint(param, {*symbol, 0}, sets);
  };
  add(term.text);
  if (clause.modifier != SearchModifier::kAbove) return;
  // Ancestors, with and without the '/' at their end.
  for (std::size_t at = term.text.find('/'); at < term.text.size();
       at = term.text.find('/', at + 1)) {
    if (at > 0) add(std::string_view(term.text).substr(0, at));
    if (at + 1 < term.text.size()) add(std::string_view(term.text).substr(0, at + 1));
  }
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::ReferenceTerm& term,
                            Sets& sets) {
  const index::Param param = ParamOf(clause.param->id);
  if (!term.text.empty()) return AddPoint(param, ReferenceKey(term.text, term.target), sets);
  const auto targets =
      clause.param->targets.empty() ? fhir::AllResourceTypes() : clause.param->targets;
  for (const fhir::ResourceType target : targets) {
    const std::string text = std::string(fhir::NameOf(target)) + "/" + term.id;
    AddPoint(param, ReferenceKey(text, target), sets);
  }
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::DateTerm& term,
                            Sets& sets) {
  const DateRange range = ToDateRange(term, source_.now);
  const auto [first, last] = LowBounds(range);
  sets.push_back(
      source_.reader.Range(ParamOf(clause.param->id), FirstDateOrder(first), LastDateOrder(last),
                           [range](const index::Key& key) { return Matches(range, DateOf(key)); }));
  if (!NeedsDateEnds(range)) return;
  const bool overlap =
      range.prefix == fhir::SearchPrefix::kAp || range.prefix == fhir::SearchPrefix::kPo;
  const std::uint64_t end = overlap ? range.span.lo : range.span.hi;
  sets.push_back(source_.reader.Range(
      ParamOf(clause.param->id, Stream::kDateEnds), FirstDateOrder(end), UINT64_MAX,
      [range](const index::Key& key) { return Matches(range, DateOfEnd(key)); }));
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::NumberTerm& term,
                            Sets& sets) {
  const auto [first, last] = OrderBounds(term);
  if (first <= last) {
    sets.push_back(
        source_.reader.Range(ParamOf(clause.param->id), first, last, [term](const index::Key& key) {
          const double value = FromOrderedBits(key.order);
          return Matches(term, value, value);
        }));
  }
  AddLoose(clause.param->id, 0, UINT64_MAX, {term}, sets);
}

// Few units stand behind many numbers: each is read once for a query.
index::KeyFilter ClauseCursors::UnitFilter(
    const fhir::QuantityTerm& term, std::function<store::SymbolId(const index::Key&)> unit_of) {
  struct Known {
    fhir::QuantityTerm term;
    std::unordered_map<store::SymbolId, bool> matches;
  };
  auto known = std::make_shared<Known>(Known{term, {}});
  return [this, known, unit_of = std::move(unit_of)](const index::Key& key) {
    const store::SymbolId unit = unit_of(key);
    const auto found = known->matches.find(unit);
    if (found != known->matches.end()) return found->second;
    const std::string text =
        unit == 0 ? std::string()
                  : source_.symbols.FindText(source_.connection, unit).value_or(std::string());
    const bool matches = MatchesUnit(known->term, ParseUnitSymbol(text));
    known->matches.emplace(unit, matches);
    return matches;
  };
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::QuantityTerm& term,
                            Sets& sets) {
  const auto [first, last] = OrderBounds(term.number);
  if (first <= last) {
    index::KeyFilter unit = UnitFilter(
        term, [](const index::Key& key) { return static_cast<store::SymbolId>(key.check); });
    sets.push_back(
        source_.reader.Range(ParamOf(clause.param->id), first, last,
                             [number = term.number, unit = std::move(unit)](const index::Key& key) {
                               const double value = FromOrderedBits(key.order);
                               return Matches(number, value, value) && unit(key);
                             }));
  }
  AddLoose(clause.param->id, 0, UINT64_MAX, {term}, sets);
}

void ClauseCursors::AddLoose(fhir::ParamId param, std::uint64_t first, std::uint64_t last,
                             std::vector<fhir::SimpleTerm> terms, Sets& sets) {
  sets.push_back(source_.reader.Range(ParamOf(param, Stream::kLoose), first, last,
                                      [this, terms = std::move(terms)](const index::Key& key) {
                                        const auto text = source_.symbols.FindText(
                                            source_.connection,
                                            static_cast<store::SymbolId>(key.check));
                                        if (!text) return false;
                                        const std::vector<LoosePart> parts = ParseParts(*text);
                                        if (parts.size() != terms.size()) return false;
                                        for (std::size_t i = 0; i < parts.size(); ++i) {
                                          if (!Matches(terms[i], parts[i], source_.now))
                                            return false;
                                        }
                                        return true;
                                      }));
}

// --- Composites ----------------------------------------------------------------------------------

std::vector<store::SymbolId> ClauseCursors::FirstTokens(const fhir::TokenTerm& term) {
  std::vector<store::SymbolId> found;
  if (term.form == TokenForm::kSystemAndCode) {
    for (const SystemOrigin origin : {SystemOrigin::kStated, SystemOrigin::kImplied}) {
      const auto symbol = FindSymbol(FirstTokenSymbol(term.system, term.code, origin));
      if (symbol) found.push_back(*symbol);
    }
    return found;
  }
  const bool any_code = term.form == TokenForm::kSystem;
  const std::string prefix =
      any_code ? FirstTokenPrefix("").substr(0, 1) : FirstTokenPrefix(term.code);
  for (const auto& symbol : source_.symbols.FindByPrefix(source_.connection, prefix, kAllSymbols)) {
    const std::size_t code_end = any_code ? symbol.text.find(kFieldEnd) + 1 : prefix.size();
    const FirstTokenText text =
        ParseFirstToken(symbol.text, std::string_view(symbol.text).substr(0, code_end));
    const bool matches = term.form == TokenForm::kCode ||
                         (any_code ? text.system == term.system
                                   : text.system.empty() || text.origin == SystemOrigin::kImplied);
    if (matches) found.push_back(symbol.id);
  }
  return found;
}

std::vector<store::SymbolId> ClauseCursors::FirstParts(const fhir::SearchParam& first,
                                                       const fhir::SimpleTerm& term) {
  if (const auto* token = std::get_if<fhir::TokenTerm>(&term)) return FirstTokens(*token);
  std::vector<store::SymbolId> found;
  const auto* reference = std::get_if<fhir::ReferenceTerm>(&term);
  if (reference == nullptr) return found;
  const auto add = [&](std::string_view text) {
    if (const auto symbol = FindSymbol(FirstReferenceSymbol(text))) found.push_back(*symbol);
  };
  if (!reference->text.empty()) {
    add(reference->text);
    return found;
  }
  const auto targets = first.targets.empty() ? fhir::AllResourceTypes() : first.targets;
  for (const fhir::ResourceType target : targets) {
    add(std::string(fhir::NameOf(target)) + "/" + reference->id);
  }
  return found;
}

void ClauseCursors::AddTerm(const fhir::SearchClause& clause, const fhir::CompositeTerm& term,
                            Sets& sets) {
  if (term.parts.size() < 2) return;
  const fhir::SearchParam* first = fhir::FindSearchParam(clause.param->components.front());
  if (first == nullptr) return;
  const std::vector<fhir::SimpleTerm> rest(term.parts.begin() + 1, term.parts.end());
  for (const store::SymbolId symbol : FirstParts(*first, term.parts.front())) {
    if (rest.size() == 1) AddSecondPart(ParamOf(clause.param->id), symbol, rest.front(), sets);
    const std::uint64_t order = std::uint64_t{symbol} << 32;
    AddLoose(clause.param->id, order, order, rest, sets);
  }
}

void ClauseCursors::AddSecondPart(index::Param param, store::SymbolId first,
                                  const fhir::SimpleTerm& second, Sets& sets) {
  const std::uint64_t base = std::uint64_t{first} << 32;
  if (const auto* token = std::get_if<fhir::TokenTerm>(&second)) {
    const auto system = token->system.empty() ? std::optional<store::SymbolId>(0)
                                              : FindSymbol(SystemSymbol(token->system));
    if (!system) return;
    const Bits96 wanted = PackToken(token->code, *system, SystemOrigin::kStated);
    const bool one_system =
        token->form == TokenForm::kSystemAndCode || token->form == TokenForm::kSystem;
    sets.push_back(source_.reader.Range(
        param, one_system ? base | wanted.high : base,
        one_system ? base | wanted.high : base | UINT32_MAX,
        [wanted, form = token->form](const index::Key& key) {
          const Bits96 bits = RestOf(key);
          const bool implied = (bits.low & 1) != 0;
          if (form != TokenForm::kSystem && (bits.low & ~std::uint64_t{1}) != wanted.low)
            return false;
          return form != TokenForm::kCodeNoSystem || bits.high == 0 || implied;
        }));
  } else if (const auto* date = std::get_if<fhir::DateTerm>(&second)) {
    const DateRange range = ToDateRange(*date, source_.now);
    sets.push_back(source_.reader.Range(
        param, base, base | UINT32_MAX,
        [range](const index::Key& key) { return Matches(range, UnpackDate(RestOf(key))); }));
  } else if (const auto* quantity = std::get_if<fhir::QuantityTerm>(&second)) {
    const auto [low, high] = OrderBounds(quantity->number);
    if (low > high) return;
    index::KeyFilter unit =
        UnitFilter(*quantity, [](const index::Key& key) { return UnitOf(RestOf(key)); });
    sets.push_back(source_.reader.Range(
        param, base | low >> 32, base | high >> 32,
        [number = quantity->number, unit = std::move(unit)](const index::Key& key) {
          const double value = UnpackNumber(RestOf(key));
          return Matches(number, value, value) && unit(key);
        }));
  }
}

}  // namespace healthlake::datastore
