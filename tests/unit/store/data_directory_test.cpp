#include "healthlake/store/data_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "healthlake/core/error.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using support::ErrorKindOf;
using support::ErrorMessageOf;
using testing::HasSubstr;
using testing::Not;

void Write(const fs::path& path, std::string_view text) {
  std::ofstream(path) << text;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t CountFiles(const fs::path& path) {
  return static_cast<std::size_t>(
      std::distance(fs::recursive_directory_iterator(path), fs::recursive_directory_iterator()));
}

class DataDirectoryTest : public testing::Test {
 protected:
  support::TemporaryFolder folder_;
};

TEST_F(DataDirectoryTest, MakesTheFolderAndItsParents) {
  const DataDirectory directory = DataDirectory::Open(folder_ / "a" / "b");
  EXPECT_TRUE(fs::is_directory(directory.spool()));
  EXPECT_FALSE(directory.temporary());
  EXPECT_EQ(directory.store_file(DatastoreId("abc")).filename(), "abc.sqlite");
}

TEST_F(DataDirectoryTest, KeepsItsContentFromOneRunToTheNext) {
  {
    const DataDirectory directory = DataDirectory::Open(folder_.path());
    Write(directory.control_file(), "kept");
  }
  const DataDirectory directory = DataDirectory::Open(folder_.path());
  EXPECT_EQ(Read(directory.control_file()), "kept");
}

TEST_F(DataDirectoryTest, AcceptsAFolderWithForeignFiles) {
  fs::create_directories(folder_ / "s3" / "bucket");
  const DataDirectory directory = DataDirectory::Open(folder_.path());
  EXPECT_TRUE(fs::exists(folder_ / "s3" / "bucket"));
}

TEST_F(DataDirectoryTest, RefusesAFolderThatIsInUse) {
  const DataDirectory directory = DataDirectory::Open(folder_.path());
  const std::size_t files = CountFiles(folder_.path());
  const auto again = [&] { DataDirectory::Open(folder_.path()); };
  EXPECT_EQ(ErrorKindOf(again), ErrorKind::kUnavailable);
  EXPECT_THAT(ErrorMessageOf(again), HasSubstr("in use by another process"));
  EXPECT_THAT(ErrorMessageOf(again), Not(HasSubstr("\n")));
  EXPECT_EQ(CountFiles(folder_.path()), files);
}

TEST_F(DataDirectoryTest, IsFreeAgainAfterItsEnd) {
  { const DataDirectory directory = DataDirectory::Open(folder_.path()); }
  EXPECT_EQ(ErrorKindOf([&] { DataDirectory::Open(folder_.path()); }), std::nullopt);
}

TEST_F(DataDirectoryTest, StaysLockedWhenMoved) {
  DataDirectory first = DataDirectory::Open(folder_.path());
  const DataDirectory second = std::move(first);
  EXPECT_EQ(ErrorKindOf([&] { DataDirectory::Open(folder_.path()); }), ErrorKind::kUnavailable);
}

TEST_F(DataDirectoryTest, RefusesAnotherVersionAndLeavesItUntouched) {
  Write(folder_ / "VERSION", "healthlake-local data 2\n");
  const auto open = [&] { DataDirectory::Open(folder_.path()); };
  EXPECT_EQ(ErrorKindOf(open), ErrorKind::kUnavailable);
  EXPECT_THAT(ErrorMessageOf(open), HasSubstr("another version"));
  EXPECT_EQ(CountFiles(folder_.path()), 1U);
}

TEST_F(DataDirectoryTest, RefusesDataWithoutAVersion) {
  Write(folder_ / "control.sqlite", "");
  EXPECT_EQ(ErrorKindOf([&] { DataDirectory::Open(folder_.path()); }), ErrorKind::kUnavailable);
  EXPECT_EQ(CountFiles(folder_.path()), 1U);
}

TEST_F(DataDirectoryTest, RefusesAPathThatIsAFile) {
  Write(folder_ / "file", "text");
  EXPECT_EQ(ErrorKindOf([&] { DataDirectory::Open(folder_ / "file"); }), ErrorKind::kUnavailable);
  EXPECT_EQ(Read(folder_ / "file"), "text");
}

TEST_F(DataDirectoryTest, RefusesAFolderThatCannotBeMade) {
  // Not even root may make folders there.
  EXPECT_EQ(ErrorKindOf([] { DataDirectory::Open("/proc/healthlake-test"); }),
            ErrorKind::kUnavailable);
}

TEST_F(DataDirectoryTest, RemovesATemporaryFolderAtItsEnd) {
  fs::path path;
  {
    const DataDirectory directory = DataDirectory::Temporary(folder_.path());
    path = directory.path();
    Write(directory.spool() / "job", "x");
    EXPECT_TRUE(directory.temporary());
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(folder_.path()));
}

TEST_F(DataDirectoryTest, RefusesATemporaryFolderWhereThereIsNoPlace) {
  EXPECT_EQ(ErrorKindOf([&] { DataDirectory::Temporary(folder_ / "absent"); }),
            ErrorKind::kUnavailable);
}

TEST_F(DataDirectoryTest, ListsAndRemovesStoresWithTheirSideFiles) {
  const DataDirectory directory = DataDirectory::Open(folder_.path());
  const DatastoreId one("1111");
  const DatastoreId two("2222");
  for (const char* part : {"", "-wal", "-shm"}) {
    Write(directory.store_file(one).native() + part, "x");
  }
  Write(directory.store_file(two), "x");
  EXPECT_THAT(directory.ListStores(), testing::UnorderedElementsAre(one, two));
  directory.RemoveStore(one);
  directory.RemoveStore(one);  // absent is fine
  EXPECT_THAT(directory.ListStores(), testing::ElementsAre(two));
  EXPECT_EQ(CountFiles(folder_ / "stores"), 1U);
}

}  // namespace
}  // namespace healthlake::store
