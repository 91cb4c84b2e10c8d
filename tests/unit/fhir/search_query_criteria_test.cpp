// Modifiers, units, places, texts, lists, compartments, and searches over all types.
#include <gtest/gtest.h>

#include "unit/fhir/search_query_texts.hpp"

namespace healthlake::fhir {
namespace {

SearchQuery ParseSystem(std::string_view text, SearchRules rules = SearchRules::kR4) {
  SearchLimits limits;
  limits.rules = rules;
  return ParseSystemQuery(text, limits);
}

std::string SystemFault(std::string_view text) {
  try {
    ParseSystem(text);
  } catch (const core::Error& error) {
    return error.message();
  }
  return "";
}

template <typename Kind>
Kind First(const SearchQuery& query) {
  return std::get<Kind>(query.types.front().all_of.at(0).is);
}

// --- Modifiers -----------------------------------------------------------------------------------

// search.html, modifiers and the tables of each type; reference 5.4.
TEST(SearchQueryModifiers, StandWhereTheStandardAndHealthLakeHaveThem) {
  struct Case {
    std::string_view type;
    std::string_view text;
    bool healthlake;
    bool r4;
  };
  for (const Case& one : {
           Case{"Patient", "family:missing=true", true, true},
           Case{"Patient", "birthdate:missing=false", true, true},
           Case{"Observation", "value-quantity:missing=false", true, true},
           Case{"Observation", "subject:missing=false", true, true},
           Case{"ValueSet", "url:missing=false", true, true},
           Case{"Observation", "code-value-quantity:missing=true", false, false},
           Case{"Location", "near:missing=true", false, true},
           Case{"Patient", "family:exact=x", true, true},
           Case{"Patient", "family:contains=x", true, true},
           Case{"Patient", "family:text=x", false, false},
           Case{"Patient", "family:not=x", false, false},
           Case{"Patient", "gender:not=male", true, true},
           Case{"Condition", "code:text=head", true, true},
           Case{"Condition", "code:in=http://x", false, true},
           Case{"Condition", "code:not-in=http://x", false, true},
           Case{"Condition", "code:below=http://s|c", false, true},
           Case{"Condition", "code:above=c", false, true},
           Case{"Condition", "code:above=http://s|", false, false},
           Case{"Condition", "code:contains=c", false, false},
           Case{"Patient", "identifier:of-type=http://t|MR|1", false, true},
           Case{"Patient", "identifier:of-type=MR|1", false, false},
           Case{"Patient", "identifier:of-type=|MR|1", false, false},
           Case{"Observation", "subject:identifier=http://s|1", true, true},
           Case{"Observation", "subject:Patient=1", true, true},
           Case{"Procedure", "location:below=42", false, true},
           Case{"Procedure", "location:above=Location/42", false, true},
           Case{"Procedure", "location:text=x", false, false},
           Case{"ValueSet", "url:below=http://x", true, true},
           Case{"ValueSet", "url:above=http://x", false, true},
           Case{"ValueSet", "url:contains=x", false, false},
           Case{"Patient", "birthdate:exact=2010", false, false},
           Case{"RiskAssessment", "probability:not=1", false, false},
           Case{"Observation", "value-quantity:not=1", false, false},
           Case{"Patient", "_text:exact=x", false, false},
           Case{"Patient", "gender:not:missing=x", false, false},
       }) {
    EXPECT_EQ(Faults(one.type, one.text).empty(), one.healthlake) << one.text;
    EXPECT_EQ(Faults(one.type, one.text, SearchRules::kR4).empty(), one.r4) << one.text;
  }
}

TEST(SearchQueryModifiers, DecideWhatTheValueIs) {
  const auto parse = [](std::string_view type, std::string_view text) {
    return Parse(type, text, SearchRules::kR4);
  };
  EXPECT_EQ(Only<StringTerm>(parse("Condition", "code:text=a%20b")).text, "a b");
  EXPECT_EQ(Only<UriTerm>(parse("Condition", "code:in=http://x|1")).text, "http://x|1");
  EXPECT_EQ(Only<TokenTerm>(parse("Condition", "code:below=http://s|c")).code, "c");
  EXPECT_EQ(Only<TokenTerm>(parse("Observation", "subject:identifier=s|v")).system, "s");
  EXPECT_EQ(Only<ReferenceTerm>(parse("Procedure", "location:below=42")).id, "42");
  const auto typed =
      Only<TypedIdentifierTerm>(parse("Patient", "identifier:of-type=http://t|MR|4\\|5"));
  EXPECT_EQ(typed.system, "http://t");
  EXPECT_EQ(typed.code, "MR");
  EXPECT_EQ(typed.value, "4|5");
}

// Issue and search.html, quantity: only number|http://unitsofmeasure.org|code, only under r4.
TEST(SearchQueryUnits, AreCommensurableInUcumOnly) {
  const auto units = [](std::string_view value, SearchRules rules) {
    return Only<QuantityTerm>(Parse("Observation", "value-quantity=" + std::string(value), rules))
        .commensurable.size();
  };
  EXPECT_GT(units("5.4|http://unitsofmeasure.org|mg", SearchRules::kR4), 0U);
  EXPECT_EQ(units("5.4|http://unitsofmeasure.org|mg", SearchRules::kHealthLake), 0U);
  EXPECT_EQ(units("5.4||mg", SearchRules::kR4), 0U);
  EXPECT_EQ(units("5.4", SearchRules::kR4), 0U);
  EXPECT_EQ(units("5.4|http://x|mg", SearchRules::kR4), 0U);
  EXPECT_EQ(units("5.4|http://unitsofmeasure.org|", SearchRules::kR4), 0U);
}

// Location, `near`.
TEST(SearchQueryNear, IsAPlaceAndADistance) {
  const auto place = [](std::string_view value) {
    return Only<PositionTerm>(Parse("Location", "near=" + std::string(value), SearchRules::kR4));
  };
  EXPECT_EQ(place("-83.694810|42.256500|11.20|km").latitude, -83.694810);
  EXPECT_EQ(place("-83.694810|42.256500|11.20|km").longitude, 42.2565);
  EXPECT_EQ(place("-83.694810|42.256500|11.20|km").meters, 11'200);
  EXPECT_EQ(place("1|2|3").meters, 3'000);
  EXPECT_EQ(place("1|2|3|m").meters, 3);
  EXPECT_NEAR(place("1|2|3|[mi_us]").meters, 4828, 1);
  EXPECT_EQ(place("1|2").meters, 50'000);
  for (const std::string_view text :
       {"near=1", "near=91|0|1", "near=0|181|1", "near=a|b|c", "near=|2|3", "near=1|2|-3",
        "near=1|2|3|parsec", "near=1|2|3|km|x", "near=", "near=1||3"}) {
    EXPECT_NE(Faults("Location", text, SearchRules::kR4), "") << text;
  }
  EXPECT_EQ(Faults("Location", "near=1|2|3"),
            "not-supported: Search parameter 'near' is not supported by HealthLake (--compat r4 "
            "does)");
}

// --- _text and _content --------------------------------------------------------------------------

std::string Shown(const TextCriterion& criterion) {
  std::string all;
  for (const TextCriterion::Words& row : criterion.any_of) {
    if (!all.empty()) all += " | ";
    for (const std::string& word : row.all_of) all += "+" + word;
    for (const std::string& word : row.none_of) all += "-" + word;
  }
  return all;
}

// search.html, text search parameters.
TEST(SearchQueryText, IsWordsJoinedByOperators) {
  const auto shown = [](std::string_view value) {
    return Shown(
        First<TextCriterion>(Parse("Condition", "_text=" + std::string(value), SearchRules::kR4)));
  };
  EXPECT_EQ(shown("bone"), "+bone");
  EXPECT_EQ(shown("Bone  \xC3\x89VE"), "+bone+eve");
  EXPECT_EQ(shown("(bone OR liver) and metastases"), "+bone+metastases | +liver+metastases");
  EXPECT_EQ(shown("bone OR liver AND metastases"), "+bone | +liver+metastases");
  EXPECT_EQ(shown("\"heart attack\" NOT old"), "+heart attack-old");
  EXPECT_EQ(shown("NOT (a OR b)"), "-a-b");
  EXPECT_EQ(shown("NOT (a AND b)"), "-a | -b");
  EXPECT_EQ(shown("NOT NOT a"), "+a");
  EXPECT_EQ(shown("a,b c"), "+a | +b+c");
  EXPECT_EQ(shown("a\\,b"), "+a,b");
  EXPECT_EQ(shown("\"and\" x"), "+and+x");
}

TEST(SearchQueryText, ThatIsMalformedIsRefused) {
  for (const std::string_view text :
       {"_text=", "_text=%20", "_text=a OR", "_text=AND", "_text=(a", "_text=a)", "_text=()",
        "_text=NOT", "_text=\"\"", "_text=a,,b", "_text=a OR AND b"}) {
    EXPECT_TRUE(Faults("Condition", text).starts_with("invalid: Search parameter '_text'")) << text;
  }
  EXPECT_NE(Faults("Condition", "_text=" + std::string(5'000, '(')), "");
  std::string product = "_text=(a OR b)";
  for (int i = 0; i < 40; ++i) product += " (a OR b)";
  EXPECT_EQ(Faults("Condition", product),
            "invalid: Search parameter '_text' has too many alternatives");
  std::string many = "_text=a";
  for (int i = 0; i < 5'000; ++i) many += " a";
  EXPECT_NE(Faults("Condition", many), "");
}

TEST(SearchQueryText, OfAllContentIsOfR4Only) {
  EXPECT_EQ(First<TextCriterion>(Parse("Condition", "_text=x")).where,
            TextCriterion::Where::kNarrative);
  EXPECT_EQ(First<TextCriterion>(Parse("Condition", "_content=x", SearchRules::kR4)).where,
            TextCriterion::Where::kContent);
  EXPECT_EQ(Faults("Condition", "_content=x"),
            "not-supported: Search parameter '_content' is not supported by HealthLake (--compat "
            "r4 does)");
  EXPECT_NE(Faults("Binary", "_text=x"), "");  // it has no narrative
  EXPECT_EQ(Faults("Observation", "subject:Patient._text=x"), "");
}

// --- _list ---------------------------------------------------------------------------------------

TEST(SearchQueryList, NamesStoredLists) {
  const auto list = First<ListCriterion>(Parse("Patient", "_list=42,43", SearchRules::kR4));
  EXPECT_EQ(list.ids, (std::vector<std::string>{"42", "43"}));
  EXPECT_EQ(Faults("Patient", "_list=$current-allergies", SearchRules::kR4),
            "not-supported: Search parameter '_list' names the list '$current-allergies', and only "
            "stored lists are served");
  EXPECT_EQ(Faults("Patient", "_list=42"),
            "not-supported: Search parameter '_list' is not supported by HealthLake (--compat r4 "
            "does)");
  EXPECT_NE(Faults("Patient", "_list=", SearchRules::kR4), "");
  EXPECT_NE(Faults("Patient", "_list=a/b", SearchRules::kR4), "");
  EXPECT_NE(Faults("Patient", "_list:missing=true", SearchRules::kR4), "");
}

// --- All types -----------------------------------------------------------------------------------

TEST(SearchQueryOfSystem, SearchesTheTypesNamed) {
  const SearchQuery query =
      ParseSystem("_id=1&_type=Observation,Condition,Observation&_sort=-_lastUpdated");
  ASSERT_EQ(query.types.size(), 2U);
  EXPECT_EQ(NameOf(query.types[0].type), "Condition");
  EXPECT_EQ(NameOf(query.types[1].type), "Observation");
  EXPECT_EQ(query.types[1].all_of.size(), 1U);
}

TEST(SearchQueryOfSystem, TakesParametersThatAllTypesHave) {
  const SearchQuery query =
      ParseSystem("_type=Observation,Encounter&date=2020&_sort=-date,_id&_total=accurate");
  ASSERT_EQ(query.types.size(), 2U);
  for (const TypeSearch& one : query.types) {
    EXPECT_EQ(std::get<SearchClause>(one.all_of.at(0).is).param->base, one.type);
  }
  ASSERT_EQ(query.sort.at(0).params.size(), 2U);
  EXPECT_EQ(query.sort[0].params[0]->base, query.types[0].type);
  EXPECT_EQ(query.applied, "_type=Observation,Encounter&date=2020&_sort=-date,_id&_total=accurate");
  EXPECT_EQ(ParseSystem(query.applied).applied, query.applied);
  EXPECT_EQ(ParseSystem("_id=1,2&_tag=x").types.size(), AllResourceTypes().size());
}

TEST(SearchQueryOfSystem, RefusesWhatSomeTypesLack) {
  EXPECT_EQ(SystemFault("_type=Patient,Observation&gender=male"),
            "Search parameter 'gender' is unknown for resource type Observation; a search of "
            "several types has the parameters that all of them have");
  EXPECT_NE(SystemFault("code=1"), "");
  EXPECT_NE(SystemFault("_type=Patient,Observation&_sort=gender"), "");
  EXPECT_EQ(SystemFault("_type=Patient&gender=male"), "");
  EXPECT_EQ(SystemFault("_type=Nonsense"),
            "Search parameter '_type' names 'Nonsense', which is no resource type");
  EXPECT_EQ(SystemFault("_type=Patient&_type=Patient"),
            "Search parameter '_type' is given more than once");
  for (const std::string_view text :
       {"_type", "_type=", "_type=Patient,", "_type=%zz", "_type:x=Patient"}) {
    EXPECT_NE(SystemFault(text), "") << text;
  }
  EXPECT_THROW(ParseSystem("_type=Patient", SearchRules::kHealthLake), core::Error);
  EXPECT_NE(Faults("Patient", "_type=Patient", SearchRules::kR4), "");
}

TEST(SearchQueryOfSystem, IsBounded) {
  std::string ids = "_id=0";
  for (int i = 1; i < 100; ++i) ids += "," + std::to_string(i);
  EXPECT_EQ(SystemFault(ids), "");
  EXPECT_NE(SystemFault(ids + "&" + ids), "");
}

TEST(SearchQueryOfCompartment, AddsItToEveryType) {
  SearchQuery query = ParseSystem("_type=Observation,Condition");
  RestrictToCompartment(query, FindResourceType("Patient").value(), "p1");
  for (const TypeSearch& one : query.types) {
    const Criterion& criterion = one.all_of.at(0);
    EXPECT_EQ(criterion.text, "Patient/p1");
    EXPECT_EQ(std::get<CompartmentCriterion>(criterion.is).id, "p1");
  }
  EXPECT_EQ(query.applied, "_type=Observation,Condition");
}

std::string_view ValueOf(const SearchParam& param) {
  switch (param.type) {
    case SearchType::kNumber:
      return "1";
    case SearchType::kDate:
      return "2010";
    case SearchType::kQuantity:
      return "1||mg";
    case SearchType::kSpecial:
      return "1|2|3|km";
    default:
      return "x";
  }
}

// Of all types, with a value, in a chain, in _has, in _sort and in _include, wherever its type has
// a meaning there.
TEST(SearchQueryParameters, OfTheRegistryCanAllBeAskedFor) {
  for (const SearchParam& param : AllSearchParams()) {
    const std::string code(param.code);
    std::string value(ValueOf(param));
    for (std::size_t i = 0; i < param.components.size(); ++i) {
      value =
          (i == 0 ? "" : value + "$") + std::string(ValueOf(*FindSearchParam(param.components[i])));
    }
    const auto fault = [&](const std::string& text) {
      return Faults(NameOf(param.base), text, SearchRules::kR4);
    };
    const bool query = code == "_query";
    EXPECT_EQ(fault(code + "=" + value).empty(), !query) << NameOf(param.base) << ' ' << code;
    const bool joins = param.type == SearchType::kReference;
    EXPECT_EQ(fault(code + "._id=x").empty(), joins) << NameOf(param.base) << ' ' << code;
    EXPECT_EQ(fault("_include=" + std::string(NameOf(param.base)) + ":" + code).empty(), joins);
    if (joins) {
      const ResourceType target =
          param.targets.empty() ? AllResourceTypes().front() : param.targets.front();
      EXPECT_EQ(
          Faults(NameOf(target), "_has:" + std::string(NameOf(param.base)) + ":" + code + ":_id=x",
                 SearchRules::kR4),
          "");
    }
    const bool sorts = param.origin != ParamOrigin::kServer &&
                       param.type != SearchType::kComposite && param.type != SearchType::kSpecial;
    EXPECT_EQ(fault("_sort=" + code).empty(), sorts) << NameOf(param.base) << ' ' << code;
  }
}

// The CapabilityStatement lists these.
TEST(SearchQueryParameters, AreSearchableUnlessRefused) {
  const auto searchable = [](std::string_view type, std::string_view code, SearchRules rules) {
    return IsSearchable(*FindSearchParam(FindResourceType(type).value(), code), rules);
  };
  EXPECT_TRUE(searchable("Patient", "_text", SearchRules::kHealthLake));
  EXPECT_FALSE(searchable("Patient", "_content", SearchRules::kHealthLake));
  EXPECT_TRUE(searchable("Patient", "_content", SearchRules::kR4));
  EXPECT_FALSE(searchable("Patient", "_query", SearchRules::kR4));
  EXPECT_FALSE(searchable("Location", "near", SearchRules::kHealthLake));
  EXPECT_TRUE(searchable("Location", "near", SearchRules::kR4));
  EXPECT_TRUE(searchable("Patient", "createdAt", SearchRules::kHealthLake));
}

}  // namespace
}  // namespace healthlake::fhir
