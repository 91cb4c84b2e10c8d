// The planner: from the criteria of a search to sets of the index and checks on bodies.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "datastore/condition.hpp"
#include "datastore/selection.hpp"
#include "healthlake/datastore/view.hpp"

namespace healthlake::datastore {

// Of one type. Every condition is a set of its own; each is either opened, and the sets are
// intersected lazily, or left to be checked on the bodies of what the others leave. What is cheap
// to open is opened; of the rest whatever is expected to cost less is done, given how many members
// are wanted; and when a check turns out to meet many more bodies than expected, its set is opened
// after all, so that a wrong guess costs a factor, not the size of the store.
class TypeSelection final : public Selection {
 public:
  // `source` and `search` must outlive it.
  TypeSelection(const SearchSource& source, const fhir::TypeSearch& search);

  fhir::ResourceType type() const noexcept { return search_.type; }
  std::uint64_t Estimate() override;
  std::uint64_t Live() override { return live_; }
  index::CursorPtr Open(std::uint64_t wanted) override;
  double CostOf(std::uint64_t wanted) override;
  bool Holds(Candidate& candidate) override;
  double CostOfCheck() override;
  std::uint64_t Count() override;

  // How it was done, once it was.
  void Explain(SearchPlan& plan) const;

 private:
  struct Part {
    ConditionPtr condition;
    std::string what;
    bool checked = false;       // by the last plan: on bodies
    std::uint64_t members = 0;  // read from its set, or bodies that were checked
  };
  class Checks;

  double Cost(std::uint64_t wanted) const;
  double Plan(std::uint64_t wanted);

  const SearchSource& source_;
  const fhir::TypeSearch& search_;
  const std::uint64_t live_;
  std::vector<Part> parts_;
  const char* total_ = "not asked for";
};

// Of all types of a query.
class QuerySelection final : public Selection {
 public:
  QuerySelection(const SearchSource& source, const fhir::SearchQuery& query);

  std::uint64_t Estimate() override;
  std::uint64_t Live() override;
  index::CursorPtr Open(std::uint64_t wanted) override;
  double CostOf(std::uint64_t wanted) override;
  bool Holds(Candidate& candidate) override;
  double CostOfCheck() override;
  std::uint64_t Count() override;

  void Explain(SearchPlan& plan) const;

 private:
  std::vector<std::unique_ptr<TypeSelection>> types_;
};

}  // namespace healthlake::datastore
