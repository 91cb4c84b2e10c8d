#include "healthlake/store/index_tables.hpp"

#include "healthlake/core/error.hpp"

namespace healthlake::store {
namespace {

constexpr Query kGeneration{"index generation", "SELECT generation FROM index_state WHERE id = 1"};
constexpr Query kNextGeneration{"index next generation",
                                "UPDATE index_state SET generation = generation + 1 WHERE id = 1"};
constexpr Query kTakeRun{
    "index take run",
    "UPDATE index_state SET next_run = next_run + 1 WHERE id = 1 RETURNING next_run - 1"};
constexpr Query kRuns{"index runs",
                      "SELECT run, state, level, age, adds, removes, blocks, bytes FROM index_run "
                      "ORDER BY age, run"};
constexpr Query kInsertRun{"index insert run",
                           "INSERT INTO index_run (run, state, level, age, adds, removes, blocks, "
                           "bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
constexpr Query kUpdateRun{"index update run",
                           "UPDATE index_run SET state = ?2, level = ?3, age = ?4, adds = ?5, "
                           "removes = ?6, blocks = ?7, bytes = ?8 WHERE run = ?1"};
constexpr Query kDeleteRun{"index delete run", "DELETE FROM index_run WHERE run = ?1"};
constexpr Query kInsertBlock{"index insert block",
                             "INSERT INTO index_block (id, data) VALUES (?1, ?2)"};
constexpr Query kReadBlock{"index read block", "SELECT data FROM index_block WHERE id = ?1"};
constexpr Query kInsertPart{"index insert directory",
                            "INSERT INTO index_directory (id, data) VALUES (?1, ?2)"};
constexpr Query kReadParts{
    "index read directory",
    "SELECT data FROM index_directory WHERE id >= ?1 AND id < ?2 ORDER BY id"};
constexpr Query kDeleteBlocks{"index delete blocks",
                              "DELETE FROM index_block WHERE id IN (SELECT id FROM index_block "
                              "WHERE id >= ?1 AND id < ?2 LIMIT ?3)"};
constexpr Query kDeleteParts{"index delete directory",
                             "DELETE FROM index_directory WHERE id IN (SELECT id FROM "
                             "index_directory WHERE id >= ?1 AND id < ?2 LIMIT ?3)"};
constexpr Query kAddDelta{
    "index add delta",
    "INSERT INTO index_delta (param, ord, chk, rid, sign) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (param, ord, chk, rid) DO UPDATE SET sign = max(-1, min(1, sign + "
    "excluded.sign))"};
constexpr Query kDeltaAny{"index delta any", "SELECT 1 FROM index_delta LIMIT 1"};
constexpr Query kDeltaRows{"index delta rows", "SELECT count(*) FROM index_delta"};
constexpr Query kDeltaSum{
    "index delta sum",
    "SELECT sum(sign) FROM index_delta WHERE param = ?1 AND ord = ?2 AND chk = ?3"};
constexpr Query kDeltaOfKey{
    "index delta of key",
    "SELECT param, ord, chk, rid, sign FROM index_delta WHERE param = ?1 AND ord = ?2 AND chk = ?3 "
    "AND sign <> 0 ORDER BY param, ord, chk, rid"};
constexpr Query kDeltaOfRange{"index delta of range",
                              "SELECT param, ord, chk, rid, sign FROM index_delta WHERE param = ?1 "
                              "AND ord >= ?2 AND ord <= ?3 "
                              "AND sign <> 0 ORDER BY param, ord, chk, rid"};
constexpr Query kDeltaBackwards{"index delta backwards",
                                "SELECT param, ord, chk, rid, sign FROM index_delta WHERE param = "
                                "?1 AND ord >= ?2 AND ord <= ?3 "
                                "AND sign <> 0 ORDER BY param DESC, ord DESC, chk DESC, rid DESC"};
constexpr Query kAllDelta{"index all delta",
                          "SELECT param, ord, chk, rid, sign FROM index_delta WHERE sign <> 0 "
                          "ORDER BY param, ord, chk, rid"};
// Without a condition SQLite drops the pages whole instead of row by row.
constexpr Query kClearDelta{"index clear delta", "DELETE FROM index_delta"};
constexpr Query kInsertString{
    "index insert string",
    "INSERT OR IGNORE INTO index_string (param, normal, exact, rid) VALUES (?1, ?2, ?3, ?4)"};
constexpr Query kDeleteString{
    "index delete string",
    "DELETE FROM index_string WHERE param = ?1 AND normal = ?2 AND exact = ?3 AND rid = ?4"};
constexpr Query kStringsUp{"index strings ascending",
                           "SELECT normal, exact, rid FROM index_string WHERE param = ?1 AND "
                           "normal >= ?2 ORDER BY param, normal, exact, rid"};
constexpr Query kStringsDown{"index strings descending",
                             "SELECT normal, exact, rid FROM index_string WHERE param = ?1 "
                             "ORDER BY param DESC, normal DESC, exact DESC, rid DESC"};
constexpr Query kStringsDownFrom{
    "index strings descending from",
    "SELECT normal, exact, rid FROM index_string WHERE param = ?1 AND "
    "normal <= ?2 ORDER BY param DESC, normal DESC, exact DESC, rid DESC"};

constexpr unsigned kPieceBits = 24;

std::int64_t PieceId(std::uint64_t run, std::uint64_t piece) {
  return static_cast<std::int64_t>(run << kPieceBits | piece);
}

// Turning the highest bit keeps the order of unsigned numbers in SQLite's signed ones.
constexpr std::uint64_t kHighBit = std::uint64_t{1} << 63;
std::int64_t StoredOrder(std::uint64_t order) {
  return static_cast<std::int64_t>(order ^ kHighBit);
}
std::uint64_t LoadedOrder(std::int64_t stored) {
  return static_cast<std::uint64_t>(stored) ^ kHighBit;
}

IndexDeltaRow DeltaRow(const Statement& statement) {
  return {.param = static_cast<std::uint32_t>(statement.Integer(0)),
          .order = LoadedOrder(statement.Integer(1)),
          .check = LoadedOrder(statement.Integer(2)),
          .rid = static_cast<std::uint32_t>(statement.Integer(3)),
          .sign = static_cast<int>(statement.Integer(4))};
}

std::vector<IndexDeltaRow> ReadDelta(Statement& statement) {
  std::vector<IndexDeltaRow> rows;
  while (statement.Step()) rows.push_back(DeltaRow(statement));
  return rows;
}

[[noreturn]] void Missing() {
  throw core::Error(core::ErrorKind::kInternal, "The search index lacks a row");
}

}  // namespace

std::uint64_t IndexTables::Generation() {
  const auto generation = connection_->FindInteger(kGeneration);
  if (!generation) Missing();
  return static_cast<std::uint64_t>(*generation);
}

void IndexTables::NextGeneration() {
  connection_->Run(kNextGeneration);
}

std::uint64_t IndexTables::TakeRunNumber() {
  Statement statement = connection_->Prepare(kTakeRun);
  if (!statement.Step()) Missing();
  const std::uint64_t run = statement.Unsigned(0);
  while (statement.Step()) {
  }
  return run;
}

std::vector<IndexRunRow> IndexTables::Runs() {
  Statement statement = connection_->Prepare(kRuns);
  std::vector<IndexRunRow> rows;
  while (statement.Step()) {
    rows.push_back({.run = statement.Unsigned(0),
                    .state = static_cast<IndexRunState>(statement.Integer(1)),
                    .level = static_cast<std::uint32_t>(statement.Integer(2)),
                    .age = statement.Unsigned(3),
                    .adds = statement.Unsigned(4),
                    .removes = statement.Unsigned(5),
                    .blocks = statement.Unsigned(6),
                    .bytes = statement.Unsigned(7)});
  }
  return rows;
}

void IndexTables::InsertRun(const IndexRunRow& row) {
  connection_->Run(kInsertRun, row.run, static_cast<int>(row.state), row.level, row.age, row.adds,
                   row.removes, row.blocks, row.bytes);
}

void IndexTables::UpdateRun(const IndexRunRow& row) {
  connection_->Run(kUpdateRun, row.run, static_cast<int>(row.state), row.level, row.age, row.adds,
                   row.removes, row.blocks, row.bytes);
  if (connection_->changes() != 1) Missing();
}

void IndexTables::DeleteRun(std::uint64_t run) {
  connection_->Run(kDeleteRun, run);
}

void IndexTables::InsertBlock(std::uint64_t run, std::uint32_t block, std::string_view bytes) {
  connection_->Run(kInsertBlock, PieceId(run, block), Blob{bytes});
}

void IndexTables::ReadBlock(std::uint64_t run, std::uint32_t block, std::string& bytes) {
  Statement statement = connection_->Prepare(kReadBlock);
  statement.Bind(1, PieceId(run, block));
  if (!statement.Step()) Missing();
  bytes.assign(statement.Text(0));
}

void IndexTables::InsertDirectoryPart(std::uint64_t run, std::uint32_t part,
                                      std::string_view bytes) {
  connection_->Run(kInsertPart, PieceId(run, part), Blob{bytes});
}

std::vector<std::string> IndexTables::DirectoryParts(std::uint64_t run) {
  Statement statement = connection_->Prepare(kReadParts);
  statement.BindAll(PieceId(run, 0), PieceId(run + 1, 0));
  std::vector<std::string> parts;
  while (statement.Step()) parts.emplace_back(statement.Text(0));
  return parts;
}

std::size_t IndexTables::DeletePieces(std::uint64_t run, std::size_t limit) {
  std::size_t deleted = 0;
  for (const Query* query : {&kDeleteBlocks, &kDeleteParts}) {
    if (deleted >= limit) break;
    connection_->Run(*query, PieceId(run, 0), PieceId(run + 1, 0), limit - deleted);
    deleted += static_cast<std::size_t>(connection_->changes());
  }
  return deleted;
}

void IndexTables::AddDelta(const IndexDeltaRow& row) {
  connection_->Run(kAddDelta, row.param, StoredOrder(row.order), StoredOrder(row.check), row.rid,
                   row.sign);
}

bool IndexTables::DeltaIsEmpty() {
  return !connection_->FindInteger(kDeltaAny);
}

std::uint64_t IndexTables::DeltaRows() {
  return static_cast<std::uint64_t>(connection_->FindInteger(kDeltaRows).value_or(0));
}

std::int64_t IndexTables::DeltaSum(std::uint32_t param, std::uint64_t order, std::uint64_t check) {
  return connection_->FindInteger(kDeltaSum, param, StoredOrder(order), StoredOrder(check))
      .value_or(0);
}

std::vector<IndexDeltaRow> IndexTables::DeltaOfKey(std::uint32_t param, std::uint64_t order,
                                                   std::uint64_t check) {
  Statement statement = connection_->Prepare(kDeltaOfKey);
  statement.BindAll(param, StoredOrder(order), StoredOrder(check));
  return ReadDelta(statement);
}

std::vector<IndexDeltaRow> IndexTables::DeltaOfRange(std::uint32_t param, std::uint64_t first,
                                                     std::uint64_t last) {
  Statement statement = connection_->Prepare(kDeltaOfRange);
  statement.BindAll(param, StoredOrder(first), StoredOrder(last));
  return ReadDelta(statement);
}

std::vector<IndexDeltaRow> IndexTables::AllDelta() {
  Statement statement = connection_->Prepare(kAllDelta);
  return ReadDelta(statement);
}

void IndexTables::ClearDelta() {
  connection_->Run(kClearDelta);
}

void IndexTables::InsertString(const IndexStringRow& row) {
  connection_->Run(kInsertString, row.param, row.normal, row.exact, row.rid);
}

void IndexTables::DeleteString(const IndexStringRow& row) {
  connection_->Run(kDeleteString, row.param, row.normal, row.exact, row.rid);
}

IndexDeltaScan::IndexDeltaScan(Connection& connection, std::uint32_t param, std::uint64_t first,
                               std::uint64_t last, Order order)
    : statement_(connection.Prepare(order == Order::kAscending ? kDeltaOfRange : kDeltaBackwards)) {
  statement_.BindAll(param, StoredOrder(first), StoredOrder(last));
}

bool IndexDeltaScan::Next(IndexDeltaRow& row) {
  if (!statement_.Step()) return false;
  row = DeltaRow(statement_);
  return true;
}

IndexStringScan::IndexStringScan(Connection& connection, std::uint32_t param,
                                 std::optional<std::string_view> from, Order order)
    : param_(param),
      statement_(connection.Prepare(order == Order::kAscending ? kStringsUp
                                    : from                     ? kStringsDownFrom
                                                               : kStringsDown)) {
  statement_.Bind(1, param);
  if (order == Order::kAscending || from) statement_.Bind(2, from.value_or(""));
}

bool IndexStringScan::Next(IndexStringRow& row) {
  if (!statement_.Step()) return false;
  row = {.param = param_,
         .normal = statement_.Text(0),
         .exact = statement_.Text(1),
         .rid = static_cast<std::uint32_t>(statement_.Integer(2))};
  return true;
}

}  // namespace healthlake::store
