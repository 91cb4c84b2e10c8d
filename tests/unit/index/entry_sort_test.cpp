#include "index/entry_sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "index/run_writer.hpp"

namespace healthlake::index {
namespace {

void SortsAsComparisonDoes(std::vector<Entry> entries) {
  std::vector<Entry> expected = entries;
  std::sort(expected.begin(), expected.end());
  SortEntries(entries);
  EXPECT_EQ(entries, expected);
}

TEST(EntrySort, SortsAsComparisonDoes) {
  std::mt19937_64 random(1);
  for (const Param params : {1U, 7U, 1000U, 0xFFFFFFFFU}) {
    for (const std::uint64_t orders : {std::uint64_t{1}, std::uint64_t{50}, ~std::uint64_t{0}}) {
      for (const std::size_t count : {0U, 1U, 2U, 300U, 20'000U}) {
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < count; ++i) {
          entries.push_back({static_cast<Param>(random() % params),
                             {random() % orders, random() % 3},
                             static_cast<Rid>(random() % 5000),
                             random() % 4 == 0 ? Sign::kRemove : Sign::kAdd});
        }
        SortsAsComparisonDoes(std::move(entries));
      }
    }
  }
}

TEST(EntrySort, DropsDuplicatesAndOppositeWrites) {
  std::vector<Entry> entries = {
      {1, {1, 1}, 5, Sign::kAdd},    {1, {1, 1}, 4, Sign::kRemove}, {1, {1, 1}, 5, Sign::kAdd},
      {1, {1, 1}, 4, Sign::kRemove}, {1, {1, 2}, 5, Sign::kRemove}, {1, {1, 2}, 5, Sign::kAdd},
      {0, {9, 9}, 1, Sign::kAdd},
  };
  SortAndSettle(entries);
  EXPECT_EQ(entries, (std::vector<Entry>{{0, {9, 9}, 1, Sign::kAdd},
                                         {1, {1, 1}, 4, Sign::kRemove},
                                         {1, {1, 1}, 5, Sign::kAdd}}));
}

}  // namespace
}  // namespace healthlake::index
