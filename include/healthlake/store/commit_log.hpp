// Which versions each commit of a data store's file wrote, for histories over more than one
// resource.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "healthlake/core/clock.hpp"
#include "healthlake/store/connection.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::store {

// One version that a commit wrote. The order is the log's: by type, then rid, a resource's newest
// version first.
struct LoggedVersion {
  TypeNumber type = 0;
  Rid rid = 0;
  std::uint64_t version = 0;

  bool operator==(const LoggedVersion&) const = default;
  std::strong_ordering operator<=>(const LoggedVersion& other) const noexcept {
    if (const auto order = type <=> other.type; order != 0) return order;
    if (const auto order = rid <=> other.rid; order != 0) return order;
    return other.version <=> version;
  }
};

// Writes the row of `transaction`'s commit; again with more versions, as long as it is not
// committed. Sorts `versions`. `newest`: the latest last_updated among them; the commit's time is
// that or the one of the commit before it, whichever is later, so that times never go back.
void SaveCommit(WriteTransaction& transaction, std::vector<LoggedVersion>& versions,
                core::Timestamp newest);

// The commits that wrote versions, newest first. Confined to the connection's thread; must not
// outlive its transaction.
class CommitWalk {
 public:
  // Begins at the newest commit whose change number is not above `change`.
  explicit CommitWalk(Connection& connection, std::uint64_t change = UINT64_MAX);

  // False at the end.
  bool Next();
  std::uint64_t change() const { return statement_.Unsigned(0); }
  // No version of this commit, nor of one before it, was last updated after this.
  core::Timestamp time() const;
  // Appends the versions of the commit, those of other types than `type` (when given) left out.
  // Throws core::Error{kInternal} for a row that cannot be read.
  void Read(std::optional<TypeNumber> type, std::vector<LoggedVersion>& versions) const;

 private:
  Statement statement_;
};

}  // namespace healthlake::store
