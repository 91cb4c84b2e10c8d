#include <algorithm>

#include "unit/control/fixture.hpp"

namespace healthlake::control {
namespace {

using namespace std::chrono_literals;

class PagingTest : public ControlTest {
 protected:
  std::vector<std::string> Names(const Tree& page) {
    std::vector<std::string> names;
    for (const Tree& item : page["DatastorePropertiesList"]) {
      names.push_back(item["DatastoreName"].get<std::string>());
    }
    return names;
  }
  Tree List(const Tree& input) { return Do(OperationId::kListFHIRDatastores, input); }
};

TEST_F(PagingTest, PagesGoFromTheNewestToTheOldest) {
  for (const char* name : {"a", "b", "c", "d", "e"}) Create({{"DatastoreName", name}});
  Tree page = List({{"MaxResults", 2}});
  EXPECT_EQ(Names(page), (std::vector<std::string>{"e", "d"}));
  page = List({{"MaxResults", 2}, {"NextToken", page["NextToken"]}});
  EXPECT_EQ(Names(page), (std::vector<std::string>{"c", "b"}));
  page = List({{"MaxResults", 1}, {"NextToken", page["NextToken"]}});
  EXPECT_EQ(Names(page), (std::vector<std::string>{"a"}));
  EXPECT_FALSE(page.contains("NextToken"));
}

TEST_F(PagingTest, WhatIsAddedBetweenPagesNeitherRepeatsNorHides) {
  for (int i = 0; i < 7; ++i) Create({{"DatastoreName", "old" + std::to_string(i)}});
  std::vector<std::string> seen;
  Tree input = {{"MaxResults", 2}};
  for (int added = 0;; ++added) {
    const Tree page = List(input);
    for (const std::string& name : Names(page)) seen.push_back(name);
    if (!page.contains("NextToken")) break;
    input["NextToken"] = page["NextToken"];
    Create({{"DatastoreName", "new" + std::to_string(added)}});
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"old6", "old5", "old4", "old3", "old2", "old1", "old0"}));
}

TEST_F(PagingTest, APageHoldsAHundredUnlessAskedOtherwise) {
  auto write = file_.Write();
  for (int i = 0; i < 150; ++i) {
    store::DatastoreRow row;
    row.id = store::DatastoreId(std::to_string(i));
    row.created_at = clock_.Now();
    write->datastores.Insert(row);
  }
  write.Commit();
  const Tree page = List(Tree::object());
  EXPECT_EQ(page["DatastorePropertiesList"].size(), 100U);
  const Tree rest = List({{"NextToken", page["NextToken"]}});
  EXPECT_EQ(rest["DatastorePropertiesList"].size(), 50U);
  EXPECT_FALSE(rest.contains("NextToken"));
  EXPECT_FALSE(List({{"MaxResults", 150}}).contains("NextToken"));
}

TEST_F(PagingTest, ATokenThatIsNotOursOrForOtherFiltersIsRefused) {
  for (const char* name : {"a", "b", "b"}) Create({{"DatastoreName", name}});
  const std::string token = List({{"MaxResults", 1}})["NextToken"].get<std::string>();
  const Tree filter = {{"DatastoreName", "b"}};
  const auto refused = [this](const Tree& input, const Call& call) {
    const auto [kind, message] = Refused(OperationId::kListFHIRDatastores, input, call);
    EXPECT_EQ(kind, core::ErrorKind::kInvalid);
    EXPECT_EQ(message, "NextToken is not one that was answered to this request");
  };
  std::string changed = token;
  changed[3] = changed[3] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {std::string("garbage"), token + token, changed,
                                 token.substr(0, token.size() - 4), std::string(8192, 'a')}) {
    refused({{"NextToken", bad}}, call_);
  }
  refused({{"NextToken", token}, {"Filter", filter}}, call_);
  refused({{"NextToken", token}}, Call{{"111122223333", "us-east-1"}, "http://h", 0});
  EXPECT_EQ(Names(List({{"NextToken", ""}})).size(), 3U);
  const std::string filtered =
      List({{"MaxResults", 1}, {"Filter", filter}})["NextToken"].get<std::string>();
  EXPECT_EQ(Names(List({{"NextToken", filtered}, {"Filter", filter}})).size(), 1U);
}

TEST_F(PagingTest, FiltersHoldTogether) {
  Create({{"DatastoreName", "a"}});
  clock_.Advance(10s);
  const std::string gone = Create({{"DatastoreName", "a"}});
  Do(OperationId::kDeleteFHIRDatastore, {{"DatastoreId", gone}});
  clock_.Advance(10s);
  Create({{"DatastoreName", "b"}});
  const auto count = [this](const Tree& filter) {
    return Names(List({{"Filter", filter}})).size();
  };
  const double start = 1767323045.678;
  EXPECT_EQ(count(Tree::object()), 3U);
  EXPECT_EQ(count({{"DatastoreName", "a"}}), 2U);
  EXPECT_EQ(count({{"DatastoreName", "A"}}), 0U);
  EXPECT_EQ(count({{"DatastoreStatus", "DELETED"}}), 1U);
  EXPECT_EQ(count({{"DatastoreName", "a"}, {"DatastoreStatus", "ACTIVE"}}), 1U);
  EXPECT_EQ(count({{"CreatedAfter", start}}), 2U);
  EXPECT_EQ(count({{"CreatedBefore", start + 10}}), 1U);
  EXPECT_EQ(count({{"CreatedAfter", start + 5}, {"CreatedBefore", start + 15}}), 1U);
}

TEST_F(PagingTest, JobsArePagedAndFilteredToo) {
  const std::string id = Create();
  const std::string other = Create();
  Import(other);
  std::vector<std::string> started;
  for (int i = 0; i < 5; ++i) {
    started.push_back(Import(id, {{"JobName", i % 2 == 0 ? "even" : "odd"}}));
    clock_.Advance(1s);
  }
  Do(OperationId::kStartFHIRExportJob, ExportInput(id));
  const auto ids_of = [](const Tree& page) {
    std::vector<std::string> ids;
    for (const Tree& job : page["ImportJobPropertiesList"]) {
      ids.push_back(job["JobId"].get<std::string>());
    }
    return ids;
  };
  const auto list = [&](Tree input) {
    input["DatastoreId"] = id;
    return Do(OperationId::kListFHIRImportJobs, input);
  };
  const Tree first = list({{"MaxResults", 3}});
  EXPECT_EQ(ids_of(first), (std::vector<std::string>{started[4], started[3], started[2]}));
  Import(id);
  const Tree second = list({{"MaxResults", 3}, {"NextToken", first["NextToken"]}});
  EXPECT_EQ(ids_of(second), (std::vector<std::string>{started[1], started[0]}));
  EXPECT_EQ(ids_of(list({{"JobName", "odd"}})), (std::vector<std::string>{started[3], started[1]}));
  EXPECT_EQ(ids_of(list({{"JobStatus", "COMPLETED"}})), std::vector<std::string>{});
  EXPECT_EQ(ids_of(list({{"JobStatus", "SUBMITTED"}})).size(), 6U);
  EXPECT_EQ(ids_of(list({{"SubmittedBefore", 1767323045.679}})),
            std::vector<std::string>{started[0]});
  EXPECT_EQ(ids_of(list({{"SubmittedAfter", 1767323049.678}})).size(), 1U);
  EXPECT_EQ(Refused(OperationId::kListFHIRExportJobs,
                    {{"DatastoreId", id}, {"NextToken", first["NextToken"]}})
                .first,
            core::ErrorKind::kInvalid);
  EXPECT_EQ(
      Do(OperationId::kListFHIRExportJobs, {{"DatastoreId", id}})["ExportJobPropertiesList"].size(),
      1U);
}

}  // namespace
}  // namespace healthlake::control
