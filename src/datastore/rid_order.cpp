#include "datastore/rid_order.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace healthlake::datastore {
namespace {

using index::Rid;

constexpr std::uint64_t kLeastWindow = 256;
// By how much a window that held too few members grows.
constexpr std::uint64_t kGrowth = 4;
constexpr std::uint64_t kStride = 1024;  // members read between two looks at the cancellation

// How many numbers probably hold as many members as are wanted, and some more.
std::uint64_t FirstWindow(Selection& selection, Rid end, std::uint64_t wanted) {
  const std::uint64_t members = std::max<std::uint64_t>(selection.Estimate(), 1);
  const double numbers = static_cast<double>(end) / static_cast<double>(members);
  const double window = 1.5 * static_cast<double>(wanted) * std::max(numbers, 1.0);
  if (window >= static_cast<double>(end)) return std::max<std::uint64_t>(end, kLeastWindow);
  return std::max(static_cast<std::uint64_t>(window), kLeastWindow);
}

// The last `wanted` members of [from, until), ascending.
std::deque<Rid> LastMembers(const SearchSource& source, index::Cursor& cursor, Rid from, Rid until,
                            std::size_t wanted) {
  std::deque<Rid> last;
  std::uint64_t read = 0;
  for (Rid rid = cursor.Seek(from); rid < until; rid = cursor.Next(rid)) {
    if (++read % kStride == 0) StopWhenCancelled(source.cancel);
    last.push_back(rid);
    if (last.size() > wanted) last.pop_front();
  }
  return last;
}

bool Take(const SearchSource& source, Rid rid, Candidate& candidate, PageRows& rows) {
  StopWhenCancelled(source.cancel);
  candidate.Choose(rid);
  return !candidate.Live() || rows.Take(candidate);
}

// Cursors only go forward, so what lies before a row is read in windows that grow.
void ReadBackwards(const SearchSource& source, Selection& selection, Candidate& candidate, Rid end,
                   PageRows& rows) {
  std::uint64_t window = FirstWindow(selection, end, rows.wanted());
  for (Rid until = end; until > 0; window *= kGrowth) {
    const Rid from = until > window ? until - static_cast<Rid>(window) : 0;
    const index::CursorPtr cursor = selection.Open(2 * rows.wanted());
    const std::deque<Rid> found = LastMembers(source, *cursor, from, until, rows.wanted());
    for (auto rid = found.rbegin(); rid != found.rend(); ++rid) {
      if (!Take(source, *rid, candidate, rows)) return;
    }
    until = from;
  }
}

}  // namespace

void ReadByRid(const SearchSource& source, Selection& selection, Candidate& candidate,
               const PagePosition& position, PageRows& rows) {
  if (position.backwards()) {
    const Rid end = position.has_row() ? position.rid : source.parts.next_rid.load();
    return ReadBackwards(source, selection, candidate, end, rows);
  }
  const index::CursorPtr cursor = selection.Open(rows.wanted());
  Rid rid = cursor->Seek(position.has_row() ? position.rid + 1 : 0);
  while (rid != index::Cursor::kEnd && Take(source, rid, candidate, rows)) rid = cursor->Next(rid);
}

}  // namespace healthlake::datastore
