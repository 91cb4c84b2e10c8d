#include "index/value_walk.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "index/group_walk.hpp"

namespace healthlake::index {
namespace {

class MergedWalk final : public ValueWalk {
 public:
  MergedWalk(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
             Direction direction)
      : direction_(direction) {
    for (const RunView& run : snapshot.runs()) {
      GroupWalk walk(run, param, first, last, direction);
      if (walk.valid()) sources_.push_back({&run, std::move(walk)});
    }
    if (snapshot.HasDelta()) {
      using Order = store::IndexDeltaScan::Order;
      delta_.emplace(snapshot.connection(), param, first, last,
                     direction == Direction::kAscending ? Order::kAscending : Order::kDescending);
      StepDelta();
    }
  }

  bool Next(Key& key, std::vector<Rid>& rids) override {
    while (NextKey(key)) {
      Gather(key);
      Settle(rids);
      if (!rids.empty()) return true;
    }
    return false;
  }

 private:
  struct Source {
    const RunView* run;
    GroupWalk walk;
  };
  using Posting = std::pair<Rid, int>;

  void StepDelta() { in_delta_ = delta_->Next(row_); }

  bool Before(const Key& a, const Key& b) const {
    return direction_ == Direction::kAscending ? a < b : b < a;
  }
  static Key KeyOf(const store::IndexDeltaRow& row) { return {row.order, row.check}; }

  bool NextKey(Key& key) const {
    bool found = false;
    const auto take = [&](const Key& candidate) {
      if (!found || Before(candidate, key)) key = candidate;
      found = true;
    };
    for (const Source& source : sources_) {
      if (source.walk.valid()) take(source.walk.key());
    }
    if (in_delta_) take(KeyOf(row_));
    return found;
  }

  void Gather(const Key& key) {
    found_.clear();
    plain_ = true;
    std::size_t origins = 0;
    for (Source& source : sources_) {
      if (!source.walk.valid() || source.walk.key() != key) continue;
      ++origins;
      if (const Segment* only = source.walk.only_posting()) {
        found_.emplace_back(only->first_rid, only->first_removed ? -1 : 1);
        plain_ &= !only->first_removed;
      } else {
        GatherGroup(source);
      }
      source.walk.Next();
    }
    for (; in_delta_ && KeyOf(row_) == key; StepDelta()) {
      found_.emplace_back(row_.rid, row_.sign);
      plain_ = false;
    }
    if (origins > 1) plain_ = false;
  }

  void GatherGroup(const Source& source) {
    const Group group = source.walk.group();
    for (BlockNumber block = group.block; block < group.end; ++block) {
      source.run->ReadPostings(group, block, postings_);
      for (std::size_t i = 0; i < postings_.rids.size(); ++i) {
        found_.emplace_back(postings_.rids[i], postings_.IsRemoved(i) ? -1 : 1);
      }
    }
    if (group.count.removes != 0) plain_ = false;
  }

  // Leaves the rids whose signs sum up to one.
  void Settle(std::vector<Rid>& rids) {
    rids.clear();
    if (!plain_) std::sort(found_.begin(), found_.end());
    for (std::size_t i = 0; i < found_.size();) {
      const Rid rid = found_[i].first;
      int sum = 0;
      for (; i < found_.size() && found_[i].first == rid; ++i) sum += found_[i].second;
      if (sum > 0) rids.push_back(rid);
    }
  }

  const Direction direction_;
  std::vector<Source> sources_;
  std::optional<store::IndexDeltaScan> delta_;
  store::IndexDeltaRow row_;  // of the delta, unless it has been read to its end
  bool in_delta_ = false;
  Postings postings_;
  std::vector<Posting> found_;
  bool plain_ = true;  // found_ is in order and holds no removes
};

class StringRows final : public StringWalk {
 public:
  StringRows(Snapshot& snapshot, Param param, Direction direction,
             std::optional<std::string_view> from)
      : scan_(snapshot.connection(), param, from,
              direction == Direction::kAscending ? store::IndexStringScan::Order::kAscending
                                                 : store::IndexStringScan::Order::kDescending) {
    Step();
  }

  bool Next(std::string& normal, std::vector<Rid>& rids) override {
    rids.clear();
    if (!more_) return false;
    normal.assign(row_.normal);
    for (; more_ && row_.normal == normal; Step()) rids.push_back(row_.rid);
    std::sort(rids.begin(), rids.end());
    rids.erase(std::unique(rids.begin(), rids.end()), rids.end());
    return true;
  }

 private:
  void Step() { more_ = more_ && scan_.Next(row_); }

  store::IndexStringScan scan_;
  store::IndexStringRow row_;
  bool more_ = true;
};

}  // namespace

std::unique_ptr<ValueWalk> WalkValues(Snapshot& snapshot, Param param, std::uint64_t first,
                                      std::uint64_t last, Direction direction) {
  return std::make_unique<MergedWalk>(snapshot, param, first, last, direction);
}

std::unique_ptr<StringWalk> WalkStringRows(Snapshot& snapshot, Param param, Direction direction,
                                           std::optional<std::string_view> from) {
  return std::make_unique<StringRows>(snapshot, param, direction, from);
}

}  // namespace healthlake::index
