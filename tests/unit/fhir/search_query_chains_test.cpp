// Chains and _has (search.html, chaining and reverse chaining; reference 5.6).
#include <gtest/gtest.h>

#include "unit/fhir/search_query_texts.hpp"

namespace healthlake::fhir {
namespace {

template <typename Kind>
const Kind& The(const Criterion& criterion) {
  return std::get<Kind>(criterion.is);
}

const Criterion& First(const SearchQuery& query) {
  return query.types.front().all_of.at(0);
}

const Criterion& Inner(const Chain& chain, std::size_t branch = 0) {
  return chain.branches.at(branch).all_of.at(0);
}

TEST(SearchQueryChains, GoThroughAReferenceToATypeNamed) {
  const SearchQuery query = Parse("Observation", "subject:Patient.name:exact=Peter");
  EXPECT_EQ(First(query).text, "subject:Patient.name:exact=Peter");
  const Chain& chain = The<Chain>(First(query));
  EXPECT_EQ(chain.reference->code, "subject");
  ASSERT_EQ(chain.branches.size(), 1U);
  EXPECT_EQ(NameOf(chain.branches[0].target), "Patient");
  const SearchClause& clause = The<SearchClause>(Inner(chain));
  EXPECT_EQ(clause.param->code, "name");
  EXPECT_EQ(clause.param->base, chain.branches[0].target);
  EXPECT_EQ(clause.modifier, SearchModifier::kExact);
  EXPECT_EQ(Inner(chain).text, "name:exact=Peter");
  EXPECT_EQ(query.applied, "subject:Patient.name:exact=Peter");
}

TEST(SearchQueryChains, BranchIntoEveryTypeThatKnowsTheParameter) {
  const auto types = [](std::string_view type, std::string_view text, SearchRules rules) {
    std::string names;
    const SearchQuery query = Parse(type, text, rules);
    for (const Chain::Branch& branch : The<Chain>(First(query)).branches) {
      names += std::string(NameOf(branch.target)) + ' ';
    }
    return names;
  };
  // Group has no name, Device has device-name only.
  EXPECT_EQ(types("Observation", "subject.name=peter", SearchRules::kHealthLake),
            "Location Patient ");
  EXPECT_EQ(types("Observation", "subject.birthdate=2010", SearchRules::kHealthLake), "Patient ");
  EXPECT_EQ(types("Observation", "patient.birthdate=2010", SearchRules::kHealthLake), "Patient ");
  // A reference to anything.
  EXPECT_EQ(types("Provenance", "target.birthdate=2010", SearchRules::kHealthLake),
            "Patient Person RelatedPerson ");
  // Types that HealthLake lacks do not count.
  EXPECT_NE(types("Provenance", "target.url=http://x", SearchRules::kR4),
            types("Provenance", "target.url=http://x", SearchRules::kHealthLake));
}

TEST(SearchQueryChains, AreAsDeepAsWritten) {
  const SearchQuery query =
      Parse("DiagnosticReport", "result:Observation.subject:Patient.organization.partof.name=x,y");
  const Chain* chain = &The<Chain>(First(query));
  for (const std::string_view code : {"subject", "organization", "partof"}) {
    chain = &The<Chain>(Inner(*chain));
    EXPECT_EQ(chain->reference->code, code);
  }
  EXPECT_EQ(The<SearchClause>(Inner(*chain)).any_of.size(), 2U);
}

TEST(SearchQueryChains, EndInAnyParameter) {
  EXPECT_EQ(Faults("Observation", "subject:Patient._id=1"), "");
  EXPECT_EQ(Faults("Observation", "subject:Patient._lastUpdated=gt2020"), "");
  EXPECT_EQ(Faults("Observation", "subject:Patient.gender:missing=true"), "");
  EXPECT_EQ(Faults("DiagnosticReport", "result.code-value-quantity=http://loinc.org|2823-3$gt5.4"),
            "");
  const SearchQuery query = Parse("Encounter", "patient._has:Group:member:_id=102");
  const ReverseChain& has = The<ReverseChain>(Inner(The<Chain>(First(query))));
  EXPECT_EQ(NameOf(has.source), "Group");
  EXPECT_EQ(The<SearchClause>(has.all_of.at(0)).param->code, "_id");
}

TEST(SearchQueryChains, ThatLeadNowhereAreRefused) {
  EXPECT_EQ(Faults("Observation", "code.name=x"),
            "invalid: Search parameter 'code.name' goes through 'code', which is of type token and "
            "refers to nothing");
  EXPECT_EQ(Faults("Observation", "subject:Claim.name=x"),
            "invalid: Search parameter 'subject:Claim.name' goes through 'subject', which does not "
            "refer to resources of type Claim");
  EXPECT_EQ(Faults("Observation", "subject:Nonsense.name=x"),
            "invalid: Search parameter 'subject:Nonsense.name' names 'Nonsense', which is no "
            "resource type");
  EXPECT_EQ(Faults("Observation", "subject.nonsense=x"),
            "not-supported: Search parameter 'subject.nonsense' names 'nonsense', which no "
            "resource has that 'subject' may refer to");
  EXPECT_EQ(Faults("Observation", "subject:Patient.nonsense=x"),
            "not-supported: Search parameter 'subject:Patient.nonsense' names 'nonsense', which is "
            "unknown for resource type Patient");
  EXPECT_EQ(Faults("Observation", "nonsense.name=x"),
            "not-supported: Search parameter 'nonsense.name' names 'nonsense', which is unknown "
            "for resource type Observation");
  EXPECT_EQ(Faults("Observation", "subject.birthdate=x"),
            "invalid: Search parameter 'subject.birthdate' has a value that is no date, dateTime "
            "or instant");
  EXPECT_EQ(Faults("Observation", "focus:Basic.code=x"),
            "not-supported: Search parameter 'focus:Basic.code' names the resource type Basic, "
            "which HealthLake does not support (--compat r4 does)");
  for (const std::string_view text :
       {"subject.=x", ".name=x", "subject:.name=x", "subject..name=x", "subject:identifier.name=x",
        "subject:Patient.name", "subject:Patient.gender:exact=x", "subject._sort=name",
        "subject:Patient:Patient.name=x"}) {
    EXPECT_NE(Faults("Observation", text), "") << text;
  }
}

TEST(SearchQueryChains, WithUnknownParametersAreLeftOutLeniently) {
  const SearchQuery query =
      Parse("Observation", "subject.nonsense=1&_has:Provenance:target:nonsense=x&code=1",
            SearchRules::kHealthLake, SearchHandling::kLenient);
  EXPECT_EQ(query.ignored,
            (std::vector<std::string>{"subject.nonsense", "_has:Provenance:target:nonsense"}));
  EXPECT_EQ(query.types.front().all_of.size(), 1U);
  EXPECT_EQ(query.applied, "code=1");
}

TEST(SearchQueryChains, MayLeadToAHundredResourcesUnderHealthLake) {
  EXPECT_EQ(Parse("Patient", "").chain_limit, 100U);
  EXPECT_EQ(Parse("Patient", "", SearchRules::kR4).chain_limit, 0U);
}

TEST(SearchQueryHas, AsksForResourcesThatRefer) {
  const SearchQuery query = Parse("Patient", "_has:Observation:patient:code=http://l|1,2");
  const ReverseChain& has = The<ReverseChain>(First(query));
  EXPECT_EQ(NameOf(has.source), "Observation");
  EXPECT_EQ(has.reference->code, "patient");
  EXPECT_EQ(has.reference->base, has.source);
  const SearchClause& clause = The<SearchClause>(has.all_of.at(0));
  EXPECT_EQ(clause.param->base, has.source);
  EXPECT_EQ(clause.any_of.size(), 2U);
  EXPECT_EQ(query.applied, "_has:Observation:patient:code=http://l%7C1,2");
}

TEST(SearchQueryHas, MayRepeatAndNest) {
  const SearchQuery query =
      Parse("Patient",
            "_has:Observation:patient:_has:AuditEvent:entity:agent-name=x"
            "&_has:Observation:patient:code:not=1&_has:Condition:subject:asserter.name=x");
  ASSERT_EQ(query.types.front().all_of.size(), 3U);
  const ReverseChain& outer = The<ReverseChain>(First(query));
  const ReverseChain& inner = The<ReverseChain>(outer.all_of.at(0));
  EXPECT_EQ(NameOf(inner.source), "AuditEvent");
  const auto& negated = The<ReverseChain>(query.types.front().all_of[1]);
  EXPECT_EQ(The<SearchClause>(negated.all_of.at(0)).modifier, SearchModifier::kNot);
  const auto& chained = The<ReverseChain>(query.types.front().all_of[2]);
  EXPECT_GT(The<Chain>(chained.all_of.at(0)).branches.size(), 1U);
}

TEST(SearchQueryHas, ThatCannotHoldIsRefused) {
  EXPECT_EQ(Faults("Patient", "_has=x"),
            "invalid: Search parameter '_has' is not of the form "
            "_has:[type]:[reference]:[parameter]");
  EXPECT_EQ(Faults("Claim", "_has:Observation:patient:code=1"),
            "invalid: Search parameter '_has:Observation:patient:code' goes through 'patient' of "
            "Observation, which does not refer to resources of type Claim");
  for (const std::string_view text :
       {"_has:Observation=x", "_has:Observation:patient=x", "_has:Observation:patient:=x",
        "_has::patient:code=x", "_has:Nonsense:patient:code=x", "_has:Observation:code:code=x",
        "_has:Observation:nonsense:code=x", "_has:Basic:subject:code=x", "_hash=x"}) {
    EXPECT_NE(Faults("Patient", text), "") << text;
  }
}

// Whoever sends it: bounded depth and breadth.
TEST(SearchQueryChains, AreBounded) {
  std::string deep = "partof";
  for (int i = 0; i < 14; ++i) deep += ".partof";
  EXPECT_EQ(Faults("Organization", deep + ".name=x"), "");
  EXPECT_EQ(Faults("Organization", deep + ".partof.name=x"),
            "invalid: Search parameter '" + deep + ".partof.name' has more than 16 steps");
  std::string has;
  for (int i = 0; i < 40; ++i) has += "_has:Organization:partof:";
  EXPECT_NE(Faults("Organization", has + "name=x"), "");
  std::string wide = "subject";
  for (int i = 0; i < 12; ++i) wide += ".subject";
  EXPECT_NE(Faults("Basic", wide + ".name=x", SearchRules::kR4), "");
  std::string many = "target._id=0";
  for (int i = 0; i < 1500; ++i) many += "," + std::to_string(i);
  EXPECT_NE(Faults("Provenance", many), "");
}

}  // namespace
}  // namespace healthlake::fhir
