#include "healthlake/fhir/param_cardinality.hpp"

#include <gtest/gtest.h>

namespace healthlake::fhir {
namespace {

bool One(std::string_view type, std::string_view code) {
  return HasOneValue(FindSearchParam(FindResourceType(type).value(), code)->id);
}

TEST(ParamCardinality, AChoiceOfTypesIsOneValue) {
  EXPECT_TRUE(One("Observation", "date"));
  EXPECT_TRUE(One("Observation", "value-quantity"));
  EXPECT_TRUE(One("Condition", "onset-date"));
}

TEST(ParamCardinality, OneElementIsOneValueAtAnyDepth) {
  EXPECT_TRUE(One("Patient", "birthdate"));
  EXPECT_TRUE(One("Encounter", "date"));
  EXPECT_TRUE(One("Patient", "_lastUpdated"));
  EXPECT_TRUE(One("Patient", "createdAt"));
}

TEST(ParamCardinality, WhatRepeatsAnywhereOnTheWayIsSeveral) {
  EXPECT_FALSE(One("RiskAssessment", "probability"));
  EXPECT_FALSE(One("Observation", "component-value-quantity"));
  EXPECT_FALSE(One("CarePlan", "activity-date"));
}

TEST(ParamCardinality, SeveralElementsAreSeveral) {
  EXPECT_FALSE(One("Observation", "combo-value-quantity"));
}

TEST(ParamCardinality, OfOtherTypesNothingIsKnown) {
  EXPECT_FALSE(One("Patient", "family"));
  EXPECT_FALSE(One("Patient", "gender"));
  EXPECT_FALSE(HasOneValue(ParamId()));
}

}  // namespace
}  // namespace healthlake::fhir
