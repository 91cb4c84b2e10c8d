#include "healthlake/store/migration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;
using support::ErrorKindOf;

constexpr auto kFirst = std::to_array<std::string_view>({"CREATE TABLE one (a)"});
constexpr auto kSecond =
    std::to_array<std::string_view>({"CREATE TABLE two (a)", "INSERT INTO two SELECT a FROM one"});
constexpr auto kBroken =
    std::to_array<std::string_view>({"CREATE TABLE three (a)", "INSERT INTO missing VALUES (1)"});
constexpr auto kToOne = std::to_array<Migration>({kFirst});
constexpr auto kToTwo = std::to_array<Migration>({kFirst, kSecond});
constexpr auto kToBroken = std::to_array<Migration>({kFirst, kSecond, kBroken});
constexpr std::int32_t kId = 0x484c0001;
constexpr FileFormat kOldFormat{"test file", kId, kToOne};
constexpr FileFormat kNewFormat{"test file", kId, kToTwo};
constexpr FileFormat kBrokenFormat{"test file", kId, kToBroken};
constexpr FileFormat kOtherFormat{"test file", kId + 1, kToOne};

constexpr Query kSum{"sum", "SELECT sum(a) FROM two"};
constexpr Query kVersion{"version", "PRAGMA user_version"};
constexpr Query kThree{"three", "SELECT count(*) FROM sqlite_schema WHERE name = 'three'"};

class MigrationTest : public testing::Test {
 protected:
  std::string Bytes() {
    std::ifstream file(folder_ / "a.sqlite", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  support::TemporaryFolder folder_;
  Connection connection_{folder_ / "a.sqlite", OpenMode::kCreate};
};

TEST_F(MigrationTest, BringsANewFileToTheNewestVersion) {
  EXPECT_EQ(Inspect(connection_, kNewFormat), FileState::kNew);
  Migrate(connection_, kNewFormat);
  EXPECT_EQ(Inspect(connection_, kNewFormat), FileState::kCurrent);
  EXPECT_EQ(connection_.FindInteger(kVersion), 2);
}

TEST_F(MigrationTest, KeepsTheDataOfAnOlderFile) {
  Migrate(connection_, kOldFormat);
  connection_.Execute("INSERT INTO one VALUES (40), (2)");
  EXPECT_EQ(Inspect(connection_, kNewFormat), FileState::kOlder);
  Migrate(connection_, kNewFormat);
  EXPECT_EQ(connection_.FindInteger(kSum), 42);
}

TEST_F(MigrationTest, KeepsAllOrNothingOfAFailedMigration) {
  Migrate(connection_, kNewFormat);
  EXPECT_EQ(ErrorKindOf([&] { Migrate(connection_, kBrokenFormat); }), ErrorKind::kInternal);
  EXPECT_EQ(connection_.FindInteger(kVersion), 2);
  EXPECT_EQ(connection_.FindInteger(kThree), 0);
}

TEST_F(MigrationTest, RefusesANewerFileAndLeavesItUntouched) {
  Migrate(connection_, kNewFormat);
  const std::string before = Bytes();
  EXPECT_EQ(ErrorKindOf([&] { Migrate(connection_, kOldFormat); }), ErrorKind::kUnavailable);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(MigrationTest, RefusesAFileOfAnotherProgramAndLeavesItUntouched) {
  connection_.Execute("CREATE TABLE theirs (a)");
  const std::string before = Bytes();
  EXPECT_EQ(ErrorKindOf([&] { Migrate(connection_, kOldFormat); }), ErrorKind::kUnavailable);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(MigrationTest, RefusesAFileOfAnotherFormat) {
  Migrate(connection_, kOldFormat);
  EXPECT_EQ(ErrorKindOf([&] { Inspect(connection_, kOtherFormat); }), ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace healthlake::store
