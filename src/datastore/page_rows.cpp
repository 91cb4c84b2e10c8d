#include "datastore/page_rows.hpp"

#include <string>

namespace healthlake::datastore {

bool PageRows::Take(Candidate& match) {
  if (rows_.size() >= count_ || taken_bytes_ >= bytes_) {
    more_ = true;
    return false;
  }
  PageRow& row = rows_.emplace_back();
  row.rid = match.rid();
  row.version = match.row().version;
  row.entry = {match.type(), std::string(match.id()), std::string(match.json()),
               SearchMode::kMatch};
  if (targets_of_) row.targets = targets_of_(match);
  taken_bytes_ += row.entry.json.size();
  return true;
}

void PageRows::Halve() {
  rows_.resize((rows_.size() + 1) / 2);
  more_ = true;
}

}  // namespace healthlake::datastore
