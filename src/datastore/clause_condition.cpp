#include "datastore/clause_condition.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <variant>

#include "datastore/body_scan.hpp"
#include "datastore/clause_ranges.hpp"
#include "datastore/defined_ranges.hpp"
#include "datastore/value_encoder.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::datastore {
namespace {

using fhir::IndexValue;
using fhir::SearchModifier;
using fhir::ValueKind;

index::CursorPtr OpenRange(index::Reader& reader, const ValueRange& range) {
  if (const auto* strings = std::get_if<StringRange>(&range)) {
    return reader.StringPrefix(strings->param, strings->prefix, strings->filter);
  }
  const auto& keys = std::get<KeyRange>(range);
  if (keys.point) return reader.Point(keys.param, *keys.point);
  return reader.Range(keys.param, keys.first, keys.last, keys.filter);
}

index::CursorPtr OpenUnion(index::Reader& reader, const ValueRanges& ranges) {
  std::vector<index::CursorPtr> sets;
  for (const ValueRange& range : ranges) {
    index::CursorPtr set = OpenRange(reader, range);
    if (set->Bound() > 0) sets.push_back(std::move(set));
  }
  return index::Or(std::move(sets));
}

// Symbols of stored values exist.
class KnownSymbols final : public SymbolResolver {
 public:
  explicit KnownSymbols(const SearchSource& source) : source_(source) {}
  std::uint32_t Resolve(std::string_view text) override {
    return source_.parts.symbols.Find(source_.connection, std::string(text)).value_or(0);
  }

 private:
  const SearchSource& source_;
};

// A value in any of some ranges.
class RangesCondition final : public Condition {
 public:
  RangesCondition(const SearchSource& source, const fhir::SearchParam& param, ValueRanges ranges)
      : source_(source),
        param_(param),
        ranges_(Resolve(source.reader, std::move(ranges))),
        symbols_(source),
        encoder_(symbols_) {
    Measure();
  }

  std::uint64_t Estimate() override { return estimate_; }
  index::CursorPtr Open() override { return OpenUnion(source_.reader, ranges_); }
  double CostToOpen() override { return cost_; }

  bool Holds(Candidate& candidate) override {
    const std::span<const IndexValue> values = candidate.values();
    encoded_.Clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t parts = values[i].kind == ValueKind::kComposite ? values[i].parts : 0;
      if (values[i].param == param_.id) {
        encoder_.EncodeValue(values.subspan(i, 1 + parts), candidate.rid(), encoded_);
      }
      i += parts;
    }
    return std::ranges::any_of(encoded_.entries, [&](const index::Entry& e) { return Keeps(e); }) ||
           std::ranges::any_of(encoded_.strings,
                               [&](const index::StringEntry& e) { return Keeps(e); });
  }

  std::optional<std::uint64_t> CountByKeys() override {
    std::uint64_t total = 0;
    std::size_t sets = 0;
    for (const ValueRange& range : ranges_) {
      const auto* keys = std::get_if<KeyRange>(&range);
      if (keys == nullptr || !keys->point) return std::nullopt;
      const std::uint64_t count = source_.reader.CountPoint(keys->param, *keys->point);
      // A resource may be in several.
      if (count > 0 && ++sets > 1) return std::nullopt;
      total += count;
    }
    return total;
  }

  std::string Describe() const override {
    std::size_t points = 0;
    std::size_t strings = 0;
    for (const ValueRange& range : ranges_) {
      const auto* keys = std::get_if<KeyRange>(&range);
      if (keys == nullptr) {
        ++strings;
      } else if (keys->point) {
        ++points;
      }
    }
    std::string text = "index:";
    const auto add = [&](std::size_t count, std::string_view what) {
      if (count == 0) return;
      if (!text.ends_with(':')) text += ',';
      text += ' ' + std::to_string(count) + ' ' + std::string(what);
      if (count > 1) text += 's';
    };
    add(points, "value");
    add(ranges_.size() - points - strings, "range");
    add(strings, "prefix");
    if (ranges_.empty()) text += " no such value";
    return text;
  }

 private:
  // Up to so many strings are counted before the query is planned.
  static constexpr std::uint64_t kFewStrings = 256;
  // A range of no more blocks is looked into: its values are likely to be few.
  static constexpr std::uint64_t kFewBlocks = 4;
  static constexpr std::size_t kFewValues = 16;

  // Ranges of few values become those values, whose numbers are known exactly.
  static ValueRanges Resolve(index::Reader& reader, ValueRanges ranges) {
    ValueRanges resolved;
    for (ValueRange& range : ranges) {
      const auto* keys = std::get_if<KeyRange>(&range);
      const auto values = keys == nullptr || keys->point ? std::nullopt : Look(reader, *keys);
      if (!values) {
        resolved.push_back(std::move(range));
        continue;
      }
      for (const index::Key& value : *values) {
        resolved.push_back(KeyRange::Of(keys->param, value));
      }
    }
    return resolved;
  }
  static std::optional<std::vector<index::Key>> Look(index::Reader& reader, const KeyRange& keys) {
    // A code whatever its system is a range of some few large values.
    const bool one_code = keys.last - keys.first <= kSystemMask;
    const bool look =
        one_code || reader.SizeOf(keys.param, keys.first, keys.last).blocks <= kFewBlocks;
    if (!look) return std::nullopt;
    return reader.FindValues(keys.param, keys.first, keys.last, keys.filter, kFewValues);
  }

  void Measure() {
    for (const ValueRange& range : ranges_) {
      if (const auto* strings = std::get_if<StringRange>(&range)) {
        MeasureStrings(*strings);
        continue;
      }
      const auto& keys = std::get<KeyRange>(range);
      if (keys.point) {
        estimate_ += source_.reader.CountPoint(keys.param, *keys.point);
        cost_ += cost::kPoint;
        continue;
      }
      const index::RangeSize size = source_.reader.SizeOf(keys.param, keys.first, keys.last);
      estimate_ += size.postings;
      cost_ += cost::kPoint + static_cast<double>(size.blocks) * cost::kBlock +
               static_cast<double>(size.postings) * cost::kPosting;
    }
    estimate_ = std::min(estimate_, CountLive(source_, param_.base));
  }

  // A filter of strings keeps one in four, as long as nothing better is known.
  void MeasureStrings(const StringRange& range) {
    std::uint64_t rows = source_.reader.CountStrings(range.param, range.prefix, kFewStrings);
    if (rows == kFewStrings) {
      rows = std::max<std::uint64_t>(rows, CountLive(source_, param_.base));
      estimate_ += rows / 4;
    } else {
      estimate_ += rows;
    }
    cost_ += cost::kPoint + static_cast<double>(rows) * cost::kString;
  }

  bool Keeps(const index::Entry& entry) const {
    return std::ranges::any_of(ranges_, [&](const ValueRange& range) {
      const auto* keys = std::get_if<KeyRange>(&range);
      return keys != nullptr && keys->param == entry.param && keys->Keeps(entry.key);
    });
  }
  bool Keeps(const index::StringEntry& entry) const {
    return std::ranges::any_of(ranges_, [&](const ValueRange& range) {
      const auto* strings = std::get_if<StringRange>(&range);
      return strings != nullptr && strings->param == entry.param && strings->Keeps(entry);
    });
  }

  const SearchSource& source_;
  const fhir::SearchParam& param_;
  const ValueRanges ranges_;
  KnownSymbols symbols_;
  ValueEncoder encoder_;
  EncodedValues encoded_;
  std::uint64_t estimate_ = 0;
  double cost_ = 0;
};

// _id: by the table of keys.
class IdCondition final : public Condition {
 public:
  IdCondition(const SearchSource& source, fhir::ResourceType type,
              const fhir::SearchClause& clause) {
    for (const fhir::SearchTerm& term : clause.any_of) {
      const auto* simple = std::get_if<fhir::SimpleTerm>(&term);
      const auto* token = simple == nullptr ? nullptr : std::get_if<fhir::TokenTerm>(simple);
      // Ids have no system.
      const bool plain = token != nullptr && (token->form == fhir::TokenForm::kCode ||
                                              token->form == fhir::TokenForm::kCodeNoSystem);
      if (!plain) continue;
      const auto row = source.tables.Find({type.number(), token->code});
      if (row && !row->deleted()) rids_.push_back(row->rid);
    }
    std::ranges::sort(rids_);
    rids_.erase(std::ranges::unique(rids_).begin(), rids_.end());
  }

  std::uint64_t Estimate() override { return rids_.size(); }
  index::CursorPtr Open() override { return index::Of(rids_); }
  double CostToOpen() override { return 0; }
  bool Holds(Candidate& candidate) override {
    return std::ranges::binary_search(rids_, candidate.rid());
  }
  std::optional<std::uint64_t> CountByKeys() override { return rids_.size(); }
  std::string Describe() const override { return "table of ids"; }

 private:
  std::vector<index::Rid> rids_;
};

// All live resources: `_id:missing=false`.
class LiveCondition final : public Condition {
 public:
  LiveCondition(const SearchSource& source, fhir::ResourceType type)
      : source_(source), type_(type) {}
  std::uint64_t Estimate() override { return CountLive(source_, type_); }
  index::CursorPtr Open() override { return OpenLive(source_, type_); }
  double CostToOpen() override { return cost::kPoint; }
  bool Holds(Candidate&) override { return true; }
  std::optional<std::uint64_t> CountByKeys() override { return CountLive(source_, type_); }
  std::string Describe() const override { return "index: all of the type"; }

 private:
  const SearchSource& source_;
  const fhir::ResourceType type_;
};

double Meters(const fhir::PositionTerm& term, const IndexValue& place) {
  constexpr double kEarthRadius = 6'371'000;
  const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
  const double a = radians(term.latitude);
  const double b = radians(place.low);
  const double across = std::sin((b - a) / 2);
  const double along = std::sin(radians(place.high - term.longitude) / 2);
  const double h = across * across + std::cos(a) * std::cos(b) * along * along;
  return 2 * kEarthRadius * std::asin(std::min(1.0, std::sqrt(h)));
}

// What looks at more of a value than the index holds: read from the bodies of `narrowed`.
class BodyCondition final : public Condition {
 public:
  // `narrowed` null: of all live resources.
  BodyCondition(const SearchSource& source, fhir::ResourceType type,
                const fhir::SearchClause& clause, ConditionPtr narrowed)
      : source_(source), type_(type), clause_(clause), narrowed_(std::move(narrowed)) {
    for (const fhir::SearchTerm& term : clause.any_of) {
      const auto& simple = std::get<fhir::SimpleTerm>(term);
      if (const auto* text = std::get_if<fhir::StringTerm>(&simple)) {
        texts_.push_back(fhir::NormalizeString(text->text));
      }
    }
  }

  std::uint64_t Estimate() override {
    return narrowed_ ? narrowed_->Estimate() : CountLive(source_, type_) / 10 + 1;
  }
  index::CursorPtr Open() override {
    index::CursorPtr from = narrowed_ ? narrowed_->Open() : OpenLive(source_, type_);
    return ScanBodies(source_, std::move(from), *this);
  }
  double CostToOpen() override {
    const std::uint64_t read = narrowed_ ? narrowed_->Estimate() : CountLive(source_, type_);
    return static_cast<double>(read) * cost::kBody;
  }
  bool Holds(Candidate& candidate) override {
    const bool texts =
        clause_.modifier == SearchModifier::kText || clause_.modifier == SearchModifier::kOfType;
    const auto values = texts ? candidate.values_with_texts() : candidate.values();
    return std::ranges::any_of(values, [&](const IndexValue& value) {
      return value.param == clause_.param->id && HasValue(value);
    });
  }
  std::string Describe() const override { return "bodies"; }

 private:
  bool HasValue(const IndexValue& value) const {
    if (clause_.modifier == SearchModifier::kMissing) return true;
    if (clause_.modifier == SearchModifier::kText) {
      if (value.kind != ValueKind::kTokenText) return false;
      const std::string text = fhir::NormalizeString(value.text);
      return std::ranges::any_of(texts_,
                                 [&](const auto& asked) { return text.starts_with(asked); });
    }
    return std::ranges::any_of(clause_.any_of, [&](const fhir::SearchTerm& term) {
      const auto& simple = std::get<fhir::SimpleTerm>(term);
      if (const auto* typed = std::get_if<fhir::TypedIdentifierTerm>(&simple)) {
        return value.kind == ValueKind::kTypedIdentifier && value.system == typed->system &&
               SameCode(value.code, typed->code) && SameCode(value.text, typed->value);
      }
      const auto* place = std::get_if<fhir::PositionTerm>(&simple);
      return place != nullptr && value.kind == ValueKind::kPosition &&
             Meters(*place, value) <= place->meters;
    });
  }
  static bool SameCode(std::string_view a, std::string_view b) {
    return HashCode(a) == HashCode(b);
  }

  const SearchSource& source_;
  const fhir::ResourceType type_;
  const fhir::SearchClause& clause_;
  const ConditionPtr narrowed_;
  std::vector<std::string> texts_;
};

class NotCondition final : public Condition {
 public:
  NotCondition(const SearchSource& source, fhir::ResourceType type, ConditionPtr inner)
      : source_(source), type_(type), inner_(std::move(inner)) {}

  std::uint64_t Estimate() override {
    const std::uint64_t live = CountLive(source_, type_);
    return live - std::min(live, inner_->Estimate());
  }
  index::CursorPtr Open() override {
    return index::AndNot(OpenLive(source_, type_), inner_->Open());
  }
  double CostToOpen() override { return cost::kPoint + inner_->CostToOpen(); }
  bool Holds(Candidate& candidate) override { return !inner_->Holds(candidate); }
  double CostToCheck() override { return inner_->CostToCheck(); }
  std::optional<std::uint64_t> CountByKeys() override {
    const auto inner = inner_->CountByKeys();
    if (!inner) return std::nullopt;
    return CountLive(source_, type_) - *inner;
  }
  std::string Describe() const override { return "not " + inner_->Describe(); }

 private:
  const SearchSource& source_;
  const fhir::ResourceType type_;
  const ConditionPtr inner_;
};

// Where the identifiers of an :of-type are looked for: among those of the value.
ConditionPtr NarrowByValue(const SearchSource& source, const fhir::SearchClause& clause) {
  fhir::SearchClause values{clause.param, SearchModifier::kNone, false, {}};
  for (const fhir::SearchTerm& term : clause.any_of) {
    const auto& typed = std::get<fhir::TypedIdentifierTerm>(std::get<fhir::SimpleTerm>(term));
    values.any_of.emplace_back(
        fhir::SimpleTerm(fhir::TokenTerm{fhir::TokenForm::kCode, {}, typed.value}));
  }
  return std::make_unique<RangesCondition>(source, *clause.param, RangesOf(source, values));
}

}  // namespace

ConditionPtr Negate(const SearchSource& source, fhir::ResourceType type, ConditionPtr inner) {
  return std::make_unique<NotCondition>(source, type, std::move(inner));
}

ConditionPtr MakeClauseCondition(const SearchSource& source, fhir::ResourceType type,
                                 const fhir::SearchClause& clause) {
  const bool is_id = clause.param->id == OwnParamsOf(type).id;
  switch (clause.modifier) {
    case SearchModifier::kMissing: {
      ConditionPtr any;
      if (is_id) {
        any = std::make_unique<LiveCondition>(source, type);
      } else if (clause.param->type == fhir::SearchType::kSpecial) {
        any = std::make_unique<BodyCondition>(source, type, clause, nullptr);
      } else {
        any = std::make_unique<RangesCondition>(source, *clause.param, AllValuesOf(*clause.param));
      }
      return clause.missing ? Negate(source, type, std::move(any)) : std::move(any);
    }
    case SearchModifier::kText:
      return std::make_unique<BodyCondition>(source, type, clause, nullptr);
    case SearchModifier::kOfType:
      return std::make_unique<BodyCondition>(source, type, clause, NarrowByValue(source, clause));
    default:
      break;
  }
  ConditionPtr condition;
  if (is_id) {
    condition = std::make_unique<IdCondition>(source, type, clause);
  } else if (clause.param->type == fhir::SearchType::kSpecial) {
    condition = std::make_unique<BodyCondition>(source, type, clause, nullptr);
  } else {
    condition = std::make_unique<RangesCondition>(
        source, *clause.param,
        IsDefined(clause) ? DefinedRangesOf(source, clause) : RangesOf(source, clause));
  }
  const bool none =
      clause.modifier == SearchModifier::kNot || clause.modifier == SearchModifier::kNotIn;
  return none ? Negate(source, type, std::move(condition)) : std::move(condition);
}

}  // namespace healthlake::datastore
