#include "healthlake/store/commit_log.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/store/store_file.hpp"
#include "store/varint.hpp"

namespace healthlake::store {
namespace {

constexpr Query kSaveCommit{
    "log commit",
    "INSERT INTO commit_log (change, time, versions) VALUES (?1, max(?2, coalesce("
    "(SELECT time FROM commit_log WHERE change < ?1 ORDER BY change DESC LIMIT 1), ?2)), ?3)"
    " ON CONFLICT (change) DO UPDATE SET time = excluded.time, versions = excluded.versions"};
constexpr Query kListCommits{"list commits",
                             "SELECT change, time, versions FROM commit_log WHERE change <= ?1"
                             " ORDER BY change DESC"};

// Of one type: `first` to `last`, sorted.
std::string EncodeEntries(const LoggedVersion* first, const LoggedVersion* last) {
  std::string entries;
  Rid before = 0;
  for (; first != last; ++first) {
    AppendVarint(entries, first->rid - before);
    AppendVarint(entries, first->version);
    before = first->rid;
  }
  return entries;
}

std::string Encode(const std::vector<LoggedVersion>& versions) {
  std::string bytes;
  const LoggedVersion* const end = versions.data() + versions.size();
  for (const LoggedVersion* first = versions.data(); first != end;) {
    const LoggedVersion* const last = std::find_if(
        first, end, [type = first->type](const LoggedVersion& item) { return item.type != type; });
    const std::string entries = EncodeEntries(first, last);
    AppendVarint(bytes, first->type);
    AppendVarint(bytes, entries.size());
    bytes += entries;
    first = last;
  }
  return bytes;
}

[[noreturn]] void ThrowDamaged() {
  throw core::Error(core::ErrorKind::kInternal, "a row of the commit log cannot be read");
}

std::uint64_t Take(std::string_view& bytes) {
  const std::optional<std::uint64_t> value = TakeVarint(bytes);
  if (!value) ThrowDamaged();
  return *value;
}

}  // namespace

void SaveCommit(WriteTransaction& transaction, std::vector<LoggedVersion>& versions,
                core::Timestamp newest) {
  if (!std::is_sorted(versions.begin(), versions.end())) {
    std::sort(versions.begin(), versions.end());
  }
  const std::string bytes = Encode(versions);
  transaction.connection().Run(kSaveCommit, transaction.change(), newest.time_since_epoch().count(),
                               Blob{bytes});
}

CommitWalk::CommitWalk(Connection& connection, std::uint64_t change)
    : statement_(connection.Prepare(kListCommits)) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  statement_.BindAll(std::min(change, kLargest));
}

bool CommitWalk::Next() {
  return statement_.Step();
}

core::Timestamp CommitWalk::time() const {
  return core::Timestamp(std::chrono::milliseconds(statement_.Integer(1)));
}

void CommitWalk::Read(std::optional<TypeNumber> type, std::vector<LoggedVersion>& versions) const {
  std::string_view bytes = statement_.Text(2);
  while (!bytes.empty()) {
    LoggedVersion item;
    item.type = static_cast<TypeNumber>(Take(bytes));
    const std::uint64_t length = Take(bytes);
    if (length > bytes.size()) ThrowDamaged();
    std::string_view entries = bytes.substr(0, length);
    bytes.remove_prefix(length);
    if (type && item.type != *type) continue;
    while (!entries.empty()) {
      item.rid += static_cast<Rid>(Take(entries));
      item.version = Take(entries);
      versions.push_back(item);
    }
  }
}

}  // namespace healthlake::store
