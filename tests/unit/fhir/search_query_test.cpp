#include "healthlake/fhir/search_query.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/fhir/search_query_texts.hpp"

namespace healthlake::fhir {
namespace {

TEST(SearchQuery, AnEmptyQueryAsksForTheTypesResources) {
  const SearchQuery query = Parse("Patient", "");
  EXPECT_EQ(NameOf(query.types.front().type), "Patient");
  EXPECT_TRUE(query.types.front().all_of.empty());
  EXPECT_EQ(query.count, 100U);
  EXPECT_EQ(query.total, SearchTotal::kNone);
  EXPECT_EQ(query.applied, "");
}

TEST(SearchQuery, RepeatedParametersAreAndCommasAreOr) {
  const SearchQuery query = Parse("Patient", "language=FR,NL&language=EN");
  ASSERT_EQ(query.types.front().all_of.size(), 2U);
  EXPECT_EQ(ClauseOf(query, 0).any_of.size(), 2U);
  EXPECT_EQ(ClauseOf(query, 1).any_of.size(), 1U);
  EXPECT_EQ(ClauseOf(query, 0).param->code, "language");
}

TEST(SearchQuery, EscapedSeparatorsBelongToTheValue) {
  const SearchQuery query = Parse("Patient", R"(name=a\,b,c\\,d%5C%7Ce&identifier=s\|1|x\$y)");
  ASSERT_EQ(ClauseOf(query, 0).any_of.size(), 3U);
  const auto text = [&](std::size_t i) {
    return std::get<StringTerm>(std::get<SimpleTerm>(ClauseOf(query, 0).any_of[i])).text;
  };
  EXPECT_EQ(text(0), "a,b");
  EXPECT_EQ(text(1), "c\\");
  EXPECT_EQ(text(2), "d|e");
  const auto token = std::get<TokenTerm>(std::get<SimpleTerm>(ClauseOf(query, 1).any_of[0]));
  EXPECT_EQ(token.system, "s|1");
  EXPECT_EQ(token.code, "x$y");
}

TEST(SearchQuery, TokensHaveFourForms) {
  const auto form = [](std::string_view value) {
    return Only<TokenTerm>(Parse("Patient", "identifier=" + std::string(value))).form;
  };
  EXPECT_EQ(form("x"), TokenForm::kCode);
  EXPECT_EQ(form("s|x"), TokenForm::kSystemAndCode);
  EXPECT_EQ(form("|x"), TokenForm::kCodeNoSystem);
  EXPECT_EQ(form("s|"), TokenForm::kSystem);
  EXPECT_EQ(form("s%7Cx"), TokenForm::kSystemAndCode);
}

TEST(SearchQuery, NumbersStandForTheDigitsGiven) {
  struct Case {
    std::string_view text;
    double value;
    double low;
    double high;
  };
  for (const Case& one : {
           Case{"100", 100, 99.5, 100.5},
           Case{"100.00", 100, 99.995, 100.005},
           Case{"1e2", 100, 50, 150},
           Case{"1.0e2", 100, 95, 105},
           Case{"5.4", 5.4, 5.35, 5.45},
           Case{"-5.4", -5.4, -5.45, -5.35},
           Case{"0", 0, -0.5, 0.5},
           Case{"0.00", 0, -0.005, 0.005},
           Case{"1e-3", 0.001, 0.0005, 0.0015},
           Case{"10", 10, 9.5, 10.5},
       }) {
    const auto term =
        Only<NumberTerm>(Parse("RiskAssessment", "probability=" + std::string(one.text)));
    EXPECT_EQ(term.value, one.value) << one.text;
    EXPECT_EQ(term.low, one.low) << one.text;
    EXPECT_EQ(term.high, one.high) << one.text;
  }
}

TEST(SearchQuery, ANumberFindsItselfHoweverManyDigitsItHas) {
  for (const std::string_view text :
       {"72.02338690111342", "0.30000000000000004", "123456789012345678901234567890", "1e400",
        "-1e400", "1e-400", "9007199254740993"}) {
    const auto term = Only<NumberTerm>(Parse("RiskAssessment", "probability=" + std::string(text)));
    EXPECT_LE(term.low, term.value) << text;
    EXPECT_GT(term.high, term.value) << text;
  }
}

TEST(SearchQuery, PrefixesComeBeforeNumbersDatesAndQuantities) {
  EXPECT_EQ(Only<NumberTerm>(Parse("RiskAssessment", "probability=gt0.8")).prefix,
            SearchPrefix::kGt);
  EXPECT_EQ(Only<DateTerm>(Parse("Patient", "birthdate=sa2010")).prefix, SearchPrefix::kSa);
  const auto quantity = Only<QuantityTerm>(Parse("Observation", "value-quantity=le5.4|urn:u|mg"));
  EXPECT_EQ(quantity.number.prefix, SearchPrefix::kLe);
  EXPECT_EQ(quantity.form, QuantityTerm::Unit::kSystemAndCode);
  EXPECT_EQ(quantity.code, "mg");
  EXPECT_EQ(Only<StringTerm>(Parse("Patient", "name=lee")).text, "lee");
}

TEST(SearchQuery, ApIsOfR4Only) {
  EXPECT_EQ(Only<DateTerm>(Parse("Patient", "birthdate=ap2010", SearchRules::kR4)).prefix,
            SearchPrefix::kAp);
  EXPECT_EQ(Faults("Patient", "birthdate=ap2010"),
            "invalid: Search parameter 'birthdate' uses the prefix ap, which HealthLake does not "
            "support (--compat r4 does)");
  const auto near =
      Only<NumberTerm>(Parse("RiskAssessment", "probability=ap100", SearchRules::kR4));
  EXPECT_EQ(near.low, 90);
  EXPECT_EQ(near.high, std::nextafter(110, HUGE_VAL));
}

TEST(SearchQuery, ReferencesAreIdsLocalsOrUrls) {
  const auto reference = [](std::string_view value) {
    return Only<ReferenceTerm>(Parse("Observation", "subject=" + std::string(value)));
  };
  EXPECT_EQ(reference("23").id, "23");
  EXPECT_EQ(reference("Patient/23").text, "Patient/23");
  EXPECT_EQ(reference("Patient/23/_history/2").text, "Patient/23");
  EXPECT_EQ(reference("http://x.org/fhir/Patient/23").text, "http://x.org/fhir/Patient/23");
  EXPECT_EQ(reference("https://h/datastore/" + std::string(kDatastore) + "/r4/Patient/23").text,
            "Patient/23");
  const SearchQuery typed = Parse("Observation", "subject:Patient=23");
  EXPECT_EQ(Only<ReferenceTerm>(typed).text, "Patient/23");
  EXPECT_NE(Faults("Observation", "subject:Patient=Group/23"), "");
  EXPECT_NE(Faults("Observation", "subject:Claim=23"), "");
  EXPECT_NE(Faults("Observation", "subject=Claim/23"), "");
}

TEST(SearchQuery, CompositesHaveAllTheirParts) {
  const SearchQuery query =
      Parse("Observation", "code-value-quantity=http://loinc.org|8480-6$lt60");
  const auto& term = std::get<CompositeTerm>(ClauseOf(query, 0).any_of[0]);
  ASSERT_EQ(term.parts.size(), 2U);
  EXPECT_EQ(std::get<TokenTerm>(term.parts[0]).code, "8480-6");
  EXPECT_EQ(std::get<QuantityTerm>(term.parts[1]).number.prefix, SearchPrefix::kLt);
  EXPECT_NE(Faults("Observation", "code-value-quantity=8480-6"), "");
  EXPECT_NE(Faults("Observation", "code-value-quantity=8480-6$"), "");
}

TEST(SearchQuery, ModifiersStandWhereTheyMay) {
  EXPECT_EQ(ClauseOf(Parse("Patient", "name:exact=x")).modifier, SearchModifier::kExact);
  EXPECT_EQ(ClauseOf(Parse("Patient", "gender:not=x"), 0).modifier, SearchModifier::kNot);
  const SearchQuery missing = Parse("Patient", "name:missing=true");
  EXPECT_TRUE(ClauseOf(missing, 0).missing);
  EXPECT_EQ(ClauseOf(Parse("ValueSet", "url:above=http://x", SearchRules::kR4), 0).modifier,
            SearchModifier::kAbove);
  EXPECT_EQ(Faults("ValueSet", "url:above=http://x"),
            "not-supported: Search parameter 'url:above' has the modifier ':above', which "
            "HealthLake does not support (--compat r4 does)");
  EXPECT_EQ(Faults("Patient", "gender:exact=male"),
            "not-supported: Search parameter 'gender:exact' is of type token, which does not take "
            "the modifier ':exact'");
  EXPECT_EQ(Faults("Patient", "name:nonsense=x"),
            "not-supported: Search parameter 'name:nonsense' has the unknown modifier ':nonsense'");
  EXPECT_NE(Faults("Patient", "name:missing=maybe"), "");
}

// Reference 5.6, 5.7: never ignored in silence.
TEST(SearchQuery, WhatIsNotSupportedIsRefused) {
  for (const std::string_view text :
       {"_query=x", "_contained=true", "_containedType=container", "_score=1", "_format=xml"}) {
    for (const SearchRules rules : {SearchRules::kHealthLake, SearchRules::kR4}) {
      EXPECT_TRUE(Faults("Patient", text, rules).starts_with("not-supported: Search parameter '"))
          << text;
    }
  }
  EXPECT_EQ(Faults("Contract", "patient=1"),
            "not-supported: Search parameter 'patient' is not supported by HealthLake (--compat r4 "
            "does)");
  EXPECT_EQ(Faults("Contract", "patient=1", SearchRules::kR4), "");
}

TEST(SearchQuery, UnknownParametersAreErrorsUnlessHandledLeniently) {
  EXPECT_EQ(Faults("Patient", "nonsense=1&more=2"),
            "not-supported: Search parameter 'nonsense' is unknown for resource type Patient\n"
            "not-supported: Search parameter 'more' is unknown for resource type Patient");
  const SearchQuery query = Parse("Patient", "nonsense=1&gender=male", SearchRules::kHealthLake,
                                  SearchHandling::kLenient);
  EXPECT_EQ(query.ignored, (std::vector<std::string>{"nonsense"}));
  EXPECT_EQ(query.applied, "gender=male");
}

TEST(SearchQuery, AppliedLeavesOutPageAndCount) {
  const SearchQuery query =
      Parse("Patient", "name=a%20b&_count=5&page=abc%3D&_total=accurate&identifier=s%7Cx");
  EXPECT_EQ(query.applied, "name=a%20b&_total=accurate&identifier=s%7Cx");
  EXPECT_EQ(query.page, "abc=");
  EXPECT_EQ(Parse("Patient", query.applied).applied, query.applied);
}

TEST(SearchQuery, AnyTextGetsAnAnswer) {
  for (const std::string_view text :
       {"=", "&&&", "%", "name=%zz", "name=%ff", "name", "name=", "name=,", "birthdate=2010-13",
        "birthdate=xx2010", "birthdate=2010-02-30", "birthdate=e", "identifier=|",
        "identifier=a|b|c", "=x", "name:=x", ":exact=x", "value=\xff", "_id="}) {
    EXPECT_NO_THROW(Faults("Patient", text)) << text;
  }
  EXPECT_EQ(Faults("Patient", "&&"), "");
  EXPECT_NE(Faults("Patient", "name="), "");
  EXPECT_NE(Faults("Patient", "name=%zz"), "");
  for (const std::string_view text :
       {"value-quantity=1|2", "value-quantity=|u|c", "value-quantity=1e999", "value-quantity=.5",
        "value-quantity=1|2|3|4", "value-quantity=nan"}) {
    EXPECT_NE(Faults("Observation", text), "") << text;
  }
  std::string many = "identifier=0";
  for (int i = 0; i < 3000; ++i) many += "," + std::to_string(i);
  EXPECT_NE(Faults("Patient", many), "");
}

// A '+' in a zone arrives as a space when the client did not encode it.
TEST(SearchQuery, ZonesSurviveFormDecoding) {
  const auto plain = Only<DateTerm>(Parse("Observation", "date=2020-01-01T00:00:00+02:00"));
  const auto encoded = Only<DateTerm>(Parse("Observation", "date=2020-01-01T00:00:00%2B02:00"));
  EXPECT_EQ(plain.from, encoded.from);
}

}  // namespace
}  // namespace healthlake::fhir
