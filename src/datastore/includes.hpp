// What comes with the matches of a page: _include and _revinclude (search.html, including other
// resources).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "datastore/page_rows.hpp"
#include "healthlake/core/cancel.hpp"
#include "healthlake/index/index.hpp"
#include "healthlake/store/resource_tables.hpp"

namespace healthlake::datastore {

// Works on one snapshot. Confined to one thread.
class Includes {
 public:
  Includes(const fhir::SearchQuery& query, store::ResourceTables& tables, index::Reader& reader,
           Candidate& candidate, const core::Cancel& cancel);

  // Whether any rule asks for what matches refer to.
  bool forward() const;
  // What a match refers to, to be kept with it.
  std::vector<IncludeTarget> TargetsOf(Candidate& match) const;

  // Appends what the matches include and is not a match itself: first what they refer to or are
  // referred to by, then what that includes by :iterate, and so on; each of these in the order of
  // first storing. False, with `entries` as they were, when it is more than `bytes` of bodies.
  bool Append(std::span<const PageRow> matches, std::size_t bytes,
              std::vector<SearchEntry>& entries);

 private:
  // A resource whose own includes are still to be found.
  struct Node {
    fhir::ResourceType type;
    std::string id;
    std::size_t iterations = 0;
    std::vector<IncludeTarget> targets;
  };
  enum class Round { kOfMatches, kOfIncluded };
  // By number, with the least iterations that lead there.
  using Reached = std::map<index::Rid, std::size_t>;

  bool Applies(const fhir::Include& rule, fhir::Include::Way way, Round round) const;
  bool MayIterate(std::size_t iterations) const;
  std::vector<IncludeTarget> Targets(Candidate& resource, std::size_t iterations,
                                     Round round) const;
  // Appends what the nodes include and makes it the nodes; false when it is too large.
  bool Expand(Round round, std::vector<Node>& nodes, std::vector<SearchEntry>& entries);
  void Reach(index::Rid rid, std::size_t iterations, Reached& reached);
  void FollowTargets(const Node& node, Reached& reached);
  void FollowReferrers(const Node& node, Round round, Reached& reached);
  const std::vector<index::Param>& ReferrersOf(const fhir::Include& rule,
                                               fhir::ResourceType target);
  bool HasLive(fhir::ResourceType type);

  const fhir::SearchQuery& query_;
  store::ResourceTables& tables_;
  index::Reader& reader_;
  Candidate& candidate_;
  const core::Cancel& cancel_;
  const bool iterates_;  // some rule does

  std::unordered_set<index::Rid> present_;
  std::size_t bytes_left_ = 0;
  // The numbers of targets, as many resources refer to the same; 0: none that is live.
  std::unordered_map<std::string, index::Rid> targets_;
  // By rule and target's type: the parameters that may refer to it.
  std::map<std::pair<const fhir::Include*, fhir::ResourceType>, std::vector<index::Param>>
      referrers_;
};

}  // namespace healthlake::datastore
