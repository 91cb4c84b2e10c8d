// One criterion of a search, ready to be answered: as a set of the index, or on one body.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "datastore/candidate.hpp"
#include "datastore/search_source.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/cursor.hpp"

namespace healthlake::datastore {

// What things cost, in microseconds, measured with a warm file (tests/benchmark): only their
// proportions matter, as they decide between ways to the same answer.
namespace cost {
inline constexpr double kBody = 10;       // to look a row up, decompress its block, walk its values
inline constexpr double kPoint = 4;       // to open the set of one value
inline constexpr double kSeek = 0.05;     // to ask a set for its next member
inline constexpr double kBlock = 3;       // to read a block of postings
inline constexpr double kPosting = 0.01;  // to decode one of them
inline constexpr double kString = 0.5;    // to read a row of the strings
inline constexpr double kLookup = 5;      // to find a resource by its type and id
}  // namespace cost

// Of the live resources of one type; exact whichever way it is asked. Confined to one thread.
class Condition {
 public:
  virtual ~Condition() = default;

  // About how many satisfy it.
  virtual std::uint64_t Estimate() = 0;

  // All of them as a set, and what opening it costs.
  virtual index::CursorPtr Open() = 0;
  virtual double CostToOpen() = 0;

  // Whether the candidate, live and of the type, satisfies it; and what that costs once its values
  // have been read.
  virtual bool Holds(Candidate& candidate) = 0;
  virtual double CostToCheck() { return 0.5; }

  // The exact number where the index's counters tell.
  virtual std::optional<std::uint64_t> CountByKeys() { return std::nullopt; }

  // "index, 1 range": how Open does it.
  virtual std::string Describe() const = 0;
};

using ConditionPtr = std::unique_ptr<Condition>;

// The criterion for resources of `type`. `source` and `criterion` must outlive the condition.
ConditionPtr MakeCondition(const SearchSource& source, fhir::ResourceType type,
                           const fhir::Criterion& criterion);

// The live resources of a type.
index::CursorPtr OpenLive(const SearchSource& source, fhir::ResourceType type);
std::uint64_t CountLive(const SearchSource& source, fhir::ResourceType type);

}  // namespace healthlake::datastore
