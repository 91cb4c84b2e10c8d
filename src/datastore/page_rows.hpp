// The matches of one page, taken one after the other until it is full.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "datastore/candidate.hpp"
#include "datastore/include_target.hpp"
#include "healthlake/datastore/view.hpp"

namespace healthlake::datastore {

struct PageRow {
  index::Rid rid = 0;
  std::uint64_t version = 0;
  SearchEntry entry;
  std::vector<IncludeTarget> targets;  // what it refers to by the query's _include
};

class PageRows {
 public:
  using TargetsOf = std::function<std::vector<IncludeTarget>(Candidate&)>;

  // `bytes`: of bodies; a page that reaches it is full, with one row at least. `targets_of` may be
  // empty.
  PageRows(std::size_t count, std::size_t bytes, TargetsOf targets_of)
      : count_(count), bytes_(bytes), targets_of_(std::move(targets_of)) {}

  // What Take makes of a match.
  PageRow RowOf(Candidate& match) const;
  // Takes a match, unless the page is full: then there is more() than the page.
  bool Take(Candidate& match);
  bool Take(PageRow row);
  // How many matches to look for, the one beyond the page included.
  std::size_t wanted() const noexcept { return count_ - rows_.size() + 1; }

  // Gives the second half of several rows back.
  void Halve();

  std::vector<PageRow>& rows() noexcept { return rows_; }
  bool more() const noexcept { return more_; }

 private:
  bool IsFull();

  const std::size_t count_;
  const std::size_t bytes_;
  const TargetsOf targets_of_;
  std::vector<PageRow> rows_;
  std::size_t taken_bytes_ = 0;
  bool more_ = false;
};

}  // namespace healthlake::datastore
