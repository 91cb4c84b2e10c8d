// The rows of a data store's search index. What the blobs mean is the index room's business:
// src/index/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthlake/store/connection.hpp"

namespace healthlake::store {

// The numbers are stored: do not change them.
enum class IndexRunState : std::uint8_t {
  kBuilding = 0,  // being written by a merge; no reader may use it
  kLive = 1,
  kRetired = 2,  // replaced by a merge; its blocks are on their way out
};

struct IndexRunRow {
  std::uint64_t run = 0;  // never used twice in one file
  IndexRunState state = IndexRunState::kBuilding;
  std::uint32_t level = 0;
  std::uint64_t age = 0;  // larger is newer
  std::uint64_t adds = 0;
  std::uint64_t removes = 0;
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
};

struct IndexDeltaRow {
  std::uint32_t param = 0;
  std::uint64_t order = 0;
  std::uint64_t check = 0;
  std::uint32_t rid = 0;
  int sign = 0;  // +1 add, -1 remove
};

struct IndexStringRow {
  std::uint32_t param = 0;
  std::string_view normal;
  std::string_view exact;
  std::uint32_t rid = 0;
};

// Access to the index's rows over one connection. Confined to the connection's thread; a value that
// may be made anew at any time. Throws core::Error as Statement does, kInternal for a row that
// should be there and is not.
class IndexTables {
 public:
  explicit IndexTables(Connection& connection) noexcept : connection_(&connection) {}

  // Counts the changes of the set of live runs.
  std::uint64_t Generation();
  void NextGeneration();
  std::uint64_t TakeRunNumber();

  // In ascending order of age.
  std::vector<IndexRunRow> Runs();
  void InsertRun(const IndexRunRow& row);
  void UpdateRun(const IndexRunRow& row);
  void DeleteRun(std::uint64_t run);

  // Blocks and directory parts are numbered from 0 within their run, fewer than 2^24.
  void InsertBlock(std::uint64_t run, std::uint32_t block, std::string_view bytes);
  void ReadBlock(std::uint64_t run, std::uint32_t block, std::string& bytes);
  void InsertDirectoryPart(std::uint64_t run, std::uint32_t part, std::string_view bytes);
  std::vector<std::string> DirectoryParts(std::uint64_t run);
  // Deletes at most `limit` blocks, then directory parts, of a run; returns how many rows went.
  std::size_t DeletePieces(std::uint64_t run, std::size_t limit);

  // Adds `row.sign` to the sign that is there: opposite writes of one posting leave nothing.
  void AddDelta(const IndexDeltaRow& row);
  bool DeltaIsEmpty();
  std::uint64_t DeltaRows();
  std::int64_t DeltaSum(std::uint32_t param, std::uint64_t order, std::uint64_t check);
  // Ascending by check and rid within (param, order); rows that left nothing are not shown.
  std::vector<IndexDeltaRow> DeltaOfKey(std::uint32_t param, std::uint64_t order,
                                        std::uint64_t check);
  std::vector<IndexDeltaRow> DeltaOfRange(std::uint32_t param, std::uint64_t first,
                                          std::uint64_t last);
  std::vector<IndexDeltaRow> AllDelta();
  void ClearDelta();

  void InsertString(const IndexStringRow& row);
  void DeleteString(const IndexStringRow& row);

 private:
  Connection* connection_;
};

// Rows of the delta of one parameter with `first` <= order <= `last` in order of (order, check,
// rid), or backwards; rows that left nothing are not shown. Reads no more of them than are asked
// for.
class IndexDeltaScan {
 public:
  enum class Order { kAscending, kDescending };
  IndexDeltaScan(Connection& connection, std::uint32_t param, std::uint64_t first,
                 std::uint64_t last, Order order);
  bool Next(IndexDeltaRow& row);

 private:
  Statement statement_;
};

// Rows of the strings of one parameter in order of (normal, exact, rid), or backwards. The row's
// texts are valid until the next call.
class IndexStringScan {
 public:
  enum class Order { kAscending, kDescending };
  // All strings of `param` from `from` on, in the order asked for, or all there are.
  IndexStringScan(Connection& connection, std::uint32_t param, std::optional<std::string_view> from,
                  Order order);
  bool Next(IndexStringRow& row);

 private:
  std::uint32_t param_;
  Statement statement_;
};

}  // namespace healthlake::store
