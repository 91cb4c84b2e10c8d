#include "healthlake/store/idempotency_keys.hpp"

#include <gtest/gtest.h>

#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using std::chrono::hours;

constexpr core::Timestamp kStart{hours(500'000)};

class IdempotencyKeysTest : public testing::Test {
 protected:
  void Save(std::string_view key, std::string_view id, core::Timestamp now) {
    WriteTransaction transaction = file_.Write();
    SaveIdempotencyKey(transaction, key, {7, id}, now, now - hours(24));
    transaction.Commit();
  }
  std::string Find(std::string_view key, core::Timestamp now) {
    const auto found = FindIdempotencyKey(file_.Read().connection(), key, now - hours(24));
    return found ? std::to_string(found->type) + '/' + found->id : "";
  }
  std::int64_t Rows() {
    constexpr static Query kCount{"count", "SELECT count(*) FROM idempotency_key"};
    return file_.Read().connection().FindInteger(kCount).value();
  }

  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
};

TEST_F(IdempotencyKeysTest, FindsWhatAKeyHasMade) {
  Save("k", "a", kStart);
  EXPECT_EQ(Find("k", kStart), "7/a");
  EXPECT_EQ(Find("l", kStart), "");
}

TEST_F(IdempotencyKeysTest, ForgetsAKeyWithTime) {
  Save("k", "a", kStart);
  EXPECT_EQ(Find("k", kStart + hours(24)), "7/a");
  EXPECT_EQ(Find("k", kStart + hours(25)), "");
  Save("k", "b", kStart + hours(25));
  EXPECT_EQ(Find("k", kStart + hours(26)), "7/b");
}

TEST_F(IdempotencyKeysTest, KeepsNoMoreThanTheKeysOfItsTime) {
  for (int number = 0; number < 100; ++number) Save(std::to_string(number), "a", kStart);
  EXPECT_EQ(Rows(), 100);
  for (int number = 0; number < 20; ++number) {
    Save("new" + std::to_string(number), "a", kStart + hours(30));
  }
  EXPECT_EQ(Rows(), 20);
}

TEST_F(IdempotencyKeysTest, KeepsNothingOfWhatIsRolledBack) {
  {
    WriteTransaction transaction = file_.Write();
    SaveIdempotencyKey(transaction, "k", {7, "a"}, kStart, kStart);
  }
  EXPECT_EQ(Find("k", kStart), "");
}

}  // namespace
}  // namespace healthlake::store
