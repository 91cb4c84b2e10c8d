#include "healthlake/store/store_notes.hpp"

#include <gtest/gtest.h>

#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/store_file.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

class StoreNotesTest : public testing::Test {
 protected:
  std::optional<std::string> Checkpoint(std::string_view job) {
    return FindCheckpoint(file_.Read().connection(), job);
  }

  support::TemporaryFolder folder_;
  ConnectionBudget budget_;
  StoreFile file_{folder_ / "store.sqlite", Durability::kNormal, budget_};
};

TEST_F(StoreNotesTest, KeepsTheLastCheckpointOfAJob) {
  EXPECT_EQ(Checkpoint("job"), std::nullopt);
  for (const char* text : {"first", "second"}) {
    WriteTransaction transaction = file_.Write();
    SaveCheckpoint(transaction, "job", text);
    transaction.Commit();
  }
  EXPECT_EQ(Checkpoint("job"), "second");
  EXPECT_EQ(Checkpoint("other"), std::nullopt);
  WriteTransaction transaction = file_.Write();
  DropCheckpoint(transaction, "job");
  DropCheckpoint(transaction, "never there");
  transaction.Commit();
  EXPECT_EQ(Checkpoint("job"), std::nullopt);
}

TEST_F(StoreNotesTest, CommitsACheckpointWithItsTransaction) {
  {
    WriteTransaction transaction = file_.Write();
    SaveCheckpoint(transaction, "job", "lost");
  }
  EXPECT_EQ(Checkpoint("job"), std::nullopt);
}

TEST_F(StoreNotesTest, KeepsNamedFacts) {
  EXPECT_EQ(FindMeta(file_.Read().connection(), "definitions"), std::nullopt);
  for (const char* value : {"1", "2"}) {
    WriteTransaction transaction = file_.Write();
    SaveMeta(transaction, "definitions", value);
    transaction.Commit();
  }
  EXPECT_EQ(FindMeta(file_.Read().connection(), "definitions"), "2");
}

}  // namespace
}  // namespace healthlake::store
