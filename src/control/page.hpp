// NextToken and MaxResults: pages by key, newest first, so that what is added meanwhile neither
// repeats nor hides a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "healthlake/aws/operation_id.hpp"
#include "healthlake/core/arn.hpp"
#include "healthlake/core/seal.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::control {

class Page {
 public:
  // Reads NextToken (an empty one is none) and MaxResults (default 100; reference 12). Throws
  // core::Error{kInvalid} for a token that is not ours or belongs to other filters, another
  // operation or another owner.
  Page(const core::Seal& seal, aws::OperationId operation, const core::Owner& owner,
       const json::Tree& input);

  // The last row of the page before.
  std::optional<std::int64_t> before_sequence() const { return before_sequence_; }
  // One more than the page holds, to see whether another page follows.
  std::size_t limit() const { return size_ + 1; }

  // Cuts the rows to the page, and puts NextToken into `output` when there are more.
  template <typename Row>
  void Cut(std::vector<Row>& rows, json::Tree& output) const {
    if (rows.size() <= size_) return;
    rows.resize(size_);
    PutToken(rows.back().sequence, output);
  }

 private:
  void PutToken(std::int64_t sequence, json::Tree& output) const;

  core::Seal seal_;
  std::string scope_;  // everything that the token is bound to
  std::size_t size_;
  std::optional<std::int64_t> before_sequence_;
};

}  // namespace healthlake::control
