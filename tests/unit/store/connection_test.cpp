#include "healthlake/store/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <thread>

#include "healthlake/core/error.hpp"
#include "support/expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::store {
namespace {

using core::ErrorKind;
using support::ErrorKindOf;
using support::ErrorMessageOf;

constexpr Query kInsert{"insert", "INSERT INTO t (a, b) VALUES (?1, ?2)"};
constexpr Query kSelect{"select", "SELECT a, b FROM t ORDER BY rowid"};
constexpr Query kCount{"count", "SELECT count(*) FROM t"};
constexpr Query kPair{"pair", "SELECT ?1, ?2"};
constexpr Query kWrong{"the wrong one", "SELECT nothing FROM nowhere"};
constexpr Query kEndless{"endless",
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                         " SELECT count(*) FROM n"};

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() { connection_.Execute("CREATE TABLE t (a, b, UNIQUE (a))"); }

  support::TemporaryFolder folder_;
  Connection connection_{folder_ / "a.sqlite", OpenMode::kCreate};
};

TEST_F(ConnectionTest, ReturnsEveryKindOfValueAsItWasBound) {
  connection_.Run(kInsert, std::numeric_limits<std::uint64_t>::max(), std::string_view("a\0b", 3));
  connection_.Run(kInsert, 1.5, Blob{std::string_view("\0\xff", 2)});
  connection_.Run(kInsert, nullptr, std::optional<int>());
  connection_.Run(kInsert, -7, "");

  Statement select = connection_.Prepare(kSelect);
  ASSERT_TRUE(select.Step());
  EXPECT_EQ(select.Unsigned(0), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(select.Text(1), std::string_view("a\0b", 3));
  ASSERT_TRUE(select.Step());
  EXPECT_EQ(select.Real(0), 1.5);
  EXPECT_EQ(select.Text(1), std::string_view("\0\xff", 2));
  EXPECT_EQ(select.Bytes(1).size(), 2U);
  ASSERT_TRUE(select.Step());
  EXPECT_TRUE(select.IsNull(0));
  EXPECT_TRUE(select.IsNull(1));
  EXPECT_EQ(select.Text(1), "");
  ASSERT_TRUE(select.Step());
  EXPECT_EQ(select.Integer(0), -7);
  EXPECT_FALSE(select.IsNull(1)) << "an empty text is a text";
  EXPECT_FALSE(select.Step());
}

TEST_F(ConnectionTest, KeepsWhatWasBoundFromATemporary) {
  Statement pair = connection_.Prepare(kPair);
  pair.BindAll(std::string(5000, 'x'), std::string(5000, 'y'));
  ASSERT_TRUE(pair.Step());
  EXPECT_EQ(pair.Text(1), std::string(5000, 'y'));
}

TEST_F(ConnectionTest, ClearsBindingsWhenAStatementGoesBackToTheCache) {
  { connection_.Prepare(kPair).BindAll("old", "old"); }
  Statement pair = connection_.Prepare(kPair);
  pair.Bind(1, "new");
  ASSERT_TRUE(pair.Step());
  EXPECT_EQ(pair.Text(0), "new");
  EXPECT_TRUE(pair.IsNull(1));
}

TEST_F(ConnectionTest, ResetsAStatementThatWasLeftInTheMiddleOfItsRows) {
  connection_.Run(kInsert, 1, 1);
  connection_.Run(kInsert, 2, 2);
  {
    Statement select = connection_.Prepare(kSelect);
    ASSERT_TRUE(select.Step());
  }
  // A pending statement would make this fail with "database table is locked".
  connection_.Execute("DROP TABLE t");
}

TEST_F(ConnectionTest, AllowsOneQueryToBeInUseTwice) {
  connection_.Run(kInsert, 1, 1);
  connection_.Run(kInsert, 2, 2);
  Statement outer = connection_.Prepare(kSelect);
  int rows = 0;
  while (outer.Step()) {
    Statement inner = connection_.Prepare(kSelect);
    while (inner.Step()) ++rows;
  }
  EXPECT_EQ(rows, 4);
}

TEST_F(ConnectionTest, CountsChanges) {
  const std::int64_t before = connection_.total_changes();
  connection_.Run(kInsert, 1, 1);
  EXPECT_EQ(connection_.changes(), 1);
  EXPECT_EQ(connection_.total_changes(), before + 1);
  EXPECT_EQ(connection_.last_insert_rowid(), 1);
}

TEST_F(ConnectionTest, CallsABrokenConstraintAConflict) {
  connection_.Run(kInsert, 1, 1);
  EXPECT_EQ(ErrorKindOf([&] { connection_.Run(kInsert, 1, 2); }), ErrorKind::kConflict);
  connection_.Run(kInsert, 2, 2);  // the cached statement is still good
  EXPECT_EQ(connection_.FindInteger(kCount), 2);
}

TEST_F(ConnectionTest, NamesTheStatementThatIsWrong) {
  EXPECT_THAT(ErrorMessageOf([&] { connection_.Run(kWrong); }),
              testing::HasSubstr("the wrong one"));
  EXPECT_EQ(ErrorKindOf([&] { connection_.Run(kWrong); }), ErrorKind::kInternal);
}

TEST_F(ConnectionTest, StopsALongStatementWhenCancelled) {
  core::CancelSource source;
  connection_.SetCancel(source.token());
  std::thread other([&] { source.Request(); });
  EXPECT_EQ(ErrorKindOf([&] { connection_.Run(kEndless); }), ErrorKind::kUnavailable);
  other.join();
  connection_.SetCancel({});
  EXPECT_EQ(connection_.FindInteger(kCount), 0);
}

TEST_F(ConnectionTest, RollsBackATransactionThatIsNotCommitted) {
  {
    Transaction transaction(connection_);
    connection_.Run(kInsert, 1, 1);
  }
  EXPECT_EQ(connection_.FindInteger(kCount), 0);
  {
    Transaction transaction(connection_);
    connection_.Run(kInsert, 1, 1);
    transaction.Commit();
  }
  EXPECT_EQ(connection_.FindInteger(kCount), 1);
}

TEST_F(ConnectionTest, CallsAFullFileUnavailableAndKeepsNothingOfTheTransaction) {
  connection_.Execute("PRAGMA max_page_count = 20");
  const auto fill = [&] {
    Transaction transaction(connection_);
    for (int row = 0; row < 100; ++row) connection_.Run(kInsert, row, std::string(4000, 'x'));
    transaction.Commit();
  };
  EXPECT_EQ(ErrorKindOf(fill), ErrorKind::kUnavailable);
  EXPECT_THAT(ErrorMessageOf(fill), testing::HasSubstr("disk full"));
  EXPECT_EQ(connection_.FindInteger(kCount), 0);
  connection_.Run(kInsert, 1, "fits");
}

TEST_F(ConnectionTest, CallsAFileThatIsNoDatabaseInternal) {
  std::ofstream(folder_ / "b.sqlite") << std::string(8192, 'z');
  Connection other(folder_ / "b.sqlite", OpenMode::kExisting);
  EXPECT_EQ(ErrorKindOf([&] { other.FindInteger(kCount); }), ErrorKind::kInternal);
}

TEST_F(ConnectionTest, CallsAFileThatCannotBeOpenedUnavailable) {
  EXPECT_EQ(ErrorKindOf([&] { Connection(folder_ / "absent", OpenMode::kExisting); }),
            ErrorKind::kUnavailable);
}

TEST_F(ConnectionTest, RunsSeveralStatementsAtOnce) {
  connection_.Execute("INSERT INTO t VALUES (1, 1); INSERT INTO t VALUES (2, 2); -- end\n  ");
  EXPECT_EQ(connection_.FindInteger(kCount), 2);
}

}  // namespace
}  // namespace healthlake::store
