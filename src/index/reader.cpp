#include "index/reader.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "index/group_stream.hpp"
#include "index/range_cursor.hpp"
#include "index/rid_set.hpp"
#include "index/value_walk.hpp"

namespace healthlake::index {
namespace {

class SnapshotReader final : public Reader {
 public:
  SnapshotReader(store::Connection& connection, Catalog& catalog, Seen seen)
      : snapshot_(connection, catalog, seen) {}

  CursorPtr Point(Param param, const Key& key) override {
    ++snapshot_.work().cursors;
    std::vector<GroupStream> streams;
    for (const auto& [run, group] : Find(param, key)) streams.emplace_back(*run, group);
    std::vector<DeltaPosting> delta;
    if (snapshot_.HasDelta()) {
      for (const auto& row : snapshot_.tables().DeltaOfKey(param, key.order, key.check)) {
        delta.push_back({row.rid, row.sign});
      }
    }
    return LiveCursor(std::move(streams), delta);
  }

  CursorPtr Range(Param param, std::uint64_t first, std::uint64_t last, KeyFilter filter) override {
    ++snapshot_.work().cursors;
    return RangeCursor(snapshot_, param, first, last, filter);
  }

  CursorPtr Any(Param param) override {
    return Range(param, 0, std::numeric_limits<std::uint64_t>::max(), {});
  }

  std::uint64_t CountPoint(Param param, const Key& key) override {
    std::int64_t count = 0;
    for (const FoundGroup& found : Find(param, key)) {
      count += static_cast<std::int64_t>(found.group.count.adds) -
               static_cast<std::int64_t>(found.group.count.removes);
    }
    if (snapshot_.HasDelta()) count += snapshot_.tables().DeltaSum(param, key.order, key.check);
    return count > 0 ? static_cast<std::uint64_t>(count) : 0;
  }

  std::optional<std::vector<Key>> FindValues(Param param, std::uint64_t first, std::uint64_t last,
                                             const KeyFilter& filter, std::size_t limit) override {
    return ValuesOfRange(snapshot_, param, first, last, filter, limit);
  }

  RangeSize SizeOf(Param param, std::uint64_t first, std::uint64_t last) override {
    RangeSize sum;
    for (const RunView& run : snapshot_.runs()) {
      const RangeSize size = run.directory().SizeOf(param, first, last);
      sum.postings += size.postings;
      sum.blocks += size.blocks;
    }
    return sum;
  }

  std::unique_ptr<ValueWalk> Walk(Param param, std::uint64_t first, std::uint64_t last,
                                  Direction direction) override {
    ++snapshot_.work().cursors;
    return WalkValues(snapshot_, param, first, last, direction);
  }

  CursorPtr StringPrefix(Param param, std::string_view prefix, StringFilter filter) override {
    using Scan = store::IndexStringScan;
    ++snapshot_.work().cursors;
    Scan scan(snapshot_.connection(), param, prefix, Scan::Order::kAscending);
    RidSet members;
    store::IndexStringRow row;
    while (scan.Next(row) && row.normal.starts_with(prefix)) {
      if (!filter || filter(row.normal, row.exact)) members.Add(row.rid);
    }
    return members.Take();
  }

  std::unique_ptr<StringWalk> WalkStrings(Param param, Direction direction,
                                          std::optional<std::string_view> from) override {
    ++snapshot_.work().cursors;
    return WalkStringRows(snapshot_, param, direction, from);
  }

  std::uint64_t CountStrings(Param param, std::string_view prefix, std::uint64_t limit) override {
    using Scan = store::IndexStringScan;
    Scan scan(snapshot_.connection(), param, prefix, Scan::Order::kAscending);
    std::uint64_t count = 0;
    store::IndexStringRow row;
    while (count < limit && scan.Next(row) && row.normal.starts_with(prefix)) ++count;
    return count;
  }

  const ReaderWork& work() const noexcept override { return snapshot_.work(); }

 private:
  struct FoundGroup {
    const RunView* run;
    Group group;
  };

  // Who counts a value is likely to read it next.
  const std::vector<FoundGroup>& Find(Param param, const Key& key) {
    if (has_found_ && param == found_param_ && key == found_key_) return found_;
    has_found_ = false;
    found_.clear();
    for (const RunView& run : snapshot_.runs()) {
      if (auto group = run.Find(param, key)) found_.push_back({&run, std::move(*group)});
    }
    found_param_ = param;
    found_key_ = key;
    has_found_ = true;
    return found_;
  }

  Snapshot snapshot_;
  bool has_found_ = false;
  Param found_param_ = 0;
  Key found_key_;
  std::vector<FoundGroup> found_;
};

}  // namespace

std::unique_ptr<Reader> MakeReader(store::Connection& connection, Catalog& catalog, Seen seen) {
  return std::make_unique<SnapshotReader>(connection, catalog, seen);
}

}  // namespace healthlake::index
