#include "jobs/export_checkpoint.hpp"

#include <gtest/gtest.h>

namespace healthlake::jobs {
namespace {

TEST(ExportCheckpointTest, ReadsWhatItWrote) {
  ExportCheckpoint checkpoint;
  checkpoint.position = 77;
  checkpoint.resources = 9;
  checkpoint.types["Patient"] = {.part = 2, .length = 300'000'000'000};
  checkpoint.types["Account"] = {};
  const auto read = ExportCheckpoint::Read(checkpoint.Write());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->Write(), checkpoint.Write());
  EXPECT_EQ(read->types.at("Patient").length, 300'000'000'000U);
}

TEST(ExportCheckpointTest, RefusesWhatIsNotOne) {
  for (const char* text : {"", "7", "{\"phase\":\"reading\"}",
                           R"({"phase":"reading","position":1,"resources":1,"types":{"P":[1]}})"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ExportCheckpoint::Read(text));
  }
}

}  // namespace
}  // namespace healthlake::jobs
