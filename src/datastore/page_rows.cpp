#include "datastore/page_rows.hpp"

#include <string>
#include <utility>

namespace healthlake::datastore {

// Asked for each match: one that finds the page full lies beyond it.
bool PageRows::IsFull() {
  more_ = rows_.size() >= count_ || taken_bytes_ >= bytes_;
  return more_;
}

PageRow PageRows::RowOf(Candidate& match) const {
  PageRow row;
  row.rid = match.rid();
  row.version = match.row().version;
  row.entry = {match.type(), std::string(match.id()), std::string(match.json()),
               SearchMode::kMatch};
  if (targets_of_) row.targets = targets_of_(match);
  return row;
}

bool PageRows::Take(Candidate& match) {
  return !IsFull() && Take(RowOf(match));
}

bool PageRows::Take(PageRow row) {
  if (IsFull()) return false;
  taken_bytes_ += row.entry.json.size();
  rows_.push_back(std::move(row));
  return true;
}

void PageRows::Halve() {
  rows_.resize((rows_.size() + 1) / 2);
  more_ = true;
}

}  // namespace healthlake::datastore
