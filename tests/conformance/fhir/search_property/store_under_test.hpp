// A data store in a folder of the test's own, under the rules of plain R4.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "datastore/open_datastore.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::fhir::search_property {

inline constexpr std::string_view kDatastoreId = "0123456789abcdef0123456789abcdef";

class StoreUnderTest {
 public:
  // Small blocks and few runs, so that little data has much of a structure.
  explicit StoreUnderTest(int key_bits = 0) {
    options_.types = datastore::TypePolicy::kAll;
    options_.index.delta_rows_to_fold = 200;
    options_.index.runs_per_level = 2;
    options_.index.block_bytes = 256;
    if (key_bits > 0) options_.key_bits.count = key_bits;
    Reopen();
  }

  void Reopen() {
    store_.reset();
    store_ = std::make_unique<datastore::OpenDatastore>(
        store::DatastoreId(std::string(kDatastoreId)), folder_ / "store.sqlite", budget_, clock_,
        ids_, options_, [] {});
  }

  datastore::OpenDatastore* operator->() { return store_.get(); }
  datastore::OpenDatastore& datastore() { return *store_; }
  support::FakeClock& clock() { return clock_; }

  static SearchLimits Limits(SearchRules rules = SearchRules::kR4) {
    SearchLimits limits;
    limits.rules = rules;
    limits.datastore_id = kDatastoreId;
    return limits;
  }
  static SearchQuery Query(ResourceType type, std::string_view text) {
    return ParseSearchQuery(type, text, Limits());
  }

  // The stored text. Throws std::runtime_error, with the resource, for one that is refused.
  std::string Put(ResourceType type, const std::string& id, const std::string& text) {
    json::Document document;
    if (document.Parse(text)) throw std::runtime_error("no JSON: " + text);
    try {
      return store_->Update(type, id, document.root(), ValidationLevel::kStrict, {}, {})
          .stored.json;
    } catch (const core::Error& error) {
      throw std::runtime_error(Reason(error) + ": " + text);
    }
  }

  // As one batch. Throws as Put does.
  void Import(const std::vector<std::string>& lines) {
    const auto batch = store_->NewImportBatch(ValidationLevel::kStrict);
    for (std::size_t i = 0; i < lines.size(); ++i) batch->Add(i + 1, lines[i]);
    store_->CommitImport(*batch, "job",
                         [&](std::span<const datastore::LineOutcome> outcomes) {
                           for (const auto& outcome : outcomes) {
                             if (outcome.status < 400) continue;
                             throw std::runtime_error(outcome.issues.front().diagnostics + ": " +
                                                      lines[outcome.line - 1]);
                           }
                           return std::string();
                         },
                         {});
  }

  static std::string Reason(const core::Error& error) {
    return error.issues().empty() ? error.what() : error.issues().front().diagnostics;
  }

 private:
  support::TemporaryFolder folder_;
  support::FakeClock clock_;
  support::SequentialIds ids_;
  store::ConnectionBudget budget_;
  datastore::OpenOptions options_;
  std::unique_ptr<datastore::OpenDatastore> store_;
};

}  // namespace healthlake::fhir::search_property
