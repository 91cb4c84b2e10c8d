#include "healthlake/index/cursor.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

#include "index/rid_set.hpp"
#include "unit/index/naive_index.hpp"

namespace healthlake::index {
namespace {

std::vector<CursorPtr> Sets(std::vector<std::vector<Rid>> lists) {
  std::vector<CursorPtr> sets;
  for (auto& list : lists) sets.push_back(Of(std::move(list)));
  return sets;
}

std::vector<Rid> Multiples(Rid of, Rid below) {
  std::vector<Rid> rids;
  for (Rid rid = 0; rid < below; rid += of) rids.push_back(rid);
  return rids;
}

TEST(Cursor, NothingHasNoMembers) {
  EXPECT_EQ(Nothing()->Seek(0), Cursor::kEnd);
  EXPECT_EQ(Nothing()->Bound(), 0U);
  EXPECT_EQ(Count(*Nothing()), 0U);
}

TEST(Cursor, NeverMovesBack) {
  const CursorPtr cursor = Of({3, 7, 9});
  EXPECT_EQ(cursor->Seek(4), 7U);
  EXPECT_EQ(cursor->Seek(0), 7U);
  EXPECT_EQ(cursor->Seek(10), Cursor::kEnd);
  EXPECT_EQ(cursor->Seek(0), Cursor::kEnd);
  EXPECT_EQ(cursor->Next(Cursor::kEnd), Cursor::kEnd);
}

TEST(Cursor, AndOrAndNotOfSmallSets) {
  EXPECT_EQ(ReadAll(*And(Sets({{1, 2, 3, 9}, {2, 3, 4, 9}, {0, 2, 9}}))), (std::vector<Rid>{2, 9}));
  EXPECT_EQ(ReadAll(*Or(Sets({{1, 5}, {}, {1, 2, 9}}))), (std::vector<Rid>{1, 2, 5, 9}));
  EXPECT_EQ(ReadAll(*AndNot(Of({1, 2, 3}), Of({2}))), (std::vector<Rid>{1, 3}));
  EXPECT_EQ(ReadAll(*Or({})), std::vector<Rid>());
}

TEST(Cursor, CountsLargeSetsByWindows) {
  const Rid below = 1'000'003;
  EXPECT_EQ(Count(*Of(Multiples(2, below))), 500'002U);
  EXPECT_EQ(Count(*And(Sets({Multiples(2, below), Multiples(3, below)}))), 166'668U);
  EXPECT_EQ(Count(*And(Sets({Multiples(2, below), Multiples(997, below)}))), 502U);
  EXPECT_EQ(Count(*Or(Sets({Multiples(2, below), Multiples(3, below)}))), 666'669U);
  EXPECT_EQ(Count(*AndNot(Of(Multiples(2, below)), Of(Multiples(3, below)))), 333'334U);
}

TEST(Cursor, CountsUpToTheLargestRid) {
  std::vector<Rid> rids;
  for (Rid rid = Cursor::kEnd - 5000; rid != Cursor::kEnd; ++rid) rids.push_back(rid);
  EXPECT_EQ(Count(*Or(Sets({rids, {Cursor::kEnd - 1}}))), 5000U);
}

TEST(RidSet, KeepsWhatWasAddedInAnyOrderOnce) {
  std::mt19937_64 random(3);
  for (const std::size_t count : {0U, 1U, 100U, 4096U, 50'000U}) {
    RidSet set;
    std::set<Rid> expected;
    for (std::size_t i = 0; i < count; ++i) {
      const auto rid = static_cast<Rid>(random() % 400'000);
      set.Add(rid);
      expected.insert(rid);
    }
    const CursorPtr cursor = set.Take();
    EXPECT_EQ(cursor->Bound(), expected.size());
    EXPECT_EQ(ReadAll(*cursor), std::vector<Rid>(expected.begin(), expected.end()));
    EXPECT_EQ(cursor->Seek(0), Cursor::kEnd);
  }
}

TEST(RidSet, ReachesTheLargestRidWithoutMemoryForTheGap) {
  RidSet set;
  set.MakeBitmap();
  set.Add(Cursor::kEnd - 1);
  set.Add(0);
  EXPECT_TRUE(set.Has(0));
  EXPECT_FALSE(set.Has(1));
  EXPECT_TRUE(set.Has(Cursor::kEnd - 1));
  EXPECT_EQ(ReadAll(*set.Take()), (std::vector<Rid>{0, Cursor::kEnd - 1}));
}

}  // namespace
}  // namespace healthlake::index
