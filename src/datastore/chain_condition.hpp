// Conditions on other resources: those referred to, and those that refer here.
#pragma once

#include "datastore/condition.hpp"

namespace healthlake::datastore {

ConditionPtr MakeChainCondition(const SearchSource& source, fhir::ResourceType type,
                                const fhir::Chain& chain);
ConditionPtr MakeReverseChainCondition(const SearchSource& source, fhir::ResourceType type,
                                       const fhir::ReverseChain& chain);

}  // namespace healthlake::datastore
