// _include and _revinclude (search.html, including other resources).
#include <gtest/gtest.h>

#include "result_fixture.hpp"
#include "support/expect_error.hpp"

namespace healthlake::datastore {
namespace {

class IncludesTest : public ResultTest {
 protected:
  void PutOrganization(std::string_view id, std::string_view part_of = {}) {
    Put(R"({"resourceType":"Organization","id":")" + std::string(id) + R"(","name":"n")" +
        (part_of.empty()
             ? std::string()
             : R"(,"partOf":{"reference":"Organization/)" + std::string(part_of) + R"("})") +
        "}");
  }
  void PutPatient(std::string_view id, std::string_view organization) {
    Put(R"({"resourceType":"Patient","id":")" + std::string(id) +
        R"(","managingOrganization":{"reference":")" + std::string(organization) + R"("}})");
  }
  void PutObservation(std::string_view id, std::string_view subject,
                      std::string_view members = {}) {
    Put(R"({"resourceType":"Observation","id":")" + std::string(id) +
        R"(","status":"final","code":{"text":"c"},"subject":{"reference":")" +
        std::string(subject) + R"("})" + (members.empty() ? "" : ",") + std::string(members) + "}");
  }
  std::string Included(std::string_view type, std::string_view text) {
    return Joined(IdsOf(store_->Search(Query(type, text), {}), SearchMode::kInclude));
  }
};

TEST_F(IncludesTest, WhatMatchesReferToComesOnceAfterThem) {
  PutOrganization("o");
  PutPatient("a", "Organization/o");
  PutPatient("b", "Organization/o");
  PutPatient("c", "Organization/missing");
  const SearchPage page = store_->Search(Query("Patient", "_include=Patient:organization"), {});
  EXPECT_EQ(IdsOf(page), (IdList{"a", "b", "c"}));
  EXPECT_EQ(IdsOf(page, SearchMode::kInclude), (IdList{"o"}));
  EXPECT_EQ(page.entries.back().type, TypeNamed("Organization"));
  EXPECT_NE(page.entries.back().json.find(R"("name":"n")"), std::string::npos);
}

TEST_F(IncludesTest, OfThePageOnlyAndNothingThatIsAMatchOfIt) {
  PutOrganization("top");
  PutOrganization("sub", "top");
  PutOrganization("subsub", "sub");
  fhir::SearchQuery query = Query("Organization", "_include=Organization:partof");
  EXPECT_EQ(Joined(IdsOf(store_->Search(query, {}), SearchMode::kInclude)), "");
  query.count = 1;
  const SearchPage first = store_->Search(query, {});
  EXPECT_EQ(Joined(IdsOf(first, SearchMode::kInclude)), "");
  const SearchPage second = PageAt(query, first.next.value());
  EXPECT_EQ(Joined(IdsOf(second)), "sub");
  EXPECT_EQ(Joined(IdsOf(second, SearchMode::kInclude)), "top");
  EXPECT_FALSE(PageAt(query, second.next.value()).next);
}

TEST_F(IncludesTest, TotalsCountMatchesOnly) {
  PutOrganization("o");
  PutPatient("a", "Organization/o");
  const SearchPage page =
      store_->Search(Query("Patient", "_include=Patient:organization&_total=accurate"), {});
  EXPECT_EQ(page.entries.size(), 2U);
  EXPECT_EQ(page.total, 1U);
}

TEST_F(IncludesTest, ReferencesAreResolvedAsTheyAreIndexed) {
  PutOrganization("o");
  PutPatient("versioned", "Organization/o/_history/1");
  PutPatient("own", "https://healthlake.us-east-1.amazonaws.com/datastore/" +
                        std::string(kTestDatastore) + "/r4/Organization/o");
  PutPatient("foreign", "https://example.org/fhir/Organization/o");
  PutPatient("urn", "urn:uuid:9e2d3b4c-0000-4000-8000-000000000000");
  for (const char* id : {"versioned", "own"}) {
    EXPECT_EQ(Included("Patient", std::string("_include=Patient:organization&_id=") + id), "o")
        << id;
  }
  for (const char* id : {"foreign", "urn"}) {
    EXPECT_EQ(Included("Patient", std::string("_include=Patient:organization&_id=") + id), "")
        << id;
  }
}

TEST_F(IncludesTest, WhatIsDeletedIsLeftOut) {
  PutOrganization("o");
  PutPatient("a", "Organization/o");
  PutObservation("x", "Patient/a");
  PutObservation("y", "Patient/a");
  Delete("Organization", "o");
  Delete("Observation", "x");
  EXPECT_EQ(Included("Patient", "_include=Patient:organization"), "");
  EXPECT_EQ(Included("Patient", "_revinclude=Observation:subject"), "y");
}

TEST_F(IncludesTest, TargetTypesNarrow) {
  PutPatient("a", "Organization/none");
  Put(R"({"resourceType":"Group","id":"g","type":"person","actual":true})");
  PutObservation("x", "Patient/a");
  PutObservation("y", "Group/g");
  EXPECT_EQ(Included("Observation", "_include=Observation:subject"), "a g");
  EXPECT_EQ(Included("Observation", "_include=Observation:subject:Patient"), "a");
  EXPECT_EQ(Included("Observation", "_include=Observation:subject:Group"), "g");
  EXPECT_EQ(Included("Observation", "_include=Observation:subject:Device"), "");
  EXPECT_EQ(Included("Patient", "_revinclude=Observation:subject:Patient"), "x");
  EXPECT_EQ(Included("Patient", "_revinclude=Observation:subject:Group"), "");
}

TEST_F(IncludesTest, WildcardsFollowEveryReference) {
  PutOrganization("o");
  PutPatient("a", "Organization/o");
  Put(R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},)"
      R"("subject":{"reference":"Patient/a"}})");
  PutObservation("x", "Patient/a", R"("encounter":{"reference":"Encounter/e"})");
  EXPECT_EQ(Included("Observation", "_include=*"), "a e");
  EXPECT_EQ(Included("Observation", "_include=Observation:*"), "a e");
  EXPECT_EQ(Included("Patient", "_revinclude=*"), "e x");
  EXPECT_EQ(Included("Patient", "_revinclude=Observation:*"), "x");
  EXPECT_EQ(Included("Patient", "_include=*&_revinclude=*"), "o e x");
}

TEST_F(IncludesTest, IterationGoesAsFarAsAllowed) {
  PutOrganization("o5");
  for (int i = 4; i >= 1; --i) {
    PutOrganization("o" + std::to_string(i), "o" + std::to_string(i + 1));
  }
  PutPatient("a", "Organization/o1");
  const std::string plain = "_include=Patient:organization";
  EXPECT_EQ(Included("Patient", plain + "&_include=Organization:partof"), "o1");
  fhir::SearchQuery query = Query("Patient", plain + "&_include:iterate=Organization:partof");
  const auto with_levels = [&](std::size_t levels) {
    query.include_levels = levels;
    return Joined(IdsOf(store_->Search(query, {}), SearchMode::kInclude));
  };
  EXPECT_EQ(with_levels(1), "o1 o2");
  EXPECT_EQ(with_levels(2), "o1 o2 o3");
  EXPECT_EQ(with_levels(0), "o1 o2 o3 o4 o5");
}

TEST_F(IncludesTest, CirclesEnd) {
  PutOrganization("a", "b");
  PutOrganization("b", "c");
  PutOrganization("c", "a");
  fhir::SearchQuery query = Query("Organization",
                                  "_id=a&_include:iterate=Organization:partof"
                                  "&_revinclude:iterate=Organization:partof");
  query.include_levels = 0;
  EXPECT_EQ(Joined(IdsOf(store_->Search(query, {}), SearchMode::kInclude)), "b c");
}

TEST_F(IncludesTest, SortedPagesIncludeAsWell) {
  PutOrganization("o");
  PutOrganization("q");
  PutPatient("a", "Organization/o");
  PutPatient("b", "Organization/q");
  fhir::SearchQuery query = Query("Patient", "_sort=-_id&_include=Patient:organization");
  query.count = 1;
  const SearchPage first = store_->Search(query, {});
  EXPECT_EQ(Joined(IdsOf(first, SearchMode::kInclude)), "q");
  const SearchPage last = PageAt(query, first.last.value());
  EXPECT_EQ(Joined(IdsOf(last)), "a");
  EXPECT_EQ(Joined(IdsOf(last, SearchMode::kInclude)), "o");
}

TEST_F(IncludesTest, APageIsCutUntilWhatItIncludesFits) {
  OpenOptions options;
  options.page_bytes = 5000;
  Open(options);
  const std::string note = R"("note":[{"text":")" + std::string(700, 'x') + R"("}])";
  for (const char* patient : {"a", "b", "c", "d"}) {
    PutPatient(patient, "Organization/none");
    for (const char* suffix : {"1", "2"}) {
      PutObservation(std::string(patient) + suffix, "Patient/" + std::string(patient), note);
    }
  }
  const fhir::SearchQuery query = Query("Patient", "_revinclude=Observation:subject");
  const SearchPage first = store_->Search(query, {});
  EXPECT_EQ(Joined(IdsOf(first)), "a b");
  EXPECT_EQ(Joined(IdsOf(first, SearchMode::kInclude)), "a1 a2 b1 b2");
  EXPECT_EQ(Joined(Forwards(query)), "a b c d");
  EXPECT_EQ(Joined(Backwards(query)), "a b c d");

  for (int i = 3; i < 9; ++i) PutObservation("c" + std::to_string(i), "Patient/c", note);
  EXPECT_EQ(support::ErrorKindOf([&] { Forwards(query); }), core::ErrorKind::kTooLarge);
}

}  // namespace
}  // namespace healthlake::datastore
