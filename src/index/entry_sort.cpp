#include "index/entry_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace healthlake::index {
namespace {

// Larger numbers of parameters are sorted by comparison.
constexpr Param kMaxCountedParam = 1U << 16;
// Fewer entries are not worth a pass of counting.
constexpr std::size_t kWorthCounting = 256;
constexpr unsigned kDigitBits = 11;

bool Less(const Entry& a, const Entry& b) {
  if (a.param != b.param) return a.param < b.param;
  if (a.key.order != b.key.order) return a.key.order < b.key.order;
  if (a.key.check != b.key.check) return a.key.check < b.key.check;
  if (a.rid != b.rid) return a.rid < b.rid;
  return a.sign < b.sign;
}

// Entries of a common value come in the order of their rids already.
void SortBucket(std::span<Entry> bucket) {
  if (!std::is_sorted(bucket.begin(), bucket.end(), Less)) {
    std::sort(bucket.begin(), bucket.end(), Less);
  }
}

// Copies the entries of one parameter from `from` to `to` in order: by the highest digit in which
// their orders differ, and then by comparison within each.
void SortParam(std::span<const Entry> from, std::span<Entry> to) {
  std::uint64_t differing = 0;
  for (const Entry& entry : from) differing |= entry.key.order ^ from.front().key.order;
  if (from.size() < kWorthCounting || differing == 0) {
    std::copy(from.begin(), from.end(), to.begin());
    return SortBucket(to);
  }
  const auto width = static_cast<unsigned>(std::bit_width(differing));
  const unsigned shift = width > kDigitBits ? width - kDigitBits : 0;
  const auto digit = [shift](const Entry& entry) {
    return (entry.key.order >> shift) & ((1U << kDigitBits) - 1);
  };
  std::array<std::size_t, (1U << kDigitBits) + 1> starts{};
  for (const Entry& entry : from) ++starts[digit(entry) + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  for (const Entry& entry : from) to[starts[digit(entry)]++] = entry;
  std::size_t start = 0;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    const std::size_t end = starts[i];  // moved on by the copying
    if (end - start > 1) SortBucket(to.subspan(start, end - start));
    start = end;
  }
}

}  // namespace

void SortEntries(std::vector<Entry>& entries) {
  Param highest = 0;
  for (const Entry& entry : entries) highest = std::max(highest, entry.param);
  if (entries.size() < kWorthCounting || highest >= kMaxCountedParam) {
    std::sort(entries.begin(), entries.end(), Less);
    return;
  }
  std::vector<std::size_t> starts(highest + 2);
  for (const Entry& entry : entries) ++starts[entry.param + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<Entry> by_param(entries.size());
  for (const Entry& entry : entries) by_param[starts[entry.param]++] = entry;
  std::size_t start = 0;
  for (std::size_t param = 0; param + 1 < starts.size(); ++param) {
    const std::size_t end = starts[param];
    if (end > start) {
      SortParam(std::span(by_param).subspan(start, end - start),
                std::span(entries).subspan(start, end - start));
    }
    start = end;
  }
}

}  // namespace healthlake::index
