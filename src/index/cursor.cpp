#include "healthlake/index/cursor.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "index/gallop.hpp"

namespace healthlake::index {
namespace {

// Words of a window when a whole set is read: 65,536 rids, 8 kB.
constexpr std::size_t kWindowWords = 1024;
// Below this a set is read member by member.
constexpr std::uint64_t kWorthWindows = 1024;

std::uint64_t WindowEnd(Rid base, std::span<const std::uint64_t> bits) {
  return std::min<std::uint64_t>(Cursor::kEnd, base + std::uint64_t{64} * bits.size());
}

std::uint64_t PopCount(std::span<const std::uint64_t> bits) {
  std::uint64_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

class ListCursor final : public Cursor {
 public:
  explicit ListCursor(std::vector<Rid> rids) : rids_(std::move(rids)) {}

  Rid Seek(Rid rid) override {
    at_ = Gallop(rids_, at_, rid);
    return at_ < rids_.size() ? rids_[at_] : kEnd;
  }

  std::uint64_t Bound() const override { return rids_.size() - at_; }

 private:
  std::vector<Rid> rids_;
  std::size_t at_ = 0;
};

class AndCursor final : public Cursor {
 public:
  explicit AndCursor(std::vector<CursorPtr> sets) : sets_(std::move(sets)) {
    std::stable_sort(sets_.begin(), sets_.end(),
                     [](const auto& a, const auto& b) { return a->Bound() < b->Bound(); });
  }

  Rid Seek(Rid rid) override {
    Rid candidate = sets_.front()->Seek(rid);
    for (std::size_t i = 1; i < sets_.size() && candidate != kEnd;) {
      const Rid found = sets_[i]->Seek(candidate);
      if (found == candidate) {
        ++i;
      } else {
        candidate = found == kEnd ? kEnd : sets_.front()->Seek(found);
        i = 1;
      }
    }
    return candidate;
  }

  std::uint64_t Bound() const override { return sets_.front()->Bound(); }

  void Fill(Rid base, std::span<std::uint64_t> bits) override {
    members_.assign(bits.size(), 0);
    sets_.front()->Fill(base, members_);
    for (std::size_t i = 1; i < sets_.size(); ++i) {
      const std::uint64_t left = PopCount(members_);
      if (left == 0) return;
      if (left < bits.size()) {
        KeepFound(*sets_[i], base);
        continue;
      }
      other_.assign(bits.size(), 0);
      sets_[i]->Fill(base, other_);
      for (std::size_t w = 0; w < bits.size(); ++w) members_[w] &= other_[w];
    }
    for (std::size_t w = 0; w < bits.size(); ++w) bits[w] |= members_[w];
  }

 private:
  // With few members left, asking for each is cheaper than reading the other set.
  void KeepFound(Cursor& set, Rid base) {
    for (std::size_t w = 0; w < members_.size(); ++w) {
      for (std::uint64_t word = members_[w]; word != 0; word &= word - 1) {
        const Rid rid = base + static_cast<Rid>(64 * w) + static_cast<Rid>(std::countr_zero(word));
        if (set.Seek(rid) != rid) members_[w] &= ~(word & (~word + 1));
      }
    }
  }

  std::vector<CursorPtr> sets_;  // the smallest first
  std::vector<std::uint64_t> members_;
  std::vector<std::uint64_t> other_;
};

class OrCursor final : public Cursor {
 public:
  explicit OrCursor(std::vector<CursorPtr> sets) : sets_(std::move(sets)) {}

  Rid Seek(Rid rid) override {
    if (!positioned_) Position(std::max(rid, floor_));
    while (heap_.front().rid < rid) {
      std::pop_heap(heap_.begin(), heap_.end(), Later);
      heap_.back().rid = sets_[heap_.back().set]->Seek(rid);
      std::push_heap(heap_.begin(), heap_.end(), Later);
    }
    return heap_.front().rid;
  }

  std::uint64_t Bound() const override {
    std::uint64_t bound = 0;
    for (const CursorPtr& set : sets_) bound += set->Bound();
    return bound;
  }

  void Fill(Rid base, std::span<std::uint64_t> bits) override {
    // What lies before the current member was passed already, in every set.
    if (!positioned_) floor_ = std::max(floor_, base);
    for (const CursorPtr& set : sets_) set->Fill(base, bits);
    positioned_ = false;
    floor_ = std::max(floor_, static_cast<Rid>(WindowEnd(base, bits)));
  }

 private:
  struct Head {
    Rid rid;
    std::size_t set;
  };
  static bool Later(const Head& a, const Head& b) { return a.rid > b.rid; }

  void Position(Rid rid) {
    heap_.clear();
    for (std::size_t i = 0; i < sets_.size(); ++i) heap_.push_back({sets_[i]->Seek(rid), i});
    std::make_heap(heap_.begin(), heap_.end(), Later);
    positioned_ = true;
  }

  std::vector<CursorPtr> sets_;
  std::vector<Head> heap_;
  bool positioned_ = false;
  Rid floor_ = 0;
};

class AndNotCursor final : public Cursor {
 public:
  AndNotCursor(CursorPtr from, CursorPtr without)
      : from_(std::move(from)), without_(std::move(without)) {}

  Rid Seek(Rid rid) override {
    Rid candidate = from_->Seek(rid);
    while (candidate != kEnd && without_->Seek(candidate) == candidate) {
      candidate = from_->Next(candidate);
    }
    return candidate;
  }

  std::uint64_t Bound() const override { return from_->Bound(); }

  void Fill(Rid base, std::span<std::uint64_t> bits) override {
    members_.assign(bits.size(), 0);
    from_->Fill(base, members_);
    if (PopCount(members_) == 0) return;
    other_.assign(bits.size(), 0);
    without_->Fill(base, other_);
    for (std::size_t w = 0; w < bits.size(); ++w) bits[w] |= members_[w] & ~other_[w];
  }

 private:
  CursorPtr from_;
  CursorPtr without_;
  std::vector<std::uint64_t> members_;
  std::vector<std::uint64_t> other_;
};

}  // namespace

void Cursor::Fill(Rid base, std::span<std::uint64_t> bits) {
  const std::uint64_t end = WindowEnd(base, bits);
  for (Rid rid = Seek(base); rid < end; rid = Next(rid)) {
    bits[(rid - base) / 64] |= std::uint64_t{1} << ((rid - base) % 64);
  }
}

CursorPtr Nothing() {
  return Of({});
}

CursorPtr And(std::vector<CursorPtr> sets) {
  if (sets.size() == 1) return std::move(sets.front());
  return std::make_unique<AndCursor>(std::move(sets));
}

CursorPtr Or(std::vector<CursorPtr> sets) {
  if (sets.empty()) return Nothing();
  if (sets.size() == 1) return std::move(sets.front());
  return std::make_unique<OrCursor>(std::move(sets));
}

CursorPtr AndNot(CursorPtr from, CursorPtr without) {
  return std::make_unique<AndNotCursor>(std::move(from), std::move(without));
}

CursorPtr Of(std::vector<Rid> rids) {
  return std::make_unique<ListCursor>(std::move(rids));
}

std::uint64_t Count(Cursor& cursor) {
  std::uint64_t count = 0;
  Rid rid = cursor.Seek(0);
  if (cursor.Bound() < kWorthWindows) {
    for (; rid != Cursor::kEnd; rid = cursor.Next(rid)) ++count;
    return count;
  }
  std::vector<std::uint64_t> bits(kWindowWords);
  while (rid != Cursor::kEnd) {
    std::fill(bits.begin(), bits.end(), 0);
    cursor.Fill(rid, bits);
    count += PopCount(bits);
    rid = cursor.Seek(static_cast<Rid>(WindowEnd(rid, bits)));
  }
  return count;
}

}  // namespace healthlake::index
