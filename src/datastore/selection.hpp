// What the criteria of a search leave of the live resources.
#pragma once

#include <cstdint>
#include <limits>

#include "datastore/candidate.hpp"
#include "healthlake/index/cursor.hpp"

namespace healthlake::datastore {

// Works on one snapshot and is confined to one thread. Exact whichever way it is asked.
class Selection {
 public:
  virtual ~Selection() = default;

  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

  // How many members to expect, of how many live resources of the types searched.
  virtual std::uint64_t Estimate() = 0;
  virtual std::uint64_t Live() = 0;

  // The members in the order of their numbers, found as they are asked for. `wanted`: how many are
  // going to be read, which decides what is opened on the index and what is checked on bodies.
  virtual index::CursorPtr Open(std::uint64_t wanted) = 0;
  // What reading `wanted` members in that way is expected to cost, in microseconds.
  virtual double CostOf(std::uint64_t wanted) = 0;

  // Whether the candidate, which is live, is a member; decided on its body.
  virtual bool Holds(Candidate& candidate) = 0;
  // What that costs, body included, in microseconds.
  virtual double CostOfCheck() = 0;

  // The exact number of members.
  virtual std::uint64_t Count() = 0;
};

}  // namespace healthlake::datastore
