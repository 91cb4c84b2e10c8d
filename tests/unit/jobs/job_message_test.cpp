#include "jobs/job_message.hpp"

#include <gtest/gtest.h>

namespace healthlake::jobs {
namespace {

TEST(JobMessageTest, LeavesOutWhatThePatternLacks) {
  EXPECT_EQ(JobMessage("No input at s3://b-1/a_b/ (none, \"really\"; it's so!)"),
            "No input at s3://b-1/a_b/ none really its so");
  EXPECT_EQ(JobMessage("line\nbreak #1 é"), "line break %231 %C3%A9");
}

TEST(JobMessageTest, IsNeverEmptyAndNeverTooLong) {
  EXPECT_EQ(JobMessage(""), "The job failed.");
  EXPECT_EQ(JobMessage("()"), "The job failed.");
  EXPECT_LE(JobMessage(std::string(5'000, 'x')).size(), 2'048U);
  EXPECT_LE(JobMessage(std::string(5'000, '#')).size(), 2'048U);
}

}  // namespace
}  // namespace healthlake::jobs
