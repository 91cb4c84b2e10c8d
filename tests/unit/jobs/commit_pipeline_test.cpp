#include "jobs/commit_pipeline.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace healthlake::jobs {
namespace {

PendingBatch Batch(std::uint64_t file) {
  PendingBatch batch;
  batch.file = file;
  return batch;
}

TEST(CommitPipelineTest, CommitsInTheOrderOfPushing) {
  std::vector<std::uint64_t> committed;
  CommitPipeline pipeline([&](PendingBatch& batch) { committed.push_back(batch.file); });
  for (std::uint64_t i = 0; i < 50; ++i) pipeline.Push(Batch(i));
  pipeline.Drain();
  ASSERT_EQ(committed.size(), 50U);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_EQ(committed[i], i);
}

TEST(CommitPipelineTest, ThrowsWhatACommitThrewAndCommitsNoMore) {
  std::vector<std::uint64_t> committed;
  CommitPipeline pipeline([&](PendingBatch& batch) {
    if (batch.file == 2) throw std::runtime_error("full");
    committed.push_back(batch.file);
  });
  const auto push_all = [&] {
    for (std::uint64_t i = 0; i < 50; ++i) pipeline.Push(Batch(i));
  };
  EXPECT_THROW(push_all(), std::runtime_error);
  EXPECT_THROW(pipeline.Drain(), std::runtime_error);
  EXPECT_EQ(committed.size(), 2U);
}

TEST(CommitPipelineTest, DropsWhatWaitsWhenItGoes) {
  CommitPipeline pipeline([](PendingBatch&) {});
  pipeline.Push(Batch(1));
}

}  // namespace
}  // namespace healthlake::jobs
