// A data store in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/open_datastore.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::datastore {

inline constexpr std::string_view kTestDatastore = "0123456789abcdef0123456789abcdef";

inline constexpr auto kStrict = fhir::ValidationLevel::kStrict;

inline fhir::ResourceType TypeNamed(std::string_view name) {
  return fhir::FindResourceType(name).value();
}

inline json::Document Parsed(std::string_view text) {
  json::Document document;
  const auto error = document.Parse(text);
  EXPECT_FALSE(error.has_value()) << (error ? error->message : "") << "\n" << text;
  return document;
}

class DatastoreTest : public ::testing::Test {
 protected:
  DatastoreTest() { Open(); }

  void Open(const OpenOptions& options = {}) {
    store_.reset();
    store_ = std::make_unique<OpenDatastore>(store::DatastoreId(std::string(kTestDatastore)),
                                             folder_ / "store.sqlite", budget_, clock_, ids_,
                                             options, [] {});
  }

  // Stores under the id that the text names.
  WriteResult Put(std::string_view text, const Precondition& precondition = {},
                  fhir::ValidationLevel level = kStrict) {
    const json::Document document = Parsed(text);
    const std::string type(document.root().Find("resourceType")->string());
    const std::string id(document.root().Find("id")->string());
    return store_->Update(TypeNamed(type), id, document.root(), level, precondition, {});
  }
  DeleteResult Delete(std::string_view type, std::string_view id) {
    return store_->Delete(TypeNamed(type), id, {}, {});
  }

  fhir::SearchQuery Query(std::string_view type, std::string_view text,
                          fhir::SearchRules rules = fhir::SearchRules::kR4) {
    fhir::SearchLimits limits;
    limits.rules = rules;
    limits.datastore_id = kTestDatastore;
    return fhir::ParseSearchQuery(TypeNamed(type), text, limits);
  }

  // All ids that match, over all pages, sorted, joined by spaces. Checks the total on the way.
  std::string Ids(std::string_view type, std::string_view text, std::size_t page_size = 1000) {
    fhir::SearchQuery query = Query(type, text);
    query.count = page_size;
    query.total = fhir::SearchTotal::kAccurate;
    std::vector<std::string> ids;
    for (;;) {
      const SearchPage page = store_->Search(query, {});
      for (const SearchEntry& match : page.entries) {
        EXPECT_EQ(match.type, TypeNamed(type));
        ids.push_back(match.id);
      }
      if (!page.next) {
        EXPECT_EQ(page.total, ids.size()) << type << "?" << text;
        break;
      }
      EXPECT_EQ(page.entries.size(), page_size);
      query.page = *page.next;
    }
    std::sort(ids.begin(), ids.end());
    std::string joined;
    for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
    return joined;
  }

  // Imports the lines as one batch; returns the outcomes.
  std::vector<LineOutcome> Import(const std::vector<std::string>& lines,
                                  fhir::ValidationLevel level = kStrict) {
    const std::unique_ptr<ImportBatch> batch = store_->NewImportBatch(level);
    for (std::size_t i = 0; i < lines.size(); ++i) batch->Add(i + 1, lines[i]);
    std::vector<LineOutcome> outcomes;
    store_->CommitImport(*batch, "job",
                         [&](std::span<const LineOutcome> all) {
                           outcomes.assign(all.begin(), all.end());
                           return std::string("checkpoint");
                         },
                         {});
    return outcomes;
  }

  support::TemporaryFolder folder_;
  support::FakeClock clock_;
  support::SequentialIds ids_;
  store::ConnectionBudget budget_;
  std::unique_ptr<OpenDatastore> store_;
};

}  // namespace healthlake::datastore
