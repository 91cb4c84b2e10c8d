// The search index of one data store: sorted runs of posting blocks, a row delta, merging.
// Formats on disk: src/index/README.md. Why so: src/README.md, decisions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/index/cursor.hpp"
#include "healthlake/index/entry.hpp"

namespace healthlake::store {
class ReadTransaction;
class WriteTransaction;
class StoreFile;
}  // namespace healthlake::store

namespace healthlake::index {

struct Options {
  std::size_t block_bytes = 4096;  // a posting block's aim
  // More are merged into one of the next level. Few, as every search looks into every run.
  std::size_t runs_per_level = 4;
  std::size_t delta_rows_to_fold = 20'000;  // a larger delta becomes a run
  std::size_t directory_bytes = 16 << 20;   // of runs' directories kept in memory
  std::size_t maintenance_bytes = 1 << 20;  // of blocks that one transaction of a merge writes
  // For tests: called after each transaction of Maintain; what it throws ends Maintain as a crash
  // would.
  std::function<void()> after_step = {};
};

// Keeps or drops a whole value of a Range.
using KeyFilter = std::function<bool(const Key&)>;

enum class Direction { kAscending, kDescending };

// The values of one parameter in their order, each with the resources that have it. A resource
// comes once for every value it has.
class ValueWalk {
 public:
  virtual ~ValueWalk() = default;
  // False at the end. `rids` ascend whatever the direction.
  virtual bool Next(Key& key, std::vector<Rid>& rids) = 0;
};
class StringWalk {
 public:
  virtual ~StringWalk() = default;
  virtual bool Next(std::string& normal, std::vector<Rid>& rids) = 0;
};

// A range as far as the directories in memory know it.
struct RangeSize {
  std::uint64_t postings = 0;  // about: adds, as if blocks were of the usual filling
  std::uint64_t blocks = 0;    // that reading it would decode
};

// What a reader has done so far.
struct ReaderWork {
  std::uint64_t cursors = 0;  // sets and walks opened
  std::uint64_t blocks = 0;   // posting blocks read
};

// The index as one snapshot shows it: what has been removed is gone, nothing is seen twice.
// Confined to one thread; must not outlive the transaction that it was opened on.
class Reader {
 public:
  virtual ~Reader() = default;

  // Resources that have exactly this value.
  virtual CursorPtr Point(Param param, const Key& key) = 0;
  // Resources that have a value with first <= key.order <= last that `filter` (when given) keeps.
  virtual CursorPtr Range(Param param, std::uint64_t first, std::uint64_t last,
                          KeyFilter filter = {}) = 0;
  // Resources with any value of `param`.
  virtual CursorPtr Any(Param param) = 0;

  // Exact, without reading postings that need not be read: adds minus removes.
  virtual std::uint64_t CountPoint(Param param, const Key& key) = 0;

  // The values of a range that `filter` keeps; nullopt where the range holds more than a few groups
  // of postings, or keeps more than `limit` values: then it is no use to look at each.
  virtual std::optional<std::vector<Key>> FindValues(Param param, std::uint64_t first,
                                                     std::uint64_t last, const KeyFilter& filter,
                                                     std::size_t limit) = 0;
  // Reads no block; single writes since the last fold do not count.
  virtual RangeSize SizeOf(Param param, std::uint64_t first, std::uint64_t last) = 0;

  virtual std::unique_ptr<ValueWalk> Walk(Param param, std::uint64_t first, std::uint64_t last,
                                          Direction direction) = 0;

  // Strings whose normal form starts with `prefix` ("" is all) and whose (normal, exact) pair
  // `filter` (when given) keeps.
  using StringFilter = std::function<bool(std::string_view normal, std::string_view exact)>;
  virtual CursorPtr StringPrefix(Param param, std::string_view prefix,
                                 StringFilter filter = {}) = 0;
  // From the normal form `from` on, or all.
  virtual std::unique_ptr<StringWalk> WalkStrings(Param param, Direction direction,
                                                  std::optional<std::string_view> from = {}) = 0;
  // How many strings start with `prefix`, counted up to `limit`.
  virtual std::uint64_t CountStrings(Param param, std::string_view prefix, std::uint64_t limit) = 0;

  virtual const ReaderWork& work() const noexcept = 0;
};

// One per open data store. Write calls need the store's write transaction; readers may be opened on
// any read transaction, on any thread, at the same time.
class Index {
 public:
  Index(store::StoreFile& file, const Options& options);
  ~Index();

  // Adds a batch as one run inside `transaction`, and folds the delta into it. Every remove must
  // name an entry that is live, and no add one that is: the caller writes set differences, of the
  // whole batch against the state before it. Exact duplicates are dropped, an add and a remove of
  // the same entry cancel each other. Uses `entries` and `strings` as working space: what they hold
  // afterwards means nothing, but that their memory may serve the next batch.
  void WriteBatch(store::WriteTransaction& transaction, std::vector<Entry>& entries,
                  std::vector<StringEntry>& strings);
  // The same for a single write: rows of the delta.
  void WriteDifference(store::WriteTransaction& transaction, std::span<const Entry> entries,
                       std::span<const StringEntry> strings);

  std::unique_ptr<Reader> Open(store::ReadTransaction& transaction);
  // Reads what an open write transaction sees, its own changes so far included: to see later ones,
  // open anew.
  std::unique_ptr<Reader> Open(store::WriteTransaction& transaction);

  // True when folding or merging would help; cheap, opens no transaction.
  bool NeedsMaintenance();
  // Folds the delta and merges runs until nothing is left to do or `cancel` turns. Opens its own
  // transactions: many small ones under an unpublished number, one short one that publishes. Safe
  // to be killed anywhere. Calls of several threads take turns. Throws core::Error as writing to
  // the file does (a full disk: kUnavailable); the index stays right.
  void Maintain(const core::Cancel& cancel);
  // As Maintain, but folds any delta and merges all runs into one: for when a job has ended and
  // reading matters more than the work. Reads and writes the whole index.
  void Compact(const core::Cancel& cancel);
  // Removes what an interrupted Maintain left behind. Call once after opening the file.
  void Recover();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::index
