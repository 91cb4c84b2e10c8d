// Conditions that are neither values nor chains: compartments, lists, texts, and combinations.
#pragma once

#include "datastore/condition.hpp"

namespace healthlake::datastore {

ConditionPtr MakeCompartmentCondition(const SearchSource& source, fhir::ResourceType type,
                                      const fhir::CompartmentCriterion& compartment);
ConditionPtr MakeListCondition(const SearchSource& source, fhir::ResourceType type,
                               const fhir::ListCriterion& list);
ConditionPtr MakeTextCondition(const SearchSource& source, fhir::ResourceType type,
                               const fhir::TextCriterion& text);
ConditionPtr MakeCombination(const SearchSource& source, fhir::ResourceType type,
                             const fhir::Combination& combination);

}  // namespace healthlake::datastore
