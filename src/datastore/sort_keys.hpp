// What a resource counts with in a sort (search.html, sorting).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "datastore/candidate.hpp"
#include "healthlake/fhir/search_query.hpp"
#include "healthlake/index/entry.hpp"

namespace healthlake::datastore {

// Keys of one rule compare with each other only.
struct SortKey {
  bool present = false;     // whether the resource has any value
  std::uint64_t place = 0;  // of dates (DateSpan::lo) and numbers (OrderedBits): as in the index
  std::string text;         // of all others; of a very long one AppendBounded's form
  bool operator==(const SortKey&) const = default;
};
using SortKeys = std::vector<SortKey>;

// The parameter that a rule means for resources of the type; null when it has none there.
const fhir::SearchParam* SortParam(const fhir::SearchQuery& query, const fhir::SortRule& rule,
                                   fhir::ResourceType type);

// The rules of one query. The query must outlive it.
class SortOrder {
 public:
  explicit SortOrder(const fhir::SearchQuery& query) : query_(query) {}

  std::size_t size() const noexcept { return query_.sort.size(); }
  const fhir::SortRule& rule(std::size_t level) const { return query_.sort[level]; }

  // One for each rule: of several values the one that comes first in the direction asked for.
  void KeysOf(Candidate& candidate, SortKeys& keys) const;

  // Which comes first; ties go by number. Those without a value come last in either direction.
  std::strong_ordering Compare(const SortKeys& a, index::Rid a_rid, const SortKeys& b,
                               index::Rid b_rid) const;

 private:
  const fhir::SearchQuery& query_;
};

}  // namespace healthlake::datastore
