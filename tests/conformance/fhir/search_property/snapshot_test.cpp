// Searches beside writers, an import and the merging of the index: every page is of one moment.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "conformance/fhir/search_property/store_under_test.hpp"

namespace healthlake::fhir::search_property {
namespace {

constexpr int kObservations = 60;  // half of them final, at any moment
constexpr int kBatch = 15;         // lines of one import, that have their code in common
constexpr int kTransactions = 150;

ResourceType Type(std::string_view name) {
  return FindResourceType(name).value();
}

std::string Observation(int number, bool final) {
  return R"({"resourceType":"Observation","id":")" + std::to_string(number) + R"(","status":")" +
         (final ? "final" : "amended") + R"(","code":{"coding":[{"code":"swap"}]},)" +
         R"("subject":{"reference":"Patient/)" + (final ? "f" : "m") +
         R"("},"effectiveDateTime":"2020-01-0)" + (final ? "1" : "2") +
         R"(","valueQuantity":{"value":)" + (final ? "1" : "2") + "." + std::to_string(number) +
         "}}";
}
std::string Imported(int number, int batch) {
  return R"({"resourceType":"Observation","id":"i)" + std::to_string(number) +
         R"(","status":"registered","code":{"coding":[{"code":"import"},{"code":"batch-)" +
         std::to_string(batch) + R"("}]},"valueInteger":)" + std::to_string(batch) + "}";
}
std::string Patient(std::string_view id, std::string_view gender) {
  return R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","gender":")" +
         std::string(gender) + "\"}";
}

class SearchSnapshot : public testing::Test {
 protected:
  void SetUp() override {
    store_.Put(Type("Patient"), "f", Patient("f", "female"));
    store_.Put(Type("Patient"), "m", Patient("m", "male"));
    for (int i = 0; i < kObservations; ++i) {
      store_.Put(Type("Observation"), std::to_string(i), Observation(i, IsFinal(i, 0)));
    }
  }

  // Which half is final moves on by one with each transaction.
  static bool IsFinal(int number, int shift) {
    return (number + kObservations - shift % kObservations) % kObservations < kObservations / 2;
  }

  // One becomes final, another stops to be, in one transaction.
  void SwapOnce(int shift) {
    const auto writing = store_->BeginWrite({});
    json::Document document;
    for (int i = 0; i < kObservations; ++i) {
      if (IsFinal(i, shift) == IsFinal(i, shift + 1)) continue;
      ASSERT_FALSE(document.Parse(Observation(i, IsFinal(i, shift + 1))));
      const auto draft = store_->Prepare(
          {Type("Observation"), datastore::WriteMethod::kPut, std::to_string(i)}, document.root());
      writing->Put(*draft, {});
    }
    writing->Commit();
  }

  void ImportOnce(int batch) {
    std::vector<std::string> lines;
    for (int i = 0; i < kBatch; ++i) {
      // Every third batch writes over the one before: its code goes to another batch as a whole.
      const int first = (batch - batch % 3) * kBatch;
      lines.push_back(Imported(first + i, batch));
    }
    store_.Import(lines);
  }

  // Rows on one page, which are also the total.
  std::size_t Count(std::string_view text) {
    SearchQuery query = StoreUnderTest::Query(Type("Observation"), text);
    query.count = 10'000;
    query.total = SearchTotal::kAccurate;
    const datastore::SearchPage page = store_->Search(query, {});
    EXPECT_EQ(page.total, page.entries.size()) << text;
    EXPECT_FALSE(page.next) << text;
    return page.entries.size();
  }

  void Look() {
    constexpr auto kHalf = static_cast<std::size_t>(kObservations / 2);
    for (const char* text :
         {"status=final", "code=swap&status:not=amended", "code=swap&date=2020-01-01",
          "value-quantity=lt2&code=swap", "subject=Patient/f", "subject:Patient.gender=female",
          "code=swap&subject=m&_sort=value-quantity",
          "code=swap&status=final&_sort=-date,status"}) {
      EXPECT_EQ(Count(text), kHalf) << text;
    }
    EXPECT_EQ(Count("code=swap"), 2 * kHalf);
    EXPECT_EQ(Count("code=import") % kBatch, 0U);
    EXPECT_EQ(Count("status=registered&_sort=-code") % kBatch, 0U);
  }

  StoreUnderTest store_;
};

TEST_F(SearchSnapshot, IsOfOneMomentWhateverIsWrittenMeanwhile) {
  std::atomic<int> working{3};
  std::thread writer([&] {
    for (int i = 0; i < kTransactions; ++i) SwapOnce(i);
    --working;
  });
  std::thread importer([&] {
    for (int i = 0; i < kTransactions / 3; ++i) ImportOnce(i);
    --working;
  });
  std::thread merger([&] {
    while (working > 1) store_->Maintain({});
    --working;
  });
  std::thread reader([&] {
    while (working > 0) Look();
  });
  std::size_t looks = 0;
  for (; working > 0; ++looks) Look();
  for (std::thread* thread : {&writer, &importer, &merger, &reader}) thread->join();
  Look();
  EXPECT_GT(looks, 0U);
}

// What has been neither changed nor moved is on one page exactly, however long paging takes.
TEST_F(SearchSnapshot, PagesNeitherRepeatNorLoseWhatStaysAsItIs) {
  for (const char* text : {"code=swap", "code=swap&_sort=-value-quantity", "_sort=_id"}) {
    SearchQuery query = StoreUnderTest::Query(Type("Observation"), text);
    query.count = 7;
    std::map<std::string, int> seen;
    for (int page_number = 0;; ++page_number) {
      const datastore::SearchPage page = store_->Search(query, {});
      for (const datastore::SearchEntry& entry : page.entries) ++seen[entry.id];
      if (!page.next) break;
      query.page = *page.next;
      const std::string others = "new" + std::to_string(page_number);
      store_.Put(Type("Observation"), others, Imported(page_number, 1));
      store_->Maintain({});
    }
    for (int i = 0; i < kObservations; ++i) EXPECT_EQ(seen[std::to_string(i)], 1) << text << i;
  }
}

}  // namespace
}  // namespace healthlake::fhir::search_property
