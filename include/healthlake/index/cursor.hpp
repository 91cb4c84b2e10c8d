// Lazy sets of resources, ascending by rid, and their algebra.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "healthlake/index/entry.hpp"

namespace healthlake::index {

// One ascending pass over a set of rids without repetition. Confined to one thread; valid as long
// as the Reader that made it.
class Cursor {
 public:
  static constexpr Rid kEnd = 0xFFFFFFFF;

  virtual ~Cursor() = default;
  // Moves to the first member >= `rid` and returns it, or kEnd. Never moves back: a smaller `rid`
  // gives the current member. The first call positions the cursor.
  virtual Rid Seek(Rid rid) = 0;
  // An upper bound of the members, cheap to say: for choosing which set leads an intersection.
  virtual std::uint64_t Bound() const = 0;

  // The current member's successor.
  Rid Next(Rid current) { return current == kEnd ? kEnd : Seek(current + 1); }

  // For reading all of a large set: sets bit i of `bits` (word i / 64, lowest first) for each
  // member `base` + i from the current one on, and moves past them. `base` is not below an earlier
  // base.
  virtual void Fill(Rid base, std::span<std::uint64_t> bits);
};

using CursorPtr = std::unique_ptr<Cursor>;

CursorPtr Nothing();
// Members of all sets: leapfrogs, the smallest leads. `sets` must not be empty.
CursorPtr And(std::vector<CursorPtr> sets);
// Members of any set.
CursorPtr Or(std::vector<CursorPtr> sets);
// Members of `from` that are not in `without`.
CursorPtr AndNot(CursorPtr from, CursorPtr without);
// A set given by the caller, ascending and without repetition.
CursorPtr Of(std::vector<Rid> rids);

// Reads the cursor to its end.
std::uint64_t Count(Cursor& cursor);

}  // namespace healthlake::index
