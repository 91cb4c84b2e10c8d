#include "datastore/set_conditions.hpp"

#include <algorithm>
#include <utility>

#include "datastore/body_scan.hpp"
#include "datastore/clause_condition.hpp"
#include "datastore/key_codec.hpp"
#include "healthlake/fhir/search_text.hpp"
#include "healthlake/fhir/text_search.hpp"

namespace healthlake::datastore {
namespace {

// Some resources whose numbers are known at once.
class KnownCondition final : public Condition {
 public:
  KnownCondition(std::vector<index::Rid> rids, std::string how)
      : rids_(std::move(rids)), how_(std::move(how)) {
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
  std::string Describe() const override { return how_; }

 private:
  std::vector<index::Rid> rids_;
  const std::string how_;
};

// Patient/1/Observation (compartmentdefinition.html).
class CompartmentCondition final : public Condition {
 public:
  CompartmentCondition(const SearchSource& source, fhir::ResourceType type,
                       const fhir::CompartmentCriterion& compartment)
      : source_(source),
        params_(fhir::CompartmentParams(compartment.compartment, type)),
        key_(ReferenceKey(std::string(fhir::NameOf(compartment.compartment)) + '/' + compartment.id,
                          compartment.compartment)) {
    if (type != compartment.compartment) return;
    const auto row = source.tables.Find({type.number(), compartment.id});
    if (row && !row->deleted()) itself_ = row->rid;
  }

  std::uint64_t Estimate() override {
    std::uint64_t sum = itself_ ? 1 : 0;
    for (const fhir::ParamId param : params_) {
      sum += source_.reader.CountPoint(ParamOf(param), key_);
    }
    return sum;
  }
  index::CursorPtr Open() override {
    std::vector<index::CursorPtr> sets;
    if (itself_) sets.push_back(index::Of({*itself_}));
    for (const fhir::ParamId param : params_) {
      index::CursorPtr set = source_.reader.Point(ParamOf(param), key_);
      if (set->Bound() > 0) sets.push_back(std::move(set));
    }
    return index::Or(std::move(sets));
  }
  double CostToOpen() override { return cost::kPoint * static_cast<double>(params_.size()); }
  bool Holds(Candidate& candidate) override {
    if (itself_ == candidate.rid()) return true;
    return std::ranges::any_of(candidate.values(), [&](const fhir::IndexValue& value) {
      return value.kind == fhir::ValueKind::kReference &&
             std::ranges::find(params_, value.param) != params_.end() &&
             ReferenceKey(value.text, value.target) == key_;
    });
  }
  std::string Describe() const override {
    return "index: 1 value of " + std::to_string(params_.size()) + " parameters";
  }

 private:
  const SearchSource& source_;
  const std::span<const fhir::ParamId> params_;
  const index::Key key_;
  std::optional<index::Rid> itself_;
};

// _text, _content: every body is read.
class TextCondition final : public Condition {
 public:
  TextCondition(const SearchSource& source, fhir::ResourceType type,
                const fhir::TextCriterion& text)
      : source_(source), type_(type), matcher_(text) {}

  std::uint64_t Estimate() override { return CountLive(source_, type_) / 10 + 1; }
  index::CursorPtr Open() override { return ScanBodies(source_, OpenLive(source_, type_), *this); }
  double CostToOpen() override {
    return static_cast<double>(CountLive(source_, type_)) * (cost::kBody + kMatch);
  }
  bool Holds(Candidate& candidate) override { return matcher_.Matches(candidate.root()); }
  double CostToCheck() override { return kMatch; }
  std::string Describe() const override { return "every body"; }

 private:
  static constexpr double kMatch = 5;

  const SearchSource& source_;
  const fhir::ResourceType type_;
  fhir::TextMatcher matcher_;
};

class AllOfCondition final : public Condition {
 public:
  AllOfCondition(const SearchSource& source, fhir::ResourceType type,
                 std::vector<ConditionPtr> parts)
      : live_(CountLive(source, type)), parts_(std::move(parts)) {}

  std::uint64_t Estimate() override {
    std::uint64_t least = live_;
    for (const ConditionPtr& part : parts_) least = std::min(least, part->Estimate());
    return least;
  }
  index::CursorPtr Open() override {
    std::vector<index::CursorPtr> sets;
    for (const ConditionPtr& part : parts_) sets.push_back(part->Open());
    return index::And(std::move(sets));
  }
  double CostToOpen() override {
    double cost = 0;
    for (const ConditionPtr& part : parts_) cost += part->CostToOpen();
    return cost;
  }
  bool Holds(Candidate& candidate) override {
    return std::ranges::all_of(parts_, [&](auto& part) { return part->Holds(candidate); });
  }
  double CostToCheck() override {
    double cost = 0;
    for (const ConditionPtr& part : parts_) cost += part->CostToCheck();
    return cost;
  }
  std::string Describe() const override { return "all of " + std::to_string(parts_.size()); }

 private:
  const std::uint64_t live_;
  const std::vector<ConditionPtr> parts_;
};

class AnyOfCondition final : public Condition {
 public:
  AnyOfCondition(const SearchSource& source, fhir::ResourceType type,
                 std::vector<ConditionPtr> parts)
      : live_(CountLive(source, type)), parts_(std::move(parts)) {}

  std::uint64_t Estimate() override {
    std::uint64_t sum = 0;
    for (const ConditionPtr& part : parts_) sum += part->Estimate();
    return std::min(sum, live_);
  }
  index::CursorPtr Open() override {
    std::vector<index::CursorPtr> sets;
    for (const ConditionPtr& part : parts_) sets.push_back(part->Open());
    return index::Or(std::move(sets));
  }
  double CostToOpen() override {
    double cost = 0;
    for (const ConditionPtr& part : parts_) cost += part->CostToOpen();
    return cost;
  }
  bool Holds(Candidate& candidate) override {
    return std::ranges::any_of(parts_, [&](auto& part) { return part->Holds(candidate); });
  }
  double CostToCheck() override {
    double cost = 0;
    for (const ConditionPtr& part : parts_) cost += part->CostToCheck();
    return cost;
  }
  std::string Describe() const override { return "any of " + std::to_string(parts_.size()); }

 private:
  const std::uint64_t live_;
  const std::vector<ConditionPtr> parts_;
};

// Adds what the entries of a List of this store refer to.
void AddEntries(const SearchSource& source, fhir::ResourceType type, const json::Value& list,
                std::vector<index::Rid>& rids) {
  const auto entries = list.Find("entry");
  if (!entries || !entries->is_array()) return;
  for (const json::Value entry : *entries) {
    const auto deleted = entry.Find("deleted");
    if (deleted && deleted->is_boolean() && deleted->boolean()) continue;
    const auto item = entry.Find("item");
    const auto text = item ? item->Find("reference") : std::nullopt;
    if (!text || !text->is_string()) continue;
    const auto reference = fhir::ParseReference(text->string(), source.parts.datastore_id);
    if (!reference.local || reference.target != type) continue;
    const std::string_view id = reference.text.substr(reference.text.find('/') + 1);
    const auto row = source.tables.Find({type.number(), id});
    if (row && !row->deleted()) rids.push_back(row->rid);
  }
}

}  // namespace

ConditionPtr MakeCompartmentCondition(const SearchSource& source, fhir::ResourceType type,
                                      const fhir::CompartmentCriterion& compartment) {
  return std::make_unique<CompartmentCondition>(source, type, compartment);
}

ConditionPtr MakeListCondition(const SearchSource& source, fhir::ResourceType type,
                               const fhir::ListCriterion& list) {
  const auto list_type = fhir::FindResourceType("List").value();
  Candidate candidate(source);
  std::vector<index::Rid> rids;
  for (const std::string& id : list.ids) {
    const auto row = source.tables.Find({list_type.number(), id});
    if (!row || row->deleted()) continue;
    candidate.Choose(row->rid);
    AddEntries(source, type, candidate.root(), rids);
  }
  return std::make_unique<KnownCondition>(std::move(rids), "entries of the list");
}

ConditionPtr MakeTextCondition(const SearchSource& source, fhir::ResourceType type,
                               const fhir::TextCriterion& text) {
  return std::make_unique<TextCondition>(source, type, text);
}

ConditionPtr MakeCombination(const SearchSource& source, fhir::ResourceType type,
                             const fhir::Combination& combination) {
  std::vector<ConditionPtr> parts;
  for (const fhir::Criterion& part : combination.parts) {
    parts.push_back(MakeCondition(source, type, part));
  }
  if (combination.rule == fhir::Combination::Rule::kAllOf) {
    return std::make_unique<AllOfCondition>(source, type, std::move(parts));
  }
  auto any = std::make_unique<AnyOfCondition>(source, type, std::move(parts));
  if (combination.rule == fhir::Combination::Rule::kAnyOf) return any;
  return Negate(source, type, std::move(any));
}

}  // namespace healthlake::datastore
