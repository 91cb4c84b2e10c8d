#include "jobs/spool_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "healthlake/core/error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::jobs {
namespace {

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SpoolFileTest, GrowsAtItsEndAndIsCutBack) {
  const support::TemporaryFolder folder;
  const auto path = folder.path() / "spool";
  {
    SpoolFile file(path, 0);
    file.Append("abc");
    file.Append("def");
    EXPECT_EQ(file.length(), 6U);
    file.Flush();
  }
  EXPECT_EQ(Content(path), "abcdef");
  SpoolFile again(path, 4);
  EXPECT_EQ(again.length(), 4U);
  again.Append("X");
  again.Flush();
  EXPECT_EQ(Content(path), "abcdX");
}

TEST(SpoolFileTest, WritesMuchWithoutBeingFlushed) {
  const support::TemporaryFolder folder;
  SpoolFile file(folder.path() / "spool", 0);
  file.Append(std::string(100'000, 'x'));
  EXPECT_GE(Content(folder.path() / "spool").size(), 64U * 1024);
}

TEST(SpoolFileTest, RefusesAFileThatHasLostItsEnd) {
  const support::TemporaryFolder folder;
  EXPECT_THROW(SpoolFile(folder.path() / "absent", 1), core::Error);
  EXPECT_THROW(SpoolFile(folder.path() / "no" / "folder", 0), core::Error);
}

}  // namespace
}  // namespace healthlake::jobs
