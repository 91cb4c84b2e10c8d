#include "datastore/sorted_order.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "datastore/condition.hpp"
#include "datastore/key_walk.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

using index::Rid;

// Up to so many resources that share a key are ordered by their bodies; it costs less than finding
// them one by one among the next key's values.
constexpr std::size_t kSmallGroup = 256;
// A step of a walk, in microseconds: values of dates are mostly of one resource.
constexpr double kStepCost = 0.5;
constexpr std::uint64_t kStride = 256;  // steps between two looks at the cancellation
constexpr std::uint64_t kLeastPatience = 64;
// Of bodies that a page's best rows so far keep while its members are being collected.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;

}  // namespace

SortedOrder::SortedOrder(const fhir::SearchQuery& query, const SearchSource& source,
                         Selection& selection, Candidate& candidate, PageRows& rows)
    : query_(query),
      order_(query),
      source_(source),
      selection_(selection),
      candidate_(candidate),
      rows_(rows) {}

void SortedOrder::Read(const PagePosition& position) {
  backwards_ = position.backwards();
  if (position.has_row()) FindRow(position);
  way_ = Choose();
  if (way_ == SortWay::kCollect) {
    surely_members_ = true;
    Collect(0, *selection_.Open(Selection::kAll), row_.has_value());
    if (way_ == SortWay::kCollect) return;
    surely_members_ = false;
  }
  if (way_ == SortWay::kWalkMembers) OpenMembers();
  Walk(0, nullptr, row_.has_value());
}

void SortedOrder::FindRow(const PagePosition& position) {
  if (!candidate_.ChooseVersion(position.rid, position.version)) {
    throw core::Error(core::ErrorKind::kInvalid,
                      "Search parameter 'page' names a place that does not exist");
  }
  Row& row = row_.emplace();
  row.rid = position.rid;
  order_.KeysOf(candidate_, row.keys);
}

SortWay SortedOrder::Choose() {
  if (!CanWalk(0)) return SortWay::kCollect;
  const fhir::SearchParam& param = *ParamAt(0);
  bounds_ = BoundsOf(source_, query_.types.front(), param);
  const auto live = static_cast<double>(selection_.Live());
  values_ = live;
  auto members = static_cast<double>(selection_.Estimate());
  if (bounds_.narrowed) {
    values_ = static_cast<double>(CountPlaces(source_.reader, param, bounds_.first, bounds_.last));
    // Estimates take two bounds of one value for independent.
    if (bounds_.whole) members = std::max(members, values_);
  }
  members = std::clamp(members, 1.0, live + 1);
  const double all = selection_.CostOf(Selection::kAll);
  const double checking = CostOfWalk(members, selection_.CostOfCheck() + kStepCost);
  const double walking = all + CostOfWalk(members, kStepCost);
  const double collecting = all + members * cost::kBody;
  // When bodies have cost as much as the members would have, the guess was wrong.
  patience_ = kLeastPatience + static_cast<std::uint64_t>(2 * all / selection_.CostOfCheck());
  const SortWay forced = source_.parts.sort_way;
  if (forced != SortWay::kCheapest) return forced;
  if (collecting <= checking && collecting <= walking) return SortWay::kCollect;
  return checking <= walking ? SortWay::kWalkChecking : SortWay::kWalkMembers;
}

double SortedOrder::CostOfWalk(double members, double per_candidate) const {
  const auto wanted = static_cast<double>(rows_.wanted());
  const double candidates = std::min(values_, wanted * values_ / std::max(members, 1.0));
  return candidates * per_candidate + wanted * cost::kBody;
}

const fhir::SearchParam* SortedOrder::ParamAt(std::size_t level) const {
  return query_.types.size() == 1 ? SortParam(query_, order_.rule(level), query_.types.front().type)
                                  : nullptr;
}

bool SortedOrder::CanWalk(std::size_t level) const {
  const fhir::SearchParam* param = ParamAt(level);
  return param != nullptr && CanWalkKeys(*param);
}

// --- Walking -------------------------------------------------------------------------------------

bool SortedOrder::Walk(std::size_t level, const Group* within, bool at_row) {
  const SortKey* start = at_row ? &row_->keys[level] : nullptr;
  const bool in_missing = start != nullptr && !start->present;
  if (in_missing) start = nullptr;
  if (!backwards_) {
    return (in_missing || WalkValues(level, within, start)) &&
           WalkMissing(level, within, in_missing);
  }
  return (start != nullptr || WalkMissing(level, within, in_missing)) &&
         WalkValues(level, within, start);
}

bool SortedOrder::WalkValues(std::size_t level, const Group* within, const SortKey* start) {
  const bool descending = order_.rule(level).descending != backwards_;
  const auto walk =
      WalkKeys(source_.reader, *ParamAt(level),
               descending ? index::Direction::kDescending : index::Direction::kAscending, start,
               level == 0 ? bounds_ : SortBounds{});
  SortKey key;
  std::vector<Rid> rids;
  while (walk->Next(key, rids)) {
    Tick();
    if (within != nullptr) {
      std::erase_if(rids, [&](Rid rid) { return !within->bits.Has(rid); });
    } else if (members_) {
      std::erase_if(rids, [&](Rid rid) { return !members_->Has(rid); });
    }
    if (rids.empty()) continue;
    shared_.resize(level);
    shared_.push_back(key);
    if (!TakeGroup(level + 1, std::move(rids), start != nullptr && key == *start)) return false;
    rids.clear();
  }
  return true;
}

bool SortedOrder::WalkMissing(std::size_t level, const Group* within, bool at_row) {
  if (level == 0 && bounds_.present) return true;
  const bool whole = within == nullptr;
  index::CursorPtr members = whole ? selection_.Open(Selection::kAll) : index::Of(within->rids);
  const index::CursorPtr missing =
      index::AndNot(std::move(members), WithAnyKey(source_.reader, *ParamAt(level)));
  shared_.resize(level);
  shared_.push_back({});
  if (whole) surely_members_ = true;
  bool more = true;
  if (level + 1 == order_.size() && !backwards_) {
    more = TakeFrom(*missing, at_row);
  } else {
    std::vector<Rid> rids;
    for (Rid rid = missing->Seek(0); rid != index::Cursor::kEnd; rid = missing->Next(rid)) {
      Tick();
      rids.push_back(rid);
    }
    more = TakeGroup(level + 1, std::move(rids), at_row);
  }
  if (whole) surely_members_ = false;
  return more;
}

bool SortedOrder::TakeGroup(std::size_t level, std::vector<Rid> rids, bool at_row) {
  if (rids.empty()) return true;
  if (rids.size() == 1) return TakeOne(level, rids.front(), at_row);
  if (level == order_.size()) return TakeByRid(rids, at_row);
  if (rids.size() > kSmallGroup && !surely_members_ && !members_) {
    OpenMembers();
    std::erase_if(rids, [&](Rid rid) { return !members_->Has(rid); });
  }
  const index::CursorPtr cursor = index::Of(rids);
  if (rids.size() <= kSmallGroup || !CanWalk(level)) return Collect(level, *cursor, at_row);
  const RidBits bits(*cursor);
  const Group group{std::move(rids), bits};
  return Walk(level, &group, at_row);
}

bool SortedOrder::TakeByRid(std::span<const Rid> rids, bool at_row) {
  const auto take = [&](Rid rid) { return TakeOne(order_.size(), rid, at_row); };
  if (backwards_) {
    const auto end = at_row ? std::ranges::lower_bound(rids, row_->rid) : rids.end();
    return std::all_of(std::make_reverse_iterator(end), rids.rend(), take);
  }
  const auto begin = at_row ? std::ranges::upper_bound(rids, row_->rid) : rids.begin();
  return std::all_of(begin, rids.end(), take);
}

bool SortedOrder::TakeFrom(index::Cursor& rids, bool at_row) {
  for (Rid rid = rids.Seek(at_row ? row_->rid + 1 : 0); rid != index::Cursor::kEnd;
       rid = rids.Next(rid)) {
    if (!TakeOne(order_.size(), rid, at_row)) return false;
  }
  return true;
}

bool SortedOrder::TakeOne(std::size_t level, Rid rid, bool at_row) {
  Tick();
  candidate_.Choose(rid);
  if (!IsMember()) return true;
  order_.KeysOf(candidate_, keys_);
  return !Counts(level, at_row) || rows_.Take(candidate_);
}

// --- Collecting ----------------------------------------------------------------------------------

bool SortedOrder::Collect(std::size_t level, index::Cursor& rids, bool at_row) {
  const auto before = [this](const Row& a, const Row& b) {
    return ComesBefore(a.keys, a.rid, b.keys, b.rid);
  };
  const std::size_t wanted = rows_.wanted();
  std::size_t kept_bytes = 0;
  std::vector<Row> best;  // a heap, the last one on top
  for (Rid rid = rids.Seek(0); rid != index::Cursor::kEnd; rid = rids.Next(rid)) {
    Tick();
    candidate_.Choose(rid);
    if (!IsMember()) continue;
    if (level == 0 && Repents(++collected_)) return true;
    order_.KeysOf(candidate_, keys_);
    if (!Counts(level, at_row)) continue;
    if (best.size() == wanted) {
      if (!ComesBefore(keys_, rid, best.front().keys, best.front().rid)) continue;
      std::ranges::pop_heap(best, before);
      if (best.back().kept) kept_bytes -= best.back().kept->entry.json.size();
      best.pop_back();
    }
    Row& row = best.emplace_back(Row{rid, keys_});
    if (kept_bytes + candidate_.json().size() <= kKeptBytes) {
      kept_bytes += row.kept.emplace(rows_.RowOf(candidate_)).entry.json.size();
    }
    std::ranges::push_heap(best, before);
  }
  std::ranges::sort_heap(best, before);
  return std::ranges::all_of(best, [&](Row& row) {
    if (row.kept) return rows_.Take(std::move(*row.kept));
    candidate_.Choose(row.rid);
    return rows_.Take(candidate_);
  });
}

// Collecting is given up when there are so many members that walking would have cost half as much.
bool SortedOrder::Repents(std::uint64_t collected) {
  if (collected < kLeastPatience || !std::has_single_bit(collected) || !CanWalk(0) ||
      source_.parts.sort_way != SortWay::kCheapest) {
    return false;
  }
  const auto members = static_cast<double>(collected);
  const double walking = selection_.CostOf(Selection::kAll) + CostOfWalk(members, kStepCost);
  if (members * cost::kBody < 2 * walking) return false;
  way_ = SortWay::kWalkMembers;
  return true;
}

// --- Both ----------------------------------------------------------------------------------------

bool SortedOrder::IsMember() {
  if (surely_members_) return candidate_.Live();
  if (members_) return members_->Has(candidate_.rid()) && candidate_.Live();
  if (way_ == SortWay::kWalkChecking && ++checked_ > patience_ &&
      source_.parts.sort_way == SortWay::kCheapest) {
    OpenMembers();
    return members_->Has(candidate_.rid()) && candidate_.Live();
  }
  if (!candidate_.Live() || !selection_.Holds(candidate_)) return false;
  return true;
}

void SortedOrder::OpenMembers() {
  members_.emplace(*selection_.Open(Selection::kAll));
}

// Whether this is the place of the candidate, and after the page's row.
bool SortedOrder::Counts(std::size_t level, bool at_row) const {
  if (!std::equal(shared_.begin(), shared_.begin() + static_cast<std::ptrdiff_t>(level),
                  keys_.begin())) {
    return false;
  }
  return !at_row || ComesBefore(row_->keys, row_->rid, keys_, candidate_.rid());
}

bool SortedOrder::ComesBefore(const SortKeys& a, Rid a_rid, const SortKeys& b, Rid b_rid) const {
  const std::strong_ordering order = order_.Compare(a, a_rid, b, b_rid);
  return backwards_ ? order > 0 : order < 0;
}

void SortedOrder::Tick() {
  if (++steps_ % kStride == 0) StopWhenCancelled(source_.cancel);
}

std::string SortedOrder::Describe() const {
  if (!way_ || way_ == SortWay::kCollect) return "bodies sorted";
  const fhir::SearchParam* param = ParamAt(0);
  return "walk of " + std::string(fhir::NameOf(param->base)) + "." + std::string(param->code) +
         (order_.rule(0).descending != backwards_ ? ", descending" : ", ascending") +
         (members_ ? ", among the members" : ", checked on bodies");
}

}  // namespace healthlake::datastore
