#include "index/range_cursor.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/group_stream.hpp"
#include "index/group_walk.hpp"
#include "index/rid_set.hpp"

namespace healthlake::index {
namespace {

// Up to so many groups, over all runs, a range stays lazy.
constexpr std::size_t kMaxLazyGroups = 64;

struct Range {
  Param param;
  std::uint64_t first;
  std::uint64_t last;
  const KeyFilter& filter;

  bool Keeps(const Key& key) const { return !filter || filter(key); }
};

struct Value {
  std::vector<GroupStream> streams;
  std::vector<DeltaPosting> delta;
};

using Delta = std::vector<store::IndexDeltaRow>;

std::optional<std::map<Key, Value>> FewValues(const std::vector<RunView>& runs, const Delta& delta,
                                              const Range& range) {
  std::map<Key, Value> values;
  std::size_t groups = 0;
  for (const RunView& run : runs) {
    GroupWalk walk(run, range.param, range.first, range.last, Direction::kAscending);
    for (; walk.valid(); walk.Next()) {
      if (++groups > kMaxLazyGroups) return std::nullopt;
      values[walk.key()].streams.emplace_back(run, walk.group());
    }
  }
  for (const store::IndexDeltaRow& row : delta) {
    Value& value = values[{row.order, row.check}];
    if (values.size() > kMaxLazyGroups) return std::nullopt;
    value.delta.push_back({row.rid, row.sign});
  }
  std::erase_if(values, [&](const auto& value) { return !range.Keeps(value.first); });
  return values;
}

// Calls `each` for every segment of the range, blocks in order.
template <typename Each>
void ForEachSegment(const RunView& run, const Range& range, const Each& each) {
  const Directory& blocks = run.directory();
  BlockNumber block = blocks.LowerBound(range.param, {range.first, 0});
  if (block > 0) --block;
  std::optional<Key> judged;
  bool keeps = false;
  for (; block < blocks.size(); ++block) {
    const auto bytes = run.ReadBlock(block);
    SegmentScanner scanner(*bytes);
    for (Segment segment; scanner.Next(segment);) {
      if (segment.param < range.param) continue;
      if (segment.param > range.param || segment.key.order > range.last) return;
      if (segment.key.order < range.first) continue;
      if (judged != segment.key) {
        judged = segment.key;
        keeps = range.Keeps(segment.key);
      }
      if (keeps) each(segment);
    }
  }
}

// The sum of the signs of one rid over all values and sources is the number of values that it has
// now. So only rids that some source removes need counting, whatever values they are of.
class Collector {
 public:
  Collector(const std::vector<RunView>& runs, const Delta& delta, const Range& range)
      : runs_(runs), delta_(delta), range_(range) {}

  CursorPtr Collect() {
    NoteRemoved();
    for (const RunView& run : runs_) {
      ForEachSegment(run, range_, [&](const Segment& segment) { Take(segment); });
    }
    ForEachDelta([&](const store::IndexDeltaRow& row) { Take(row.rid, row.sign); });
    for (const auto& [rid, sum] : sums_) {
      if (sum > 0) members_.Add(rid);
    }
    return members_.Take();
  }

 private:
  template <typename Each>
  void ForEachDelta(const Each& each) {
    for (const store::IndexDeltaRow& row : delta_) {
      if (range_.Keeps({row.order, row.check})) each(row);
    }
  }

  void NoteRemoved() {
    for (const RunView& run : runs_) {
      if (!run.has_removes()) continue;
      ForEachSegment(run, range_, [&](const Segment& segment) {
        if (segment.removes == 0) return;
        Decode(segment, postings_);
        for (std::size_t i = 0; i < postings_.rids.size(); ++i) {
          if (postings_.IsRemoved(i)) Touch(postings_.rids[i]);
        }
      });
    }
    ForEachDelta([&](const store::IndexDeltaRow& row) {
      if (row.sign < 0) Touch(row.rid);
    });
  }

  void Touch(Rid rid) {
    if (sums_.empty()) touched_.MakeBitmap();
    touched_.Add(rid);
    sums_.emplace(rid, 0);
  }

  void Take(const Segment& segment) {
    if (segment.count() == 1) {
      return Take(segment.first_rid, segment.first_removed ? -1 : 1);
    }
    Decode(segment, postings_);
    if (sums_.empty()) {
      for (const Rid rid : postings_.rids) members_.Add(rid);
      return;
    }
    for (std::size_t i = 0; i < postings_.rids.size(); ++i) {
      Take(postings_.rids[i], postings_.IsRemoved(i) ? -1 : 1);
    }
  }

  void Take(Rid rid, int sign) {
    if (!sums_.empty() && touched_.Has(rid)) {
      sums_[rid] += sign;
    } else {
      members_.Add(rid);
    }
  }

  const std::vector<RunView>& runs_;
  const Delta& delta_;
  const Range& range_;
  Postings postings_;
  RidSet members_;
  RidSet touched_;
  std::unordered_map<Rid, std::int64_t> sums_;
};

}  // namespace

std::optional<std::vector<Key>> ValuesOfRange(Snapshot& snapshot, Param param, std::uint64_t first,
                                              std::uint64_t last, const KeyFilter& filter,
                                              std::size_t limit) {
  const Range range{.param = param, .first = first, .last = last, .filter = filter};
  std::vector<Key> values;
  const auto take = [&](const Key& key) {
    if (std::ranges::find(values, key) != values.end() || !range.Keeps(key)) return true;
    if (values.size() == limit) return false;
    values.push_back(key);
    return true;
  };
  std::size_t groups = 0;
  for (const RunView& run : snapshot.runs()) {
    GroupWalk walk(run, param, first, last, Direction::kAscending);
    for (; walk.valid(); walk.Next()) {
      if (++groups > kMaxLazyGroups || !take(walk.key())) return std::nullopt;
    }
  }
  if (snapshot.HasDelta()) {
    for (const store::IndexDeltaRow& row : snapshot.tables().DeltaOfRange(param, first, last)) {
      if (!take({row.order, row.check})) return std::nullopt;
    }
  }
  return values;
}

CursorPtr RangeCursor(Snapshot& snapshot, Param param, std::uint64_t first, std::uint64_t last,
                      const KeyFilter& filter) {
  const Range range{.param = param, .first = first, .last = last, .filter = filter};
  const Delta delta =
      snapshot.HasDelta() ? snapshot.tables().DeltaOfRange(param, first, last) : Delta{};
  if (auto values = FewValues(snapshot.runs(), delta, range)) {
    std::vector<CursorPtr> sets;
    for (auto& [key, value] : *values) {
      sets.push_back(LiveCursor(std::move(value.streams), value.delta));
    }
    return Or(std::move(sets));
  }
  return Collector(snapshot.runs(), delta, range).Collect();
}

}  // namespace healthlake::index
