#include "datastore/chain_condition.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "datastore/key_codec.hpp"
#include "datastore/query_selection.hpp"
#include "datastore/rid_bits.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

// Up to so many values of a reference are a union of sets; more are one walk over all its values.
constexpr std::size_t kFewValues = 64;

struct HashOfKey {
  std::size_t operator()(const index::Key& key) const noexcept {
    return key.order ^ key.check * 0x9E3779B97F4A7C15U;
  }
};
using KeySet = std::unordered_set<index::Key, HashOfKey>;

index::Key KeyOf(fhir::ResourceType type, std::string_view id) {
  return ReferenceKey(std::string(fhir::NameOf(type)) + '/' + std::string(id), type);
}

// All references of one parameter.
index::RangeSize SizeOf(const SearchSource& source, const fhir::SearchParam& reference) {
  return source.reader.SizeOf(ParamOf(reference.id), 0, UINT64_MAX);
}

double CostOfWalk(const index::RangeSize& size) {
  return static_cast<double>(size.blocks) * cost::kBlock +
         static_cast<double>(size.postings) * cost::kPosting;
}

// The members of a step of a chain, in their order. HealthLake takes only so many (reference 5.6).
std::vector<index::Rid> MembersOf(const SearchSource& source, TypeSelection& selection) {
  const std::size_t limit = source.chain_limit;
  std::vector<index::Rid> rids;
  const index::CursorPtr cursor = selection.Open(limit == 0 ? Selection::kAll : limit + 1);
  for (index::Rid rid = cursor->Seek(0); rid != index::Cursor::kEnd; rid = cursor->Next(rid)) {
    if (rids.size() % 1024 == 0) StopWhenCancelled(source.cancel);
    rids.push_back(rid);
    if (limit == 0 || rids.size() <= limit) continue;
    const std::string message =
        "More than " + std::to_string(limit) + " resources of type " +
        std::string(fhir::NameOf(selection.type())) +
        " meet a step of a chain, which is more than HealthLake follows (--compat r4 has no limit)";
    throw core::Error(core::ErrorKind::kInvalid, message,
                      {{core::Severity::kError, "too-costly", message, {}}});
  }
  return rids;
}

// subject:Patient.name=x
class ChainCondition final : public Condition {
 public:
  ChainCondition(const SearchSource& source, const fhir::Chain& chain)
      : source_(source), reference_(*chain.reference), candidate_(source) {
    for (const fhir::Chain::Branch& branch : chain.branches) {
      searches_.push_back(
          std::make_unique<fhir::TypeSearch>(fhir::TypeSearch{branch.target, branch.all_of}));
      branches_.push_back(std::make_unique<TypeSelection>(source, *searches_.back()));
    }
  }

  // The share of the targets that satisfy the chain is that of the references to them.
  std::uint64_t Estimate() override {
    const std::uint64_t all = CountLive(source_, reference_.base);
    double share = 0;
    for (const auto& branch : branches_) {
      if (branch->Live() == 0) continue;
      share += static_cast<double>(std::max<std::uint64_t>(branch->Estimate(), 1)) /
               static_cast<double>(branch->Live());
    }
    return std::min(all, static_cast<std::uint64_t>(share * static_cast<double>(all)) + 1);
  }

  double CostToOpen() override {
    double cost = 0;
    std::uint64_t targets = 0;
    for (const auto& branch : branches_) {
      cost += branch->CostOf(Selection::kAll);
      targets += branch->Estimate();
    }
    cost += static_cast<double>(targets) * (cost::kBody + cost::kPoint);
    if (targets > kFewValues) cost += CostOfWalk(SizeOf(source_, reference_));
    return cost;
  }

  index::CursorPtr Open() override {
    KeySet keys;
    for (const auto& branch : branches_) {
      const std::vector<index::Rid> rids = MembersOf(source_, *branch);
      source_.tables.LoadBodies(rids, [&](const store::ResourceRow&, const store::BodyView& body) {
        if (keys.size() % 1024 == 0) StopWhenCancelled(source_.cancel);
        keys.insert(KeyOf(branch->type(), body.id));
      });
    }
    const index::Param param = ParamOf(reference_.id);
    if (keys.size() > kFewValues) {
      return source_.reader.Range(param, 0, UINT64_MAX,
                                  [&](const index::Key& key) { return keys.contains(key); });
    }
    std::vector<index::CursorPtr> sets;
    for (const index::Key& key : keys) {
      index::CursorPtr set = source_.reader.Point(param, key);
      if (set->Bound() > 0) sets.push_back(std::move(set));
    }
    return index::Or(std::move(sets));
  }

  bool Holds(Candidate& candidate) override {
    if (source_.chain_limit != 0) return OpenedOnce().Has(candidate.rid());
    return std::ranges::any_of(candidate.values(), [&](const fhir::IndexValue& value) {
      return value.param == reference_.id && value.kind == fhir::ValueKind::kReference &&
             TargetHolds(value);
    });
  }
  double CostToCheck() override {
    double cost = cost::kLookup;
    for (const auto& branch : branches_) cost = std::max(cost, branch->CostOfCheck());
    return cost + cost::kLookup;
  }

  std::string Describe() const override { return "index: references to what meets the chain"; }

 private:
  bool TargetHolds(const fhir::IndexValue& reference) {
    const auto branch =
        std::ranges::find(branches_, reference.target, [](const auto& b) { return b->type(); });
    const std::size_t slash = reference.text.find('/');
    // Text of another server, or of no resource at all.
    if (branch == branches_.end() || slash == std::string_view::npos ||
        reference.text.substr(0, slash) != fhir::NameOf(reference.target)) {
      return false;
    }
    // Neighbours mostly refer to the same: looking it up again would cost more than they do.
    const index::Key key = ReferenceKey(reference.text, reference.target);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    const auto row =
        source_.tables.Find({reference.target.number(), reference.text.substr(slash + 1)});
    bool holds = false;
    if (row && !row->deleted()) {
      candidate_.Choose(row->rid);
      holds = (*branch)->Holds(candidate_);
    }
    if (known_.size() < kKnown) known_.emplace(key, holds);
    return holds;
  }

  const RidBits& OpenedOnce() {
    if (!opened_) opened_.emplace(*Open());
    return *opened_;
  }

  // Verdicts on targets that are kept.
  static constexpr std::size_t kKnown = 65'536;

  const SearchSource& source_;
  const fhir::SearchParam& reference_;
  std::vector<std::unique_ptr<fhir::TypeSearch>> searches_;
  std::vector<std::unique_ptr<TypeSelection>> branches_;
  Candidate candidate_;
  std::unordered_map<index::Key, bool, HashOfKey> known_;
  std::optional<RidBits> opened_;
};

// _has:Observation:patient:code=x
class ReverseChainCondition final : public Condition {
 public:
  ReverseChainCondition(const SearchSource& source, fhir::ResourceType type,
                        const fhir::ReverseChain& chain)
      : source_(source),
        type_(type),
        reference_(*chain.reference),
        search_{chain.source, chain.all_of},
        referring_(source, search_) {}

  std::uint64_t Estimate() override {
    return std::min(CountLive(source_, type_), referring_.Estimate());
  }

  double CostToOpen() override {
    const auto members = static_cast<double>(referring_.Estimate());
    const double by_bodies = members * (cost::kBody + cost::kLookup);
    return referring_.CostOf(Selection::kAll) + std::min(by_bodies, CostOfWalking());
  }

  index::CursorPtr Open() override {
    const auto members = static_cast<double>(referring_.Estimate());
    const bool limited = source_.chain_limit != 0;
    if (limited || members * (cost::kBody + cost::kLookup) <= CostOfWalking()) {
      return OpenByBodies();
    }
    return OpenByWalk();
  }

  bool Holds(Candidate& candidate) override {
    const RidBits& members = Members();
    const index::CursorPtr referring =
        source_.reader.Point(ParamOf(reference_.id), KeyOf(type_, candidate.id()));
    for (index::Rid rid = referring->Seek(0); rid != index::Cursor::kEnd;
         rid = referring->Next(rid)) {
      if (members.Has(rid)) return true;
    }
    return false;
  }
  double CostToCheck() override { return 4 * cost::kPoint; }

  std::string Describe() const override { return "index: what is referred to by those that match"; }

 private:
  double CostOfWalking() {
    const index::RangeSize size = SizeOf(source_, reference_);
    // Each value's resource is looked up.
    return CostOfWalk(size) + static_cast<double>(CountLive(source_, type_)) * cost::kLookup;
  }

  const RidBits& Members() {
    if (members_) return *members_;
    if (source_.chain_limit == 0) {
      members_.emplace(*referring_.Open(Selection::kAll));
    } else {
      members_.emplace(*index::Of(MembersOf(source_, referring_)));
    }
    return *members_;
  }

  index::CursorPtr OpenByBodies() {
    Candidate candidate(source_);
    std::vector<std::string> ids;
    const auto note = [&](index::Rid rid) {
      candidate.Choose(rid);
      for (const fhir::IndexValue& value : candidate.values()) {
        if (value.param != reference_.id || value.kind != fhir::ValueKind::kReference) continue;
        const std::size_t slash = value.text.find('/');
        if (value.target == type_ && value.text.substr(0, slash) == fhir::NameOf(type_)) {
          ids.emplace_back(value.text.substr(slash + 1));
        }
      }
    };
    if (source_.chain_limit != 0) {
      for (const index::Rid rid : MembersOf(source_, referring_)) note(rid);
    } else {
      const index::CursorPtr cursor = referring_.Open(Selection::kAll);
      std::size_t read = 0;
      for (index::Rid rid = cursor->Seek(0); rid != index::Cursor::kEnd; rid = cursor->Next(rid)) {
        if (++read % 64 == 0) StopWhenCancelled(source_.cancel);
        note(rid);
      }
    }
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return OpenIds(ids);
  }

  index::CursorPtr OpenIds(const std::vector<std::string>& ids) {
    std::vector<store::ResourceKey> keys;
    keys.reserve(ids.size());
    for (const std::string& id : ids) keys.push_back({type_.number(), id});
    std::vector<index::Rid> rids;
    for (const auto& row : source_.tables.FindAll(keys)) {
      if (row && !row->deleted()) rids.push_back(row->rid);
    }
    std::ranges::sort(rids);
    return index::Of(std::move(rids));
  }

  // Every value of the reference, whose resources are among the members.
  index::CursorPtr OpenByWalk() {
    const RidBits& members = Members();
    // Of this store's resources: the top bit is clear.
    const auto walk =
        source_.reader.Walk(ParamOf(reference_.id), 0, INT64_MAX, index::Direction::kAscending);
    std::vector<index::Rid> found;
    index::Key key;
    std::vector<index::Rid> rids;
    std::size_t read = 0;
    while (walk->Next(key, rids)) {
      if (++read % 256 == 0) StopWhenCancelled(source_.cancel);
      if (!std::ranges::any_of(rids, [&](index::Rid rid) { return members.Has(rid); })) continue;
      if (const auto rid = FindByKey(key)) found.push_back(*rid);
    }
    std::ranges::sort(found);
    return index::Of(std::move(found));
  }

  // The live resource of the type that the reference is to.
  std::optional<index::Rid> FindByKey(const index::Key& key) {
    std::optional<index::Rid> found;
    source_.tables.FindByHash(key.order,
                              [&](const store::ResourceRow& row, const store::BodyView& body) {
                                if (row.type != type_.number() || KeyOf(type_, body.id) != key)
                                  return false;
                                if (!row.deleted()) found = row.rid;
                                return true;
                              });
    return found;
  }

  const SearchSource& source_;
  const fhir::ResourceType type_;
  const fhir::SearchParam& reference_;
  const fhir::TypeSearch search_;
  TypeSelection referring_;
  std::optional<RidBits> members_;
};

}  // namespace

ConditionPtr MakeChainCondition(const SearchSource& source, fhir::ResourceType,
                                const fhir::Chain& chain) {
  return std::make_unique<ChainCondition>(source, chain);
}

ConditionPtr MakeReverseChainCondition(const SearchSource& source, fhir::ResourceType type,
                                       const fhir::ReverseChain& chain) {
  return std::make_unique<ReverseChainCondition>(source, type, chain);
}

}  // namespace healthlake::datastore
