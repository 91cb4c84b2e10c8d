// Where a page of a search lies among all matches.
#pragma once

#include <cstdint>

#include "healthlake/index/entry.hpp"

namespace healthlake::datastore {

enum class PageTurn : std::uint8_t {
  kFirst,   // from the first match on
  kAfter,   // what comes after a row
  kBefore,  // what comes before a row, up to it
  kLast,    // up to the last match
};

// The row is a version of a resource: under a sort its place is that of what this version says,
// whatever became of the resource since.
struct PagePosition {
  PageTurn turn = PageTurn::kFirst;
  index::Rid rid = 0;         // kAfter, kBefore
  std::uint64_t version = 0;  // kAfter, kBefore

  // Whether rows are found from the end of the page to its beginning.
  bool backwards() const noexcept { return turn == PageTurn::kBefore || turn == PageTurn::kLast; }
  bool has_row() const noexcept { return turn == PageTurn::kAfter || turn == PageTurn::kBefore; }
};

}  // namespace healthlake::datastore
