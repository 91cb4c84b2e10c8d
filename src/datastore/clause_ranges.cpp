#include "datastore/clause_ranges.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>
#include <variant>

#include "datastore/long_text.hpp"
#include "datastore/term_match.hpp"
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

// Which symbol of a key stands for its unit.
using UnitOfKey = store::SymbolId (*)(const index::Key& key);

store::SymbolId UnitOfQuantity(const index::Key& key) {
  return static_cast<store::SymbolId>(key.check);
}
store::SymbolId UnitOfComposite(const index::Key& key) {
  return UnitOf(RestOf(key));
}

class RangeMaker {
 public:
  RangeMaker(const SearchSource& source, const fhir::SearchClause& clause)
      : source_(source), param_(*clause.param), modifier_(clause.modifier) {}

  void Add(const fhir::TokenTerm& term);
  void Add(const fhir::StringTerm& term);
  void Add(const fhir::UriTerm& term);
  void Add(const fhir::ReferenceTerm& term);
  void Add(const fhir::DateTerm& term);
  void Add(const fhir::NumberTerm& term);
  void Add(const fhir::QuantityTerm& term);
  void Add(const fhir::CompositeTerm& term);
  // Answered from bodies.
  void Add(const fhir::TypedIdentifierTerm&) {}
  void Add(const fhir::PositionTerm&) {}

  ValueRanges Take() { return std::move(ranges_); }

 private:
  void AddRange(index::Param param, std::uint64_t first, std::uint64_t last,
                index::KeyFilter filter) {
    if (first <= last) ranges_.push_back(KeyRange{param, first, last, std::move(filter), {}});
  }
  void AddPoint(index::Param param, const index::Key& key) {
    ranges_.push_back(KeyRange::Of(param, key));
  }
  void AddStrings(std::string prefix, index::Reader::StringFilter filter = {}) {
    ranges_.push_back(StringRange{ParamOf(param_.id), std::move(prefix), std::move(filter)});
  }
  void AddNumbers(const fhir::QuantityTerm& term);
  void AddTokensOfSystem(index::Param param, std::string_view system);
  void AddLoose(std::uint64_t first, std::uint64_t last, std::vector<fhir::SimpleTerm> terms);
  // Composites: numbers of the first parts that match, and the second part's range below each.
  std::vector<store::SymbolId> FirstParts(const fhir::SearchParam& first,
                                          const fhir::SimpleTerm& term);
  std::vector<store::SymbolId> FirstTokens(const fhir::TokenTerm& term);
  void AddSecondPart(store::SymbolId first, const fhir::SimpleTerm& second);
  void AddSecond(std::uint64_t base, const fhir::TokenTerm& token);
  void AddSecond(std::uint64_t base, const fhir::DateTerm& date);
  void AddSecond(std::uint64_t base, const fhir::QuantityTerm& quantity);
  void AddSecondNumbers(std::uint64_t base, const fhir::QuantityTerm& quantity);
  index::KeyFilter UnitFilter(const fhir::QuantityTerm& term, UnitOfKey unit_of);
  // Many units are commensurable, but a store has few. Of one system and code.
  bool IsInUse(const fhir::QuantityTerm& term);

  std::optional<store::SymbolId> FindSymbol(const std::string& text) {
    return source_.parts.symbols.Find(source_.connection, text);
  }
  static std::optional<std::string> FindText(const SearchSource& source, store::SymbolId symbol) {
    return source.parts.symbols.FindText(source.connection, symbol);
  }

  const SearchSource& source_;
  const fhir::SearchParam& param_;
  const SearchModifier modifier_;
  std::unordered_map<std::string, bool> in_use_;  // by the start of unit symbols
  ValueRanges ranges_;
};

void RangeMaker::Add(const fhir::TokenTerm& term) {
  const index::Param param = ParamOf(
      param_.id, modifier_ == SearchModifier::kIdentifier ? Stream::kIdentifiers : Stream::kValues);
  if (term.form == TokenForm::kSystem) return AddTokensOfSystem(param, term.system);
  const CodeHash code = HashCode(term.code);
  if (term.form == TokenForm::kSystemAndCode) {
    const auto system = FindSymbol(SystemSymbol(term.system));
    if (!system) return;
    AddPoint(param, TokenKey(code, *system, SystemOrigin::kStated));
    AddPoint(param, TokenKey(code, *system, SystemOrigin::kImplied));
    return;
  }
  const bool no_system = term.form == TokenForm::kCodeNoSystem;
  AddRange(param, code.high, code.high | kSystemMask, [code, no_system](const index::Key& key) {
    return SameCode(key, code) && (!no_system || SystemOf(key) == 0 || SystemImplied(key));
  });
  if (!no_system && source_.code_may_be_system) AddTokensOfSystem(param, term.code);
}

void RangeMaker::AddTokensOfSystem(index::Param param, std::string_view system) {
  const auto symbol = FindSymbol(SystemSymbol(system));
  if (!symbol) return;
  const std::uint64_t low = SystemOrder(*symbol);
  AddRange(param, 0, UINT64_MAX, [low, number = *symbol](const index::Key& key) {
    return (key.order & kSystemMask) == low && SystemOf(key) == number;
  });
}

void RangeMaker::Add(const fhir::StringTerm& term) {
  std::string normal = fhir::NormalizeString(term.text);
  switch (modifier_) {
    case SearchModifier::kExact: {
      std::string text;
      NormalizeBounded(term.text, normal);
      AppendBounded(term.text, text);
      return AddStrings(normal,
                        [text](std::string_view, std::string_view exact) { return exact == text; });
    }
    case SearchModifier::kEquals:
      NormalizeBounded(term.text, normal);
      return AddStrings(
          normal, [normal](std::string_view stored, std::string_view) { return stored == normal; });
    case SearchModifier::kDiffers:
      NormalizeBounded(term.text, normal);
      return AddStrings(
          "", [normal](std::string_view stored, std::string_view) { return stored != normal; });
    case SearchModifier::kContains:
      return AddStrings("", [normal](std::string_view stored, std::string_view) {
        return stored.find(normal) != std::string_view::npos;
      });
    case SearchModifier::kEndsWith:
      return AddStrings("", [normal](std::string_view stored, std::string_view) {
        return stored.ends_with(normal);
      });
    default:
      return AddStrings(std::move(normal));
  }
}

void RangeMaker::Add(const fhir::UriTerm& term) {
  const index::Param param = ParamOf(param_.id);
  // URNs have no hierarchy (search.html, uri): they are compared whole.
  const bool hierarchical = term.text.find("://") != std::string::npos;
  if (hierarchical && modifier_ == SearchModifier::kBelow) {
    // Only the uris of this parameter are read, one at a time: a store may hold millions.
    return AddRange(param, 0, UINT64_MAX,
                    [&source = source_, prefix = UriSymbol(term.text)](const index::Key& key) {
                      const auto text = FindText(source, static_cast<store::SymbolId>(key.order));
                      return text && text->starts_with(prefix);
                    });
  }
  const auto add = [&](std::string_view text) {
    if (const auto symbol = FindSymbol(UriSymbol(text))) AddPoint(param, {*symbol, 0});
  };
  add(term.text);
  if (!hierarchical || modifier_ != SearchModifier::kAbove) return;
  // Ancestors, with and without the '/' at their end.
  for (std::size_t at = term.text.find('/'); at < term.text.size();
       at = term.text.find('/', at + 1)) {
    if (at > 0) add(std::string_view(term.text).substr(0, at));
    if (at + 1 < term.text.size()) add(std::string_view(term.text).substr(0, at + 1));
  }
}

void RangeMaker::Add(const fhir::ReferenceTerm& term) {
  const index::Param param = ParamOf(param_.id);
  if (!term.text.empty()) return AddPoint(param, ReferenceKey(term.text, term.target));
  const auto targets = param_.targets.empty() ? fhir::AllResourceTypes() : param_.targets;
  for (const fhir::ResourceType target : targets) {
    const std::string text = std::string(fhir::NameOf(target)) + "/" + term.id;
    AddPoint(param, ReferenceKey(text, target));
  }
}

void RangeMaker::Add(const fhir::DateTerm& term) {
  const DateRange range = ToDateRange(term, source_.now);
  const auto [first, last] = LowBounds(range);
  AddRange(ParamOf(param_.id), FirstDateOrder(first), LastDateOrder(last),
           [range](const index::Key& key) { return Matches(range, DateOf(key)); });
  if (!NeedsDateEnds(range)) return;
  const bool overlap =
      range.prefix == fhir::SearchPrefix::kAp || range.prefix == fhir::SearchPrefix::kPo;
  const std::uint64_t end = overlap ? range.span.lo : range.span.hi;
  AddRange(ParamOf(param_.id, Stream::kDateEnds), FirstDateOrder(end), UINT64_MAX,
           [range](const index::Key& key) { return Matches(range, DateOfEnd(key)); });
}

void RangeMaker::Add(const fhir::NumberTerm& term) {
  const auto [first, last] = OrderBounds(term);
  AddRange(ParamOf(param_.id), first, last, [term](const index::Key& key) {
    const double value = FromOrderedBits(key.order);
    return Matches(term, value, value);
  });
  AddLoose(0, UINT64_MAX, {term});
}

// Few units stand behind many numbers: each is read once for a query.
index::KeyFilter RangeMaker::UnitFilter(const fhir::QuantityTerm& term, UnitOfKey unit_of) {
  struct Known {
    fhir::QuantityTerm term;
    std::unordered_map<store::SymbolId, bool> matches;
  };
  auto known = std::make_shared<Known>(Known{term, {}});
  return [&source = source_, known, unit_of](const index::Key& key) {
    const store::SymbolId unit = unit_of(key);
    const auto found = known->matches.find(unit);
    if (found != known->matches.end()) return found->second;
    const std::string text =
        unit == 0 ? std::string() : FindText(source, unit).value_or(std::string());
    const bool matches = MatchesUnit(known->term, ParseUnitSymbol(text));
    known->matches.emplace(unit, matches);
    return matches;
  };
}

void RangeMaker::Add(const fhir::QuantityTerm& term) {
  AddNumbers(term);
  for (const auto& other : term.commensurable) {
    const fhir::QuantityTerm same = InUnit(other);
    if (IsInUse(same)) AddNumbers(same);
  }
  AddLoose(0, UINT64_MAX, {term});
}

bool RangeMaker::IsInUse(const fhir::QuantityTerm& term) {
  const std::string start = UnitSymbol(term.system, term.code, "");
  const auto [known, is_new] = in_use_.try_emplace(start, false);
  if (is_new) {
    known->second = !source_.parts.symbols.FindByPrefix(source_.connection, start, 1).empty();
  }
  return known->second;
}

// In the term's own unit.
void RangeMaker::AddNumbers(const fhir::QuantityTerm& term) {
  const auto [first, last] = OrderBounds(term.number);
  AddRange(ParamOf(param_.id), first, last,
           [number = term.number, unit = UnitFilter(term, UnitOfQuantity)](const index::Key& key) {
             const double value = FromOrderedBits(key.order);
             return Matches(number, value, value) && unit(key);
           });
}

void RangeMaker::AddLoose(std::uint64_t first, std::uint64_t last,
                          std::vector<fhir::SimpleTerm> terms) {
  AddRange(ParamOf(param_.id, Stream::kLoose), first, last,
           [&source = source_, terms = std::move(terms)](const index::Key& key) {
             const auto text = FindText(source, static_cast<store::SymbolId>(key.check));
             if (!text) return false;
             const std::vector<LoosePart> parts = ParseParts(*text);
             if (parts.size() != terms.size()) return false;
             for (std::size_t i = 0; i < parts.size(); ++i) {
               if (!Matches(terms[i], parts[i], source.now)) return false;
             }
             return true;
           });
}

// --- Composites ----------------------------------------------------------------------------------

std::vector<store::SymbolId> RangeMaker::FirstTokens(const fhir::TokenTerm& term) {
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
  for (const auto& symbol :
       source_.parts.symbols.FindByPrefix(source_.connection, prefix, kAllSymbols)) {
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

std::vector<store::SymbolId> RangeMaker::FirstParts(const fhir::SearchParam& first,
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

void RangeMaker::Add(const fhir::CompositeTerm& term) {
  if (term.parts.size() < 2) return;
  const fhir::SearchParam* first = fhir::FindSearchParam(param_.components.front());
  if (first == nullptr) return;
  const std::vector<fhir::SimpleTerm> rest(term.parts.begin() + 1, term.parts.end());
  for (const store::SymbolId symbol : FirstParts(*first, term.parts.front())) {
    if (rest.size() == 1) AddSecondPart(symbol, rest.front());
    const std::uint64_t order = std::uint64_t{symbol} << 32;
    AddLoose(order, order, rest);
  }
}

void RangeMaker::AddSecondPart(store::SymbolId first, const fhir::SimpleTerm& second) {
  const std::uint64_t base = std::uint64_t{first} << 32;
  if (const auto* token = std::get_if<fhir::TokenTerm>(&second)) {
    AddSecond(base, *token);
  } else if (const auto* date = std::get_if<fhir::DateTerm>(&second)) {
    AddSecond(base, *date);
  } else if (const auto* quantity = std::get_if<fhir::QuantityTerm>(&second)) {
    AddSecond(base, *quantity);
  }
}

void RangeMaker::AddSecond(std::uint64_t base, const fhir::TokenTerm& token) {
  const auto system = token.system.empty() ? std::optional<store::SymbolId>(0)
                                           : FindSymbol(SystemSymbol(token.system));
  if (!system) return;
  const Bits96 wanted = PackToken(token.code, *system, SystemOrigin::kStated);
  const bool one_system =
      token.form == TokenForm::kSystemAndCode || token.form == TokenForm::kSystem;
  AddRange(ParamOf(param_.id), one_system ? base | wanted.high : base,
           one_system ? base | wanted.high : base | UINT32_MAX,
           [wanted, form = token.form](const index::Key& key) {
             const Bits96 bits = RestOf(key);
             const bool implied = (bits.low & 1) != 0;
             const bool same_code = (bits.low & ~std::uint64_t{1}) == wanted.low;
             if (form != TokenForm::kSystem && !same_code) return false;
             return form != TokenForm::kCodeNoSystem || bits.high == 0 || implied;
           });
}

void RangeMaker::AddSecond(std::uint64_t base, const fhir::DateTerm& date) {
  const DateRange range = ToDateRange(date, source_.now);
  AddRange(ParamOf(param_.id), base, base | UINT32_MAX,
           [range](const index::Key& key) { return Matches(range, UnpackDate(RestOf(key))); });
}

void RangeMaker::AddSecond(std::uint64_t base, const fhir::QuantityTerm& quantity) {
  AddSecondNumbers(base, quantity);
  for (const auto& other : quantity.commensurable) {
    const fhir::QuantityTerm same = InUnit(other);
    if (IsInUse(same)) AddSecondNumbers(base, same);
  }
}

void RangeMaker::AddSecondNumbers(std::uint64_t base, const fhir::QuantityTerm& quantity) {
  const auto [low, high] = OrderBounds(quantity.number);
  if (low > high) return;
  AddRange(ParamOf(param_.id), base | low >> 32, base | high >> 32,
           [number = quantity.number,
            unit = UnitFilter(quantity, UnitOfComposite)](const index::Key& key) {
             const double value = UnpackNumber(RestOf(key));
             return Matches(number, value, value) && unit(key);
           });
}

// All keys of the parameter that none of `ranges` keeps.
KeyRange OthersThan(const fhir::SearchParam& param, ValueRanges ranges) {
  KeyRange others;
  others.param = ParamOf(param.id);
  others.filter = [ranges = std::move(ranges)](const index::Key& key) {
    return std::ranges::none_of(
        ranges, [&](const ValueRange& range) { return std::get<KeyRange>(range).Keeps(key); });
  };
  return others;
}

}  // namespace

ValueRanges RangesOf(const SearchSource& source, const fhir::SearchClause& clause) {
  RangeMaker maker(source, clause);
  for (const fhir::SearchTerm& term : clause.any_of) {
    if (const auto* composite = std::get_if<fhir::CompositeTerm>(&term)) {
      maker.Add(*composite);
    } else {
      std::visit([&](const auto& simple) { maker.Add(simple); }, std::get<fhir::SimpleTerm>(term));
    }
  }
  const bool others =
      clause.modifier == SearchModifier::kDiffers && clause.param->type != SearchType::kString;
  if (others) return {OthersThan(*clause.param, maker.Take())};
  return maker.Take();
}

ValueRanges AllValuesOf(const fhir::SearchParam& param) {
  ValueRanges ranges;
  if (param.type == SearchType::kString) {
    ranges.push_back(StringRange{ParamOf(param.id), "", {}});
    return ranges;
  }
  ranges.push_back(KeyRange{ParamOf(param.id), 0, UINT64_MAX, {}, {}});
  if (param.type == SearchType::kReference) {
    ranges.push_back(KeyRange{ParamOf(param.id, Stream::kIdentifiers), 0, UINT64_MAX, {}, {}});
  }
  if (param.type == SearchType::kQuantity || param.type == SearchType::kNumber ||
      param.type == SearchType::kComposite) {
    ranges.push_back(KeyRange{ParamOf(param.id, Stream::kLoose), 0, UINT64_MAX, {}, {}});
  }
  return ranges;
}

}  // namespace healthlake::datastore
