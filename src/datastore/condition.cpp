#include "datastore/condition.hpp"

#include "datastore/chain_condition.hpp"
#include "datastore/clause_condition.hpp"
#include "datastore/key_codec.hpp"
#include "datastore/set_conditions.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

struct Maker {
  const SearchSource& source;
  const fhir::ResourceType type;

  ConditionPtr operator()(const fhir::SearchClause& clause) const {
    return MakeClauseCondition(source, type, clause);
  }
  ConditionPtr operator()(const fhir::Chain& chain) const {
    return MakeChainCondition(source, type, chain);
  }
  ConditionPtr operator()(const fhir::ReverseChain& chain) const {
    return MakeReverseChainCondition(source, type, chain);
  }
  ConditionPtr operator()(const fhir::CompartmentCriterion& compartment) const {
    return MakeCompartmentCondition(source, type, compartment);
  }
  ConditionPtr operator()(const fhir::ListCriterion& list) const {
    return MakeListCondition(source, type, list);
  }
  ConditionPtr operator()(const fhir::TextCriterion& text) const {
    return MakeTextCondition(source, type, text);
  }
  ConditionPtr operator()(const fhir::Combination& combination) const {
    return MakeCombination(source, type, combination);
  }
};

}  // namespace

void StopWhenCancelled(const core::Cancel& cancel) {
  if (cancel.Requested()) {
    throw core::Error(core::ErrorKind::kUnavailable, "The search was stopped");
  }
}

ConditionPtr MakeCondition(const SearchSource& source, fhir::ResourceType type,
                           const fhir::Criterion& criterion) {
  return std::visit(Maker{source, type}, criterion.is);
}

index::CursorPtr OpenLive(const SearchSource& source, fhir::ResourceType type) {
  return source.reader.Point(LiveParam(type), kLiveKey);
}

std::uint64_t CountLive(const SearchSource& source, fhir::ResourceType type) {
  return source.reader.CountPoint(LiveParam(type), kLiveKey);
}

}  // namespace healthlake::datastore
