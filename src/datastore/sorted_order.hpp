// A page of a search with _sort.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "datastore/page_position.hpp"
#include "datastore/page_rows.hpp"
#include "datastore/rid_bits.hpp"
#include "datastore/search_source.hpp"
#include "datastore/selection.hpp"
#include "datastore/sort_bounds.hpp"
#include "datastore/sort_keys.hpp"
#include "datastore/sort_way.hpp"
#include "healthlake/index/index.hpp"

namespace healthlake::datastore {

// Finds rows in one of two ways, whichever is expected to cost less:
//
// - walking: the index gives the values of the first rule in their order, from the page's place on,
//   so that the work depends on the page, not on the number of matches. A resource comes to light
//   at each of its values and is taken at the one that is its key. Those that share a value are
//   ordered by the next rule: few by their bodies, many by walking its values among them.
// - collecting: the keys of all members, of which the best are kept.
//
// Works on one snapshot and is confined to one thread.
class SortedOrder {
 public:
  // All must outlive it.
  SortedOrder(const fhir::SearchQuery& query, const SearchSource& source, Selection& selection,
              Candidate& candidate, PageRows& rows);

  // Hands the members from `position` on to the rows until they are full; backwards the last one
  // first. Throws core::Error{kInvalid} for a row that never was.
  void Read(const PagePosition& position);

  // In which way, for _explain.
  std::string Describe() const;

 private:
  struct Row {
    index::Rid rid = 0;
    SortKeys keys;
    // Of a member that may be on the page, while such bodies are few: they need not be read again.
    std::optional<PageRow> kept = {};
  };
  // Members that have been found to share the keys of all levels before one, ascending.
  struct Group {
    std::vector<index::Rid> rids;
    RidBits bits;
  };

  void FindRow(const PagePosition& position);
  SortWay Choose();
  // What walking for the page's rows costs, where `members` are to be found, without opening them.
  double CostOfWalk(double members, double per_candidate) const;
  const fhir::SearchParam* ParamAt(std::size_t level) const;
  bool CanWalk(std::size_t level) const;

  // All of these return false once the rows are full. `at_row`: the keys of the levels before are
  // those of the page's row, so that only what comes after it counts.
  bool Walk(std::size_t level, const Group* within, bool at_row);
  bool WalkValues(std::size_t level, const Group* within, const SortKey* start);
  bool WalkMissing(std::size_t level, const Group* within, bool at_row);
  bool TakeGroup(std::size_t level, std::vector<index::Rid> rids, bool at_row);
  bool TakeByRid(std::span<const index::Rid> rids, bool at_row);
  bool TakeFrom(index::Cursor& rids, bool at_row);
  bool TakeOne(std::size_t level, index::Rid rid, bool at_row);
  bool Collect(std::size_t level, index::Cursor& rids, bool at_row);
  bool Repents(std::uint64_t collected);

  bool IsMember();
  void OpenMembers();
  bool Counts(std::size_t level, bool at_row) const;
  bool ComesBefore(const SortKeys& a, index::Rid a_rid, const SortKeys& b, index::Rid b_rid) const;
  void Tick();

  const fhir::SearchQuery& query_;
  const SortOrder order_;
  const SearchSource& source_;
  Selection& selection_;
  Candidate& candidate_;
  PageRows& rows_;

  bool backwards_ = false;
  std::optional<Row> row_;      // the page's
  std::optional<SortWay> way_;  // once chosen
  SortBounds bounds_;           // of the first rule's values, when it can be walked
  double values_ = 0;           // that a whole walk comes to, about
  std::optional<RidBits> members_;
  bool surely_members_ = false;  // what is being looked at was found by the selection
  std::uint64_t patience_ = 0;   // bodies to be checked before members_ is opened
  std::uint64_t checked_ = 0;
  std::uint64_t collected_ = 0;
  std::uint64_t steps_ = 0;
  SortKeys shared_;  // by the group that is being looked at, one for each level before
  SortKeys keys_;    // of the candidate
};

}  // namespace healthlake::datastore
