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

// A posting's writes alternate between add and remove, whatever source each is in, so the resource
// has the value when the number of them is odd.
class ParityCursor final : public Cursor {
 public:
  ParityCursor(std::vector<GroupStream> streams, std::vector<Rid> delta)
      : streams_(std::move(streams)), delta_(std::move(delta)) {}

  Rid Seek(Rid rid) override {
    if (positioned_ && rid <= current_) return current_;
    positioned_ = true;
    for (;; rid = current_ + 1) {
      current_ = kEnd;
      bool odd = false;
      const auto meet = [&](Rid head) {
        odd = head == current_ ? !odd : (head < current_ || odd);
        current_ = std::min(current_, head);
      };
      for (GroupStream& stream : streams_) meet(stream.Seek(rid));
      at_ = Gallop(delta_, at_, rid);
      if (at_ < delta_.size()) meet(delta_[at_]);
      if (current_ == kEnd || odd) return current_;
    }
  }

  std::uint64_t Bound() const override {
    std::uint64_t bound = delta_.size();
    for (const GroupStream& stream : streams_) bound += stream.count().adds;
    return bound;
  }

  void Fill(Rid base, std::span<std::uint64_t> bits) override {
    members_.assign(bits.size(), 0);
    for (GroupStream& stream : streams_) {
      other_.assign(bits.size(), 0);
      stream.Fill(base, other_);
      for (std::size_t w = 0; w < bits.size(); ++w) members_[w] ^= other_[w];
    }
    const std::uint64_t end = base + std::uint64_t{64} * bits.size();
    for (at_ = Gallop(delta_, at_, base); at_ < delta_.size() && delta_[at_] < end; ++at_) {
      const Rid bit = delta_[at_] - base;
      members_[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    }
    for (std::size_t w = 0; w < bits.size(); ++w) bits[w] |= members_[w];
    positioned_ = false;
  }

 private:
  std::vector<GroupStream> streams_;
  std::vector<Rid> delta_;
  std::size_t at_ = 0;
  bool positioned_ = false;
  Rid current_ = 0;
  std::vector<std::uint64_t> members_;
  std::vector<std::uint64_t> other_;
};

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

CursorPtr LiveCursor(std::vector<GroupStream> streams, std::span<const DeltaPosting> delta) {
  bool removes = false;
  for (const GroupStream& stream : streams) removes |= stream.count().removes != 0;
  std::vector<Rid> written;
  written.reserve(delta.size());
  for (const DeltaPosting& posting : delta) {
    removes |= posting.sign < 0;
    written.push_back(posting.rid);
  }
  if (removes) return std::make_unique<ParityCursor>(std::move(streams), std::move(written));
  std::vector<CursorPtr> sets;
  sets.reserve(streams.size() + 1);
  for (GroupStream& stream : streams) {
    sets.push_back(std::make_unique<StreamCursor>(std::move(stream)));
  }
  if (!written.empty()) sets.push_back(Of(std::move(written)));
  return Or(std::move(sets));
}

}  // namespace healthlake::index
