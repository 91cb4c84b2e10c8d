#include "datastore/query_selection.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace healthlake::datastore {
namespace {

// A set that costs no more is opened without further thought.
constexpr double kCheapToOpen = 60;
// So many conditions are weighed against each other; of the rest each is a set.
constexpr std::size_t kWeighed = 12;

// Counts what is read of a set, for _explain.
class CountedCursor final : public index::Cursor {
 public:
  CountedCursor(index::CursorPtr set, std::uint64_t& members)
      : set_(std::move(set)), members_(members) {}

  index::Rid Seek(index::Rid rid) override {
    const index::Rid found = set_->Seek(rid);
    if (found != kEnd && found != last_) ++members_;
    last_ = found;
    return found;
  }
  std::uint64_t Bound() const override { return set_->Bound(); }
  void Fill(index::Rid base, std::span<std::uint64_t> bits) override {
    own_.assign(bits.size(), 0);
    set_->Fill(base, own_);
    for (std::size_t w = 0; w < bits.size(); ++w) {
      members_ += static_cast<std::uint64_t>(std::popcount(own_[w]));
      bits[w] |= own_[w];
    }
  }

 private:
  index::CursorPtr set_;
  std::uint64_t& members_;
  index::Rid last_ = kEnd;
  std::vector<std::uint64_t> own_;
};

}  // namespace

// The members of a set that satisfy conditions which are checked on their bodies.
class TypeSelection::Checks final : public index::Cursor {
 public:
  // `expected`: so many bodies the plan reckons with.
  Checks(const SearchSource& source, index::CursorPtr set, std::vector<Part*> checked,
         double expected)
      : source_(source),
        set_(std::move(set)),
        checked_(std::move(checked)),
        candidate_(source),
        patience_(2 * std::max(expected, kLeastPatience)) {}

  index::Rid Seek(index::Rid rid) override {
    if (positioned_ && rid <= current_) return current_;
    positioned_ = true;
    current_ = set_->Seek(rid);
    while (current_ != kEnd && !Holds(current_)) {
      if (static_cast<double>(bodies_) > patience_) OpenASet();
      current_ = set_->Next(current_);
    }
    return current_;
  }
  std::uint64_t Bound() const override { return set_->Bound(); }

 private:
  static constexpr double kLeastPatience = 64;

  bool Holds(index::Rid rid) {
    if (checked_.empty()) return true;
    if (++bodies_ % 64 == 0) StopWhenCancelled(source_.cancel);
    candidate_.Choose(rid);
    if (!candidate_.Live()) return false;
    return std::ranges::all_of(checked_, [&](Part* part) {
      ++part->members;
      return part->condition->Holds(candidate_);
    });
  }

  // The bodies read so far have cost as much as the set would have.
  void OpenASet() {
    patience_ = 2 * static_cast<double>(bodies_);
    const auto cheapest = std::ranges::min_element(
        checked_, {}, [](Part* part) { return part->condition->CostToOpen(); });
    if (cheapest == checked_.end()) return;
    if ((*cheapest)->condition->CostToOpen() > static_cast<double>(bodies_) * cost::kBody) return;
    std::vector<index::CursorPtr> sets;
    sets.push_back(std::move(set_));
    sets.push_back((*cheapest)->condition->Open());
    (*cheapest)->checked = false;
    checked_.erase(cheapest);
    set_ = index::And(std::move(sets));
  }

  const SearchSource& source_;
  index::CursorPtr set_;
  std::vector<Part*> checked_;
  Candidate candidate_;
  double patience_;
  std::uint64_t bodies_ = 0;
  bool positioned_ = false;
  index::Rid current_ = 0;
};

TypeSelection::TypeSelection(const SearchSource& source, const fhir::TypeSearch& search)
    : source_(source), search_(search), live_(CountLive(source, search.type)) {
  for (const fhir::Criterion& criterion : search.all_of) {
    Part part;
    part.condition = MakeCondition(source, search.type, criterion);
    part.what = std::string(fhir::NameOf(search.type)) + '?' + criterion.text;
    parts_.push_back(std::move(part));
  }
}

// As if the conditions knew nothing of each other.
std::uint64_t TypeSelection::Estimate() {
  if (live_ == 0) return 0;
  double members = static_cast<double>(live_);
  for (const Part& part : parts_) {
    members *= static_cast<double>(part.condition->Estimate()) / static_cast<double>(live_);
  }
  return static_cast<std::uint64_t>(members + 0.5);
}

double TypeSelection::Cost(std::uint64_t wanted) const {
  if (live_ == 0) return 0;
  const auto live = static_cast<double>(live_);
  double left_by_sets = live;  // members of all sets opened
  double left = live;          // … that pass the checks, too
  double lead = live;
  double cost = 0;
  double check = 0;
  std::size_t sets = 0;
  for (const Part& part : parts_) {
    const auto members = static_cast<double>(part.condition->Estimate());
    left *= members / live;
    if (part.checked) {
      check += (check == 0 ? cost::kBody : 0) + part.condition->CostToCheck();
      continue;
    }
    ++sets;
    left_by_sets *= members / live;
    lead = std::min(lead, members);
    cost += part.condition->CostToOpen();
  }
  const double asked =
      wanted == kAll ? std::numeric_limits<double>::max() : static_cast<double>(wanted);
  const double read = left <= asked ? 1 : asked / left;
  cost += lead * read * cost::kSeek * static_cast<double>(std::max<std::size_t>(sets, 1));
  return cost + left_by_sets * read * check;
}

double TypeSelection::Plan(std::uint64_t wanted) {
  std::vector<Part*> costly;
  for (Part& part : parts_) {
    part.checked = false;
    part.members = 0;
    if (part.condition->CostToOpen() > kCheapToOpen) costly.push_back(&part);
  }
  std::ranges::sort(costly, std::greater(),
                    [](Part* part) { return part->condition->CostToOpen(); });
  if (costly.size() > kWeighed) costly.resize(kWeighed);
  double best = Cost(wanted);
  for (Part* part : costly) {
    part->checked = true;
    const double cost = Cost(wanted);
    if (cost < best) {
      best = cost;
    } else {
      part->checked = false;
    }
  }
  return best;
}

double TypeSelection::CostOf(std::uint64_t wanted) {
  return Plan(wanted);
}

index::CursorPtr TypeSelection::Open(std::uint64_t wanted) {
  StopWhenCancelled(source_.cancel);
  const double cost = Plan(wanted);
  std::vector<index::CursorPtr> sets;
  std::vector<Part*> checked;
  for (Part& part : parts_) {
    if (part.checked) {
      checked.push_back(&part);
      continue;
    }
    index::CursorPtr set = part.condition->Open();
    if (set->Bound() == 0) return index::Nothing();
    if (source_.explain) set = std::make_unique<CountedCursor>(std::move(set), part.members);
    sets.push_back(std::move(set));
  }
  if (sets.empty()) sets.push_back(OpenLive(source_, search_.type));
  index::CursorPtr set = index::And(std::move(sets));
  if (checked.empty()) return set;
  return std::make_unique<Checks>(source_, std::move(set), std::move(checked), cost / cost::kBody);
}

bool TypeSelection::Holds(Candidate& candidate) {
  return std::ranges::all_of(parts_, [&](Part& part) { return part.condition->Holds(candidate); });
}

double TypeSelection::CostOfCheck() {
  double cost = cost::kBody;
  for (const Part& part : parts_) cost += part.condition->CostToCheck();
  return cost;
}

std::uint64_t TypeSelection::Count() {
  total_ = "counters of the index";
  if (parts_.empty()) return live_;
  if (parts_.size() == 1) {
    if (const auto count = parts_.front().condition->CountByKeys()) return *count;
  }
  const index::CursorPtr members = Open(kAll);
  const bool checked = std::ranges::any_of(parts_, &Part::checked);
  total_ = checked ? "bodies" : "postings of the index";
  return index::Count(*members);
}

void TypeSelection::Explain(SearchPlan& plan) const {
  if (parts_.empty()) {
    plan.steps.push_back(
        {std::string(fhir::NameOf(search_.type)), "index: all of the type", live_, 0});
  }
  for (const Part& part : parts_) {
    plan.steps.push_back({part.what,
                          part.checked ? "checked on bodies" : part.condition->Describe(),
                          part.condition->Estimate(), part.members});
  }
  plan.total = total_;
}

// --- All types -----------------------------------------------------------------------------------

QuerySelection::QuerySelection(const SearchSource& source, const fhir::SearchQuery& query) {
  for (const fhir::TypeSearch& search : query.types) {
    types_.push_back(std::make_unique<TypeSelection>(source, search));
  }
}

std::uint64_t QuerySelection::Estimate() {
  std::uint64_t sum = 0;
  for (const auto& type : types_) sum += type->Estimate();
  return sum;
}

std::uint64_t QuerySelection::Live() {
  std::uint64_t sum = 0;
  for (const auto& type : types_) sum += type->Live();
  return sum;
}

index::CursorPtr QuerySelection::Open(std::uint64_t wanted) {
  std::vector<index::CursorPtr> sets;
  for (const auto& type : types_) {
    if (type->Live() > 0) sets.push_back(type->Open(wanted));
  }
  return index::Or(std::move(sets));
}

double QuerySelection::CostOf(std::uint64_t wanted) {
  double sum = 0;
  for (const auto& type : types_) sum += type->CostOf(wanted);
  return sum;
}

bool QuerySelection::Holds(Candidate& candidate) {
  const auto found = std::ranges::find(types_, candidate.type(), &TypeSelection::type);
  return found != types_.end() && (*found)->Holds(candidate);
}

double QuerySelection::CostOfCheck() {
  double cost = 0;
  for (const auto& type : types_) cost = std::max(cost, type->CostOfCheck());
  return cost;
}

std::uint64_t QuerySelection::Count() {
  std::uint64_t sum = 0;
  for (const auto& type : types_) {
    if (type->Live() > 0) sum += type->Count();
  }
  return sum;
}

void QuerySelection::Explain(SearchPlan& plan) const {
  for (const auto& type : types_) type->Explain(plan);
}

}  // namespace healthlake::datastore
