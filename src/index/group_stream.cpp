#include "index/group_stream.hpp"

#include <algorithm>
#include <utility>

#include "index/gallop.hpp"

namespace healthlake::index {
namespace {

class StreamCursor final : public Cursor {
 public:
  explicit StreamCursor(GroupStream stream) : stream_(std::move(stream)) {}
  Rid Seek(Rid rid) override { return stream_.Seek(rid); }
  std::uint64_t Bound() const override { return stream_.count().adds; }
  void Fill(Rid base, std::span<std::uint64_t> bits) override { stream_.Fill(base, bits); }

 private:
  GroupStream stream_;
};

// The rids that some source removes and none has added again. A posting's writes alternate, so the
// sum of its signs is 1 for a live one whatever order the sources are looked at in.
std::vector<Rid> DeadRids(std::vector<GroupStream> streams, std::span<const DeltaPosting> delta) {
  std::vector<Rid> dead;
  for (const GroupStream& stream : streams) stream.CollectRemoved(dead);
  for (const DeltaPosting& posting : delta) {
    if (posting.sign < 0) dead.push_back(posting.rid);
  }
  std::sort(dead.begin(), dead.end());
  dead.erase(std::unique(dead.begin(), dead.end()), dead.end());
  auto row = delta.begin();
  std::erase_if(dead, [&](Rid rid) {
    int sum = 0;
    for (GroupStream& stream : streams) {
      if (stream.Seek(rid) == rid) sum += stream.removed() ? -1 : 1;
    }
    while (row != delta.end() && row->rid < rid) ++row;
    if (row != delta.end() && row->rid == rid) sum += row->sign;
    return sum > 0;
  });
  return dead;
}

}  // namespace

void GroupStream::Load(BlockNumber block) {
  view_->ReadPostings(group_, block, postings_);
  loaded_ = true;
  block_ = block;
  at_ = 0;
}

Rid GroupStream::Seek(Rid rid) {
  if (loaded_ && at_ < postings_.rids.size()) {
    if (postings_.rids[at_] >= rid) return postings_.rids[at_];
    if (postings_.rids.back() >= rid) {
      at_ = Gallop(postings_.rids, at_, rid);
      return postings_.rids[at_];
    }
  }
  while (!loaded_ || block_ + 1 < group_.end) {
    BlockNumber next = loaded_ ? block_ + 1 : group_.block;
    const Directory& blocks = view_->directory();
    // The last block that begins at or before `rid`: the ones before it end below.
    BlockNumber step = 1;
    while (next + step < group_.end && blocks[next + step].first_rid <= rid) {
      next += step;
      step *= 2;
    }
    for (; step > 0; step /= 2) {
      if (next + step < group_.end && blocks[next + step].first_rid <= rid) next += step;
    }
    Load(next);
    at_ = Gallop(postings_.rids, 0, rid);
    if (at_ < postings_.rids.size()) return postings_.rids[at_];
  }
  at_ = postings_.rids.size();
  return Cursor::kEnd;
}

void GroupStream::Fill(Rid base, std::span<std::uint64_t> bits) {
  const std::uint64_t end = base + std::uint64_t{64} * bits.size();
  Rid rid = Seek(base);
  while (rid < end && rid != Cursor::kEnd) {
    const std::vector<Rid>& rids = postings_.rids;
    for (; at_ < rids.size() && rids[at_] < end; ++at_) {
      const Rid bit = rids[at_] - base;
      bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    if (at_ < rids.size()) return;
    rid = Seek(rids.back() + 1);
  }
}

void GroupStream::CollectRemoved(std::vector<Rid>& out) const {
  if (group_.count.removes == 0) return;
  Postings postings;
  for (BlockNumber block = group_.block; block < group_.end; ++block) {
    if (block != group_.block && view_->directory()[block].removes == 0) continue;
    view_->ReadPostings(group_, block, postings);
    for (std::size_t i = 0; i < postings.rids.size(); ++i) {
      if (postings.IsRemoved(i)) out.push_back(postings.rids[i]);
    }
  }
}

CursorPtr LiveCursor(std::vector<GroupStream> streams, std::span<const DeltaPosting> delta) {
  bool any_removed = false;
  for (const GroupStream& stream : streams) any_removed |= stream.count().removes != 0;
  std::vector<Rid> added;
  for (const DeltaPosting& posting : delta) {
    if (posting.sign > 0) added.push_back(posting.rid);
  }
  any_removed |= added.size() != delta.size();
  std::vector<Rid> dead;
  if (any_removed) dead = DeadRids(streams, delta);

  std::vector<CursorPtr> sets;
  sets.reserve(streams.size() + 1);
  for (GroupStream& stream : streams) {
    sets.push_back(std::make_unique<StreamCursor>(std::move(stream)));
  }
  if (!added.empty()) sets.push_back(Of(std::move(added)));
  CursorPtr all = Or(std::move(sets));
  return dead.empty() ? std::move(all) : AndNot(std::move(all), Of(std::move(dead)));
}

}  // namespace healthlake::index
