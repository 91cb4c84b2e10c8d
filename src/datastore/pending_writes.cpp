#include "datastore/pending_writes.hpp"

#include <algorithm>

#include "datastore/block_builder.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxEntries = 50'000;
// So many entries are cheaper as a run than row by row: scattered rows touch a page each.
constexpr std::size_t kWorthARun = 256;

}  // namespace

bool PendingWrites::Full() const noexcept {
  return bytes_ >= kMaxBytes || change_.entries.size() >= kMaxEntries;
}

void PendingWrites::Add(std::string_view id, std::string_view json,
                        const std::optional<store::ResourceRow>& current,
                        const store::ResourceRow& next) {
  keys_.emplace(next.type, id);
  items_.push_back({std::string(id), std::string(json), current, next});
  bytes_ += json.size();
}

void PendingWrites::Flush() {
  if (items_.empty()) return;
  WriteBodies();
  WriteRows();
  WriteIndex();
  for (const Item& item : items_) {
    logged_.push_back({item.next.type, item.next.rid, item.next.version});
    newest_ = std::max(newest_, item.next.last_updated);
  }
  log_due_ = true;
  items_.clear();
  keys_.clear();
  bytes_ = 0;
}

void PendingWrites::WriteBodies() {
  std::vector<std::string> blocks;
  BlockBuilder block(parts_.codec, blocks);
  std::vector<std::size_t> block_of(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    block_of[i] = blocks.size();
    items_[i].next.body.slot = block.Add({items_[i].id, items_[i].json});
    if (block.Full()) block.Close();
  }
  block.Close();
  std::vector<std::uint64_t> numbers;
  for (const std::string& bytes : blocks) numbers.push_back(tables_.AddBlock(transaction_, bytes));
  for (std::size_t i = 0; i < items_.size(); ++i) {
    items_[i].next.body.block = numbers[block_of[i]];
  }
}

void PendingWrites::WriteRows() {
  std::vector<store::ResourceTables::NewResource> fresh;
  for (Item& item : items_) {
    if (item.current) {
      tables_.ReplaceCurrent(transaction_, *item.current, item.next);
    } else {
      fresh.push_back({item.id, item.next});
    }
  }
  if (!fresh.empty()) tables_.InsertNew(transaction_, fresh);
}

void PendingWrites::WriteIndex() {
  if (change_.entries.size() >= kWorthARun) {
    parts_.index.WriteBatch(transaction_, change_.entries, change_.strings);
  } else {
    std::sort(change_.entries.begin(), change_.entries.end());
    std::sort(change_.strings.begin(), change_.strings.end());
    parts_.index.WriteDifference(transaction_, change_.entries, change_.strings);
  }
  change_.Clear();
}

void PendingWrites::Log() {
  if (log_due_) store::SaveCommit(transaction_, logged_, newest_);
  log_due_ = false;
}

}  // namespace healthlake::datastore
