// _filter (search_filter.html of R4).
#include <gtest/gtest.h>

#include "healthlake/core/encoding.hpp"
#include "unit/fhir/search_query_texts.hpp"

namespace healthlake::fhir {
namespace {

SearchQuery Filter(std::string_view type, std::string_view text) {
  return Parse(type, "_filter=" + core::PercentEncode(text), SearchRules::kR4);
}

std::string Fault(std::string_view type, std::string_view text) {
  const std::string all = Faults(type, "_filter=" + core::PercentEncode(text), SearchRules::kR4);
  const std::string_view start = "Search parameter '_filter' ";
  const std::size_t at = all.find(start);
  return at == std::string::npos ? all : all.substr(at + start.size());
}

// and(a,b), or(a,b), not(a), Type.ref>(…), and "code" of clauses.
std::string Shown(const Criterion& criterion);

std::string Shown(const std::vector<Criterion>& criteria) {
  std::string all;
  for (const Criterion& one : criteria) all += (all.empty() ? "" : ",") + Shown(one);
  return all;
}

std::string Shown(const Criterion& criterion) {
  if (const auto* clause = std::get_if<SearchClause>(&criterion.is)) {
    return std::string(clause->param->code);
  }
  if (const auto* chain = std::get_if<Chain>(&criterion.is)) {
    std::string all = std::string(chain->reference->code) + ">";
    for (const Chain::Branch& branch : chain->branches) {
      all += std::string(NameOf(branch.target)) + "(" + Shown(branch.all_of) + ")";
    }
    return all;
  }
  const auto& combination = std::get<Combination>(criterion.is);
  constexpr std::string_view kNames[] = {"and", "or", "not"};
  return std::string(kNames[static_cast<std::size_t>(combination.rule)]) + "(" +
         Shown(combination.parts) + ")";
}

std::string Shape(std::string_view type, std::string_view text) {
  const SearchQuery query = Filter(type, text);
  EXPECT_EQ(query.types.front().all_of.size(), 1U);
  return Shown(query.types.front().all_of.front());
}

SearchClause Clause(std::string_view type, std::string_view text) {
  return std::get<SearchClause>(Filter(type, text).types.front().all_of.at(0).is);
}

template <typename Term>
Term Value(std::string_view type, std::string_view text) {
  return std::get<Term>(std::get<SimpleTerm>(Clause(type, text).any_of.at(0)));
}

// The examples at the top of the page.
TEST(SearchFilter, ReadsTheStandardsExamples) {
  EXPECT_EQ(Clause("Patient", "name co \"pet\"").modifier, SearchModifier::kContains);
  EXPECT_EQ(Shape("Patient", "given eq \"peter\" and birthdate ge 2014-10-10"),
            "and(given,birthdate)");
  EXPECT_EQ(Value<TokenTerm>("Observation", "code eq http://loinc.org|1234-5").code, "1234-5");
  EXPECT_EQ(Shape("Observation", "subject.name co \"pet\""), "subject>Location(name)Patient(name)");
  // Of parameters that R4 does not have any more.
  EXPECT_EQ(Fault("Observation", "related[type eq \"has-component\"].target pr true"),
            "names 'related', which is unknown for resource type Observation");
}

// "evaluated left to right, with no precedence between and and or".
TEST(SearchFilter, JoinsFromLeftToRight) {
  const std::string a = "gender eq a";
  const std::string b = "family eq b";
  const std::string c = "given eq c";
  EXPECT_EQ(Shape("Patient", a + " or " + b + " and " + c), "and(or(gender,family),given)");
  EXPECT_EQ(Shape("Patient", a + " and " + b + " or " + c), "or(and(gender,family),given)");
  EXPECT_EQ(Shape("Patient", a + " or (" + b + " and " + c + ")"), "or(gender,and(family,given))");
  EXPECT_EQ(Shape("Patient", a + " and " + b + " and " + c), "and(gender,family,given)");
  EXPECT_EQ(Shape("Patient", "not (" + a + ") and " + b), "and(not(gender),family)");
  EXPECT_EQ(Shape("Patient", "not(" + a + " or " + b + ")"), "not(or(gender,family))");
  EXPECT_EQ(Shape("Patient", "((" + a + "))"), "gender");
}

TEST(SearchFilter, KeepsTheTextOfEachPart) {
  const SearchQuery query = Filter("Patient", "gender eq a and (family eq b)");
  const Criterion& whole = query.types.front().all_of.at(0);
  EXPECT_EQ(whole.text, "_filter=gender eq a and (family eq b)");
  const auto& parts = std::get<Combination>(whole.is).parts;
  EXPECT_EQ(parts.at(0).text, "gender eq a");
  EXPECT_EQ(parts.at(1).text, "(family eq b)");
  EXPECT_EQ(Parse("Patient", query.applied, SearchRules::kR4).applied, query.applied);
}

// The table of operations by types.
TEST(SearchFilter, TakesTheOperationsOfEachType) {
  struct Case {
    std::string_view type;
    std::string_view text;
    SearchModifier modifier;
  };
  for (const Case& one : {
           Case{"Patient", "family eq x", SearchModifier::kEquals},
           Case{"Patient", "family ne x", SearchModifier::kDiffers},
           Case{"Patient", "family co x", SearchModifier::kContains},
           Case{"Patient", "family sw x", SearchModifier::kNone},
           Case{"Patient", "family ew x", SearchModifier::kEndsWith},
           Case{"Patient", "gender eq male", SearchModifier::kNone},
           Case{"Patient", "gender ne male", SearchModifier::kDiffers},
           Case{"Patient", "_id ne 1", SearchModifier::kNot},
           Case{"Condition", "code ss http://s|c", SearchModifier::kBelow},
           Case{"Condition", "code sb http://s|c", SearchModifier::kAbove},
           Case{"Condition", "code in http://x", SearchModifier::kIn},
           Case{"Condition", "code ni http://x", SearchModifier::kNotIn},
           Case{"Condition", "subject re Patient/1", SearchModifier::kNone},
           Case{"Condition", "subject ne Patient/1", SearchModifier::kDiffers},
           Case{"ValueSet", "url eq http://x", SearchModifier::kNone},
           Case{"ValueSet", "url ss http://x", SearchModifier::kBelow},
       }) {
    EXPECT_EQ(Clause(one.type, one.text).modifier, one.modifier) << one.text;
  }
  EXPECT_FALSE(Clause("Patient", "gender pr true").missing);
  EXPECT_TRUE(Clause("Patient", "gender pr false").missing);
  EXPECT_EQ(Value<DateTerm>("Patient", "birthdate po 2010").prefix, SearchPrefix::kPo);
  EXPECT_EQ(Value<DateTerm>("Patient", "birthdate co 2010").prefix, SearchPrefix::kCo);
  EXPECT_EQ(Value<DateTerm>("Patient", "birthdate sa 2010").prefix, SearchPrefix::kSa);
  EXPECT_EQ(Value<NumberTerm>("RiskAssessment", "probability ap 0.5").prefix, SearchPrefix::kAp);
  EXPECT_EQ(Value<QuantityTerm>("Observation", "value-quantity gt 5.4||mg").number.prefix,
            SearchPrefix::kGt);
  for (const auto& [type, text] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Patient", "family gt x"},
           {"Patient", "gender co x"},
           {"Patient", "gender gt x"},
           {"Patient", "birthdate sw 2010"},
           {"Condition", "subject co x"},
           {"RiskAssessment", "probability po 1"},
           {"RiskAssessment", "probability co 1"},
           {"Observation", "code-value-quantity eq a$b"},
           {"Observation", "code-value-quantity pr true"},
           {"Patient", "_text co x"}}) {
    EXPECT_NE(Fault(type, text).find("does not take the operation"), std::string::npos) << text;
  }
  EXPECT_EQ(Fault("Patient", "gender xx male"), "has the unknown operation 'xx'");
  EXPECT_NE(Fault("Patient", "gender EQ male"), "");
  EXPECT_NE(Fault("Patient", "gender pr maybe"), "");
  EXPECT_NE(Fault("Patient", "birthdate eq gt2010"), "");
}

TEST(SearchFilter, KnowsShortNamesOfSystems) {
  EXPECT_EQ(Value<TokenTerm>("Observation", "code eq loinc|1234-5").system, "http://loinc.org");
  EXPECT_EQ(Value<TokenTerm>("Condition", "code eq snomed|1").system, "http://snomed.info/sct");
  EXPECT_EQ(Value<QuantityTerm>("Observation", "value-quantity eq 5|ucum|mg").system,
            "http://unitsofmeasure.org");
}

TEST(SearchFilter, ReadsJsonStrings) {
  EXPECT_EQ(Value<StringTerm>("Patient", R"(family eq "a b) \"c\" \u00e9\ud83d\ude00\n")").text,
            "a b) \"c\" \xC3\xA9\xF0\x9F\x98\x80\n");
  EXPECT_EQ(Value<StringTerm>("Patient", "family eq O\\Neill").text, "O\\Neill");
  for (const std::string_view text :
       {R"(family eq "a)", R"(family eq "")", R"(family eq "\x")", R"(family eq "\u12")",
        R"(family eq "\ud83d")", R"(family eq "\ude00")", R"(family eq "\)"}) {
    EXPECT_NE(Fault("Patient", text), "") << text;
  }
}

TEST(SearchFilter, GoesThroughReferencesWithFilters) {
  EXPECT_EQ(Shape("DiagnosticReport", "result.subject.birthdate lt 2010"),
            "result>Observation(subject>Patient(birthdate))");
  EXPECT_EQ(Shape("Observation", "subject[gender eq male and birthdate lt 2010].family eq x"),
            "subject>Patient(and(gender,birthdate),family)");
  EXPECT_EQ(Fault("Observation", "subject.nonsense eq x"),
            "names 'nonsense', which no resource has that 'subject' may refer to");
  EXPECT_EQ(Fault("Observation", "code.text eq x"),
            "goes through 'code', which is of type token and refers to nothing");
}

TEST(SearchFilter, ThatIsMalformedSaysWhere) {
  EXPECT_EQ(Fault("Patient", "gender"), "expects a space behind the path at character 7");
  EXPECT_EQ(Fault("Patient", "gender eq"), "expects a space behind the operation at character 10");
  EXPECT_EQ(Fault("Patient", "gender eq male nor x"),
            "expects and, or, or the end of the filter at character 16");
  EXPECT_EQ(Fault("Patient", "(gender eq male"), "expects ')' at character 16");
  for (const std::string_view text :
       {"", " ", "and", "gender eq male and", "gender eq male)", "not gender eq male", "not ()",
        "gender. eq x", ".gender eq x", "subject[", "gender[gender eq male] eq x", "()", "\"x\"",
        "gender eq )"}) {
    EXPECT_NE(Fault("Patient", text), "") << text;
  }
}

// Whoever sends it.
TEST(SearchFilter, IsBounded) {
  const auto times = [](std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  EXPECT_EQ(Shape("Patient", times(10, "(") + "gender eq a" + times(10, ")")), "gender");
  EXPECT_NE(Fault("Patient", times(100'000, "(")), "");
  EXPECT_NE(Fault("Patient", times(100'000, "not(")), "");
  EXPECT_NE(Fault("Patient", times(100'000, "a[")), "");
  EXPECT_NE(Fault("Patient", times(100'000, "a.") + "b eq c"), "");
  const std::string test = "gender eq a";
  EXPECT_EQ(Fault("Patient", test + times(1'000, " or gender eq b")), "");
  EXPECT_NE(Fault("Patient", test + times(10'000, " or gender eq b")), "");
  EXPECT_NE(Fault("Patient", test + times(5'000, " or gender eq b and gender eq c")), "");
  EXPECT_NE(Fault("Basic", times(12, "subject.") + "code eq a"), "");
}

TEST(SearchFilter, IsOfR4AndOfTheWholeSearch) {
  EXPECT_EQ(Faults("Patient", "_filter=gender%20eq%20male"),
            "not-supported: Search parameter '_filter' is not supported by HealthLake (--compat r4 "
            "does)");
}

}  // namespace
}  // namespace healthlake::fhir
