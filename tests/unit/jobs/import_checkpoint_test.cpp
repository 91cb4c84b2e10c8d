#include "jobs/import_checkpoint.hpp"

#include <gtest/gtest.h>

namespace healthlake::jobs {
namespace {

TEST(ImportCheckpointTest, ReadsWhatItWrote) {
  ImportCheckpoint checkpoint{.phase = ImportPhase::kUploading,
                              .file = 1,
                              .offset = 5'000'000'000,
                              .line = 3,
                              .success = 4,
                              .failure = 5,
                              .flagged = 8,
                              .imported_bytes = 6,
                              .busy_ns = 7,
                              .progress = {1, 2, 3, 4, 5, 6, 7, 1.25}};
  const auto read = ImportCheckpoint::Read(checkpoint.Write());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->Write(), checkpoint.Write());
  EXPECT_EQ(read->phase, ImportPhase::kUploading);
  EXPECT_EQ(read->offset, 5'000'000'000U);
  EXPECT_EQ(read->flagged, 8U);
  EXPECT_EQ(read->progress.files_read_with_customer_error, 7);
  EXPECT_EQ(read->progress.throughput_mb_per_second, 1.25);
}

// As jobs wrote it before there were flagged records.
TEST(ImportCheckpointTest, TakesUpACheckpointWithoutTheLaterMembers) {
  ImportCheckpoint checkpoint{.file = 1, .line = 2, .success = 3, .failure = 4, .progress = {}};
  std::string text = checkpoint.Write();
  const std::size_t flagged = text.find(",\"flagged\":0");
  ASSERT_NE(flagged, std::string::npos);
  text.erase(flagged, 12);
  const auto read = ImportCheckpoint::Read(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->Write(), checkpoint.Write());
}

TEST(ImportCheckpointTest, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "[]", "{}", "{\"phase\":1}", "{\"phase\":\"reading\",\"file\":\"x\"}"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ImportCheckpoint::Read(text));
  }
}

}  // namespace
}  // namespace healthlake::jobs
