// Parameters that shape the result (search.html, search result parameters; reference 5.6).
#include <gtest/gtest.h>

#include "unit/fhir/search_query_texts.hpp"

namespace healthlake::fhir {
namespace {

TEST(SearchQueryResults, CountIsOneToAHundredUnderHealthLake) {
  EXPECT_EQ(Parse("Patient", "_count=7").count, 7U);
  for (const std::string_view text : {"_count=0", "_count=101", "_count=-1", "_count=x", "_count=",
                                      "_count=99999999999999999999", "_count=1&_count=2"}) {
    EXPECT_NE(Faults("Patient", text), "") << text;
  }
  EXPECT_EQ(Parse("Patient", "_count=5000", SearchRules::kR4).count, 1000U);
  const SearchQuery none = Parse("Patient", "_count=0", SearchRules::kR4);
  EXPECT_EQ(none.count, 0U);
  EXPECT_EQ(none.total, SearchTotal::kAccurate);
  EXPECT_EQ(Parse("Patient", "_summary=count&_count=5", SearchRules::kR4).count, 0U);
}

TEST(SearchQueryResults, TotalIsNoneOrAccurate) {
  EXPECT_EQ(Parse("Patient", "_total=accurate").total, SearchTotal::kAccurate);
  EXPECT_EQ(Parse("Patient", "_total=none").total, SearchTotal::kNone);
  EXPECT_NE(Faults("Patient", "_total=estimate"), "");
  EXPECT_EQ(Faults("Patient", "_total=estimate", SearchRules::kR4), "");
}

TEST(SearchQueryResults, JsonIsTheOnlyFormat) {
  for (const std::string_view text :
       {"_format=json", "_format=application/fhir%2Bjson", "_format=application/fhir+json",
        "_format=application/json;charset=utf-8", "_pretty=true"}) {
    EXPECT_EQ(Faults("Patient", text), "") << text;
  }
}

TEST(SearchQueryResults, ASummaryIsOneOfThoseKnown) {
  EXPECT_EQ(Parse("Patient", "_summary=true").summary, SearchSummary::kTrue);
  EXPECT_EQ(Parse("Patient", "_summary=text").summary, SearchSummary::kText);
  EXPECT_EQ(Parse("Patient", "_summary=data").summary, SearchSummary::kData);
  EXPECT_EQ(Parse("Patient", "_summary=false").summary, SearchSummary::kFalse);
  EXPECT_EQ(Faults("Patient", "_summary=count"),
            "not-supported: Search parameter '_summary' has the value 'count', which HealthLake "
            "does not support (--compat r4 does)");
  EXPECT_EQ(Faults("Patient", "_summary=x"),
            "invalid: Search parameter '_summary' must be one of 'true', 'false', 'text', 'data'");
  EXPECT_EQ(Faults("Patient", "_summary=text&_include=Patient:organization"),
            "invalid: Search parameter '_summary' has the value 'text', which cannot be joined "
            "with _include or _revinclude");
}

TEST(SearchQueryResults, ElementsAreNamed) {
  EXPECT_EQ(Parse("Patient", "_elements=name,birthDate").elements,
            (std::vector<std::string>{"name", "birthDate"}));
  EXPECT_EQ(Faults("Patient", "_elements=name&_summary=data"),
            "invalid: Search parameter '_elements' cannot be joined with _summary");
  EXPECT_EQ(Faults("Patient", "_elements=name&_summary=false"), "");
  EXPECT_NE(Faults("Patient", "_elements="), "");
  EXPECT_NE(Faults("Patient", "_elements=name,"), "");
}

TEST(SearchQueryResults, ThePlanIsShownWhenAskedFor) {
  EXPECT_TRUE(Parse("Patient", "_explain=true").explain);
  EXPECT_FALSE(Parse("Patient", "_explain=false").explain);
  EXPECT_NE(Faults("Patient", "_explain=yes"), "");
}

TEST(SearchQueryResults, EachHasOneMeaning) {
  EXPECT_EQ(Faults("Patient", "_count=1&_count=1"),
            "invalid: Search parameter '_count' is given more than once");
  EXPECT_EQ(Faults("Patient", "_sort=birthdate&_sort=gender"),
            "invalid: Search parameter '_sort' is given more than once");
  EXPECT_EQ(Faults("Patient", "_count:exact=1"),
            "not-supported: Search parameter '_count:exact' takes no modifier");
  EXPECT_EQ(Faults("Patient", "_sort:asc=name"),
            "not-supported: Search parameter '_sort:asc' takes no modifier");
}

// --- _sort ---------------------------------------------------------------------------------------

TEST(SearchQueryResults, SortsByUpToFiveRules) {
  const SearchQuery query = Parse("Patient", "_sort=-birthdate,family,_id,_lastUpdated,-gender");
  ASSERT_EQ(query.sort.size(), 5U);
  EXPECT_EQ(query.sort[0].code, "birthdate");
  EXPECT_TRUE(query.sort[0].descending);
  EXPECT_FALSE(query.sort[1].descending);
  ASSERT_EQ(query.sort[4].params.size(), 1U);
  EXPECT_EQ(query.sort[4].params[0]->code, "gender");
  EXPECT_EQ(query.applied, "_sort=-birthdate,family,_id,_lastUpdated,-gender");
  EXPECT_EQ(Faults("Patient", "_sort=birthdate,family,_id,_lastUpdated,gender,given"),
            "invalid: Search parameter '_sort' has more than 5 rules");
}

TEST(SearchQueryResults, SortsByWhatHasAnOrder) {
  EXPECT_EQ(Faults("Patient", "_sort=nonsense"),
            "not-supported: Search parameter '_sort' names 'nonsense', which is unknown for "
            "resource type Patient");
  EXPECT_EQ(Faults("Observation", "_sort=code-value-quantity", SearchRules::kR4),
            "not-supported: Search parameter '_sort' names 'code-value-quantity', which is of type "
            "composite and has no order");
  EXPECT_NE(Faults("Location", "_sort=near", SearchRules::kR4), "");
  EXPECT_NE(Faults("Patient", "_sort=_text", SearchRules::kR4), "");
  EXPECT_NE(Faults("Patient", "_sort=_score", SearchRules::kR4), "");
  EXPECT_EQ(Faults("Patient", "_sort=name"),
            "not-supported: Search parameter '_sort' names 'name', a nested element, by which "
            "HealthLake does not sort (--compat r4 does)");
  EXPECT_EQ(Faults("Patient", "_sort=name", SearchRules::kR4), "");
  EXPECT_EQ(Faults("Organization", "_sort=name"), "");
  EXPECT_NE(Faults("Organization", "_sort=address"), "");
  EXPECT_NE(Faults("Patient", "_sort=phonetic"), "");
  EXPECT_EQ(Faults("Organization", "_sort=phonetic"), "");
  EXPECT_EQ(Faults("RiskAssessment", "_sort=probability,-date,subject,identifier"), "");
  EXPECT_EQ(Faults("Observation", "_sort=value-quantity"), "");
  EXPECT_EQ(Faults("ValueSet", "_sort=url"), "");
  for (const std::string_view text : {"_sort=", "_sort=,", "_sort=-", "_sort=gender,",
                                      "_sort=gender,-gender", "_sort=--gender"}) {
    EXPECT_NE(Faults("Patient", text), "") << text;
  }
}

// --- _include and _revinclude --------------------------------------------------------------------

TEST(SearchQueryIncludes, NameTheParameterThatJoins) {
  const SearchQuery query = Parse("Observation",
                                  "_include=Observation:subject:Patient"
                                  "&_include:iterate=Patient:general-practitioner"
                                  "&_revinclude=Provenance:target&_include=Observation:*");
  ASSERT_EQ(query.includes.size(), 4U);
  EXPECT_EQ(query.includes[0].way, Include::Way::kForward);
  EXPECT_EQ(NameOf(query.includes[0].source), "Observation");
  EXPECT_EQ(query.includes[0].param->code, "subject");
  EXPECT_EQ(NameOf(query.includes[0].target), "Patient");
  EXPECT_FALSE(query.includes[0].iterate);
  EXPECT_TRUE(query.includes[1].iterate);
  EXPECT_TRUE(query.includes[1].target.IsNone());
  EXPECT_EQ(query.includes[2].way, Include::Way::kReverse);
  EXPECT_EQ(NameOf(query.includes[2].source), "Provenance");
  EXPECT_EQ(query.includes[3].param, nullptr);
  EXPECT_EQ(query.include_levels, 2U);
  EXPECT_GT(Parse("Patient", "", SearchRules::kR4).include_levels, 2U);
}

TEST(SearchQueryIncludes, HaveWildcards) {
  const SearchQuery query = Parse("Patient", "_include=*&_revinclude:iterate=*");
  ASSERT_EQ(query.includes.size(), 2U);
  EXPECT_TRUE(query.includes[0].source.IsNone());
  EXPECT_EQ(query.includes[0].param, nullptr);
  EXPECT_TRUE(query.includes[1].iterate);
  EXPECT_EQ(query.applied, "_include=*&_revinclude:iterate=*");
}

// Reference 5.6.
TEST(SearchQueryIncludes, AReverseOneWithoutTypeMeansEveryTypeThatHasTheParameter) {
  const SearchQuery query = Parse("Patient", "_revinclude=:patient");
  EXPECT_GT(query.includes.size(), 20U);
  for (const Include& include : query.includes) {
    EXPECT_EQ(include.param->code, "patient");
    EXPECT_EQ(include.param->base, include.source);
    EXPECT_NE(NameOf(include.source), "Contract");  // reference 5.7
  }
  EXPECT_NE(Faults("Claim", "_revinclude=:patient"), "");
  EXPECT_NE(Faults("Patient", "_revinclude=:nonsense"), "");
  EXPECT_NE(Faults("Patient", "_include=:organization"), "");
}

TEST(SearchQueryIncludes, ThatCannotJoinAreRefused) {
  EXPECT_EQ(Faults("Patient", "_include=Patient:nonsense"),
            "invalid: Search parameter '_include' names 'nonsense', which is no parameter of "
            "Patient");
  EXPECT_EQ(Faults("Patient", "_include=Patient:gender"),
            "invalid: Search parameter '_include' names 'gender', which is of type token, not "
            "reference");
  EXPECT_EQ(Faults("Observation", "_include=Observation:subject:Claim"),
            "invalid: Search parameter '_include' names 'subject', which does not refer to "
            "resources of type Claim");
  EXPECT_EQ(Faults("Patient", "_include:recurse=Patient:organization"),
            "not-supported: Search parameter '_include:recurse' has R3's modifier ':recurse', "
            "which is ':iterate' in R4");
  EXPECT_EQ(Faults("Patient", "_revinclude=Basic:subject"),
            "not-supported: Search parameter '_revinclude' names the resource type Basic, which "
            "HealthLake does not support (--compat r4 does)");
  EXPECT_EQ(Faults("Patient", "_revinclude=Basic:subject", SearchRules::kR4), "");
  for (const std::string_view text :
       {"_include=", "_include=Patient", "_include=Nonsense:x", "_include=Patient:organization:X",
        "_include=a:b:c:d:e", "_include=Patient:organization,Patient:link",
        "_include:x=Patient:link", "_include=Contract:patient"}) {
    EXPECT_NE(Faults("Patient", text), "") << text;
  }
}

TEST(SearchQueryIncludes, AreListedForTheCapabilityStatement) {
  const ResourceType patient = FindResourceType("Patient").value();
  const auto holds = [](const std::vector<std::string>& all, std::string_view text) {
    return std::find(all.begin(), all.end(), text) != all.end();
  };
  const auto forward = IncludesOf(patient, Include::Way::kForward, SearchRules::kHealthLake);
  EXPECT_TRUE(holds(forward, "Patient:organization"));
  EXPECT_FALSE(holds(forward, "Patient:name"));
  const auto reverse = IncludesOf(patient, Include::Way::kReverse, SearchRules::kHealthLake);
  EXPECT_TRUE(holds(reverse, "Observation:subject"));
  EXPECT_FALSE(holds(reverse, "Contract:patient"));
  EXPECT_FALSE(holds(reverse, "Basic:patient"));
  EXPECT_TRUE(
      holds(IncludesOf(patient, Include::Way::kReverse, SearchRules::kR4), "Basic:patient"));
  EXPECT_TRUE(std::is_sorted(reverse.begin(), reverse.end()));
}

}  // namespace
}  // namespace healthlake::fhir
