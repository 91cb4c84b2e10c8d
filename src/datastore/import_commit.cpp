#include "datastore/import_commit.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "datastore/block_builder.hpp"
#include "healthlake/core/hash.hpp"
#include "healthlake/core/time_text.hpp"
#include "healthlake/store/commit_log.hpp"

namespace healthlake::datastore {
namespace {

constexpr int kCreated = 201;
constexpr int kUpdated = 200;

fhir::ResourceType TypeOf(const store::ResourceRow& row) {
  return fhir::ResourceType::FromNumber(row.type);
}

}  // namespace

void ImportCommit::Prepare(store::Connection& connection) {
  steps_.assign(batch_.items().size(), {});
  FindStored(connection);
  LinkDuplicates();
  AssignVersions();
  CompressBodies();
  CollectEntries(connection);
}

void ImportCommit::FindStored(store::Connection& connection) {
  keys_.clear();
  for (const ImportItem& item : batch_.items()) {
    keys_.push_back({item.type.number(), batch_.IdOf(item)});
  }
  store::ResourceTables tables(connection, parts_.codec, parts_.key_bits);
  stored_ = tables.FindAll(keys_);
}

void ImportCommit::LinkDuplicates() {
  std::vector<std::pair<std::uint64_t, std::size_t>> order(keys_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    order[i] = {core::Hash64(keys_[i].id, keys_[i].type), i};
  }
  std::sort(order.begin(), order.end());
  for (std::size_t at = 1; at < order.size(); ++at) {
    for (std::size_t back = at; back-- > 0 && order[back].first == order[at].first;) {
      const std::size_t earlier = order[back].second;
      const std::size_t later = order[at].second;
      if (keys_[earlier].type != keys_[later].type || keys_[earlier].id != keys_[later].id)
        continue;
      steps_[later].earlier = earlier;
      steps_[earlier].last = false;
      break;
    }
  }
}

void ImportCommit::AssignVersions() {
  const core::Timestamp now = parts_.clock.Now();
  store::Rid fresh = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].earlier == kNone && !stored_[i]) ++fresh;
  }
  store::Rid rid = parts_.next_rid.fetch_add(fresh);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (step.earlier != kNone) {
      step.replaces = true;
      step.current = steps_[step.earlier].next;
    } else if (stored_[i]) {
      step.replaces = true;
      step.current = *stored_[i];
    }
    step.next.type = keys_[i].type;
    step.next.rid = step.replaces ? step.current.rid : rid++;
    step.next.version = step.replaces ? step.current.version + 1 : 1;
    step.next.last_updated = step.replaces ? std::max(now, step.current.last_updated) : now;
    const bool created = !step.replaces || step.current.deleted();
    if (created) step.next.kind = store::VersionKind::kCreatedByPut;
    batch_.outcomes()[batch_.items()[i].outcome].status = created ? kCreated : kUpdated;
  }
}

void ImportCommit::CompressBodies() {
  blocks_.clear();
  BlockBuilder block(parts_.codec, blocks_);
  core::Timestamp formatted{};
  std::string time = core::FormatInstant(formatted);
  std::array<std::string, store::kBodiesPerBlock> restamped;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const ImportItem& item = batch_.items()[i];
    Step& step = steps_[i];
    std::string_view json(item.text.data(), item.text.size());
    if (step.next.version == 1) {
      if (step.next.last_updated != formatted) {
        formatted = step.next.last_updated;
        time = core::FormatInstant(formatted);
      }
      std::memcpy(item.text.data() + item.places.last_updated, time.data(), kInstantLength);
    } else {
      std::string& text = restamped[block.count()];
      Restamp(json, item.places, step.next.version, step.next.last_updated, text);
      json = text;
    }
    step.block = blocks_.size();
    step.next.body.slot = block.Add({keys_[i].id, json});
    if (block.Full()) block.Close();
  }
  block.Close();
}

std::size_t ImportCommit::HeadOf(std::size_t step) const {
  while (steps_[step].earlier != kNone) step = steps_[step].earlier;
  return step;
}

void ImportCommit::CollectEntries(store::Connection& connection) {
  change_.Clear();
  change_.entries.reserve(batch_.values().entries.size() + 3 * steps_.size());
  store::ResourceTables tables(connection, parts_.codec, parts_.key_bits);
  KnownSymbols symbols(parts_.symbols, connection);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (!step.last) continue;
    const std::size_t head = HeadOf(i);
    const std::optional<store::ResourceRow>& stored = stored_[head];
    if (!stored) {
      CollectNew(step, batch_.items()[i], steps_[head].next.last_updated);
    } else if (stored->deleted()) {
      const auto first = tables.FindVersion(stored->rid, 1);
      CollectNew(step, batch_.items()[i], first ? first->last_updated : stored->last_updated);
    } else {
      CollectUpdate(tables.LoadBody(stored->body).json, symbols, step, batch_.items()[i], *stored);
    }
  }
}

void ImportCommit::CollectNew(const Step& step, const ImportItem& item, core::Timestamp created) {
  const EncodedValues& values = batch_.values();
  for (std::size_t at = item.entries_begin; at < item.entries_end; ++at) {
    change_.entries.push_back(values.entries[at]);
    change_.entries.back().rid = step.next.rid;
  }
  const std::size_t strings = change_.strings.size();
  for (std::size_t at = item.strings_begin; at < item.strings_end; ++at) {
    change_.strings.push_back(values.strings[at]);
    change_.strings.back().rid = step.next.rid;
  }
  const auto begin = change_.strings.begin() + static_cast<std::ptrdiff_t>(strings);
  std::sort(begin, change_.strings.end());
  change_.strings.erase(std::unique(begin, change_.strings.end()), change_.strings.end());
  AppendOwn({item.type, step.next.rid, step.next.last_updated}, created, index::Sign::kAdd,
            change_.entries);
}

void ImportCommit::CollectUpdate(std::string_view stored_body, SymbolResolver& symbols,
                                 const Step& step, const ImportItem& item,
                                 const store::ResourceRow& stored) {
  const OwnValues own_before{TypeOf(stored), stored.rid, stored.last_updated};
  EncodeStored(stored_body, own_before, parts_.datastore_id, workspace_, symbols, before_);
  const EncodedValues& values = batch_.values();
  after_.entries.assign(values.entries.begin() + static_cast<std::ptrdiff_t>(item.entries_begin),
                        values.entries.begin() + static_cast<std::ptrdiff_t>(item.entries_end));
  after_.strings.assign(values.strings.begin() + static_cast<std::ptrdiff_t>(item.strings_begin),
                        values.strings.begin() + static_cast<std::ptrdiff_t>(item.strings_end));
  for (index::Entry& entry : after_.entries) entry.rid = stored.rid;
  for (index::StringEntry& entry : after_.strings) entry.rid = stored.rid;
  SortValues(after_);
  AppendUpdate(before_, own_before, after_, {item.type, stored.rid, step.next.last_updated},
               change_);
}

bool ImportCommit::StillValid(store::Connection& connection) const {
  store::ResourceTables tables(connection, parts_.codec, parts_.key_bits);
  const std::vector<std::optional<store::ResourceRow>> now = tables.FindAll(keys_);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].has_value() != stored_[i].has_value()) return false;
    if (now[i] && now[i]->version != stored_[i]->version) return false;
  }
  return true;
}

void ImportCommit::Write(store::WriteTransaction& transaction) {
  store::ResourceTables tables(transaction.connection(), parts_.codec, parts_.key_bits);
  std::vector<std::uint64_t> numbers;
  numbers.reserve(blocks_.size());
  for (const std::string& block : blocks_) numbers.push_back(tables.AddBlock(transaction, block));
  std::vector<store::ResourceTables::NewResource> fresh;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    step.next.body.block = numbers[step.block];
    step.next.change = transaction.change();
    if (!step.replaces) fresh.push_back({keys_[i].id, step.next});
  }
  tables.InsertNew(transaction, fresh);
  for (Step& step : steps_) {
    if (!step.replaces) continue;
    if (step.earlier != kNone) step.current = steps_[step.earlier].next;
    tables.ReplaceCurrent(transaction, step.current, step.next);
  }
  if (steps_.empty()) return;
  parts_.index.WriteBatch(transaction, change_.entries, change_.strings);
  Log(transaction);
}

void ImportCommit::Log(store::WriteTransaction& transaction) const {
  std::vector<store::LoggedVersion> versions;
  versions.reserve(steps_.size());
  core::Timestamp newest{};
  for (const Step& step : steps_) {
    versions.push_back({step.next.type, step.next.rid, step.next.version});
    newest = std::max(newest, step.next.last_updated);
  }
  store::SaveCommit(transaction, versions, newest);
}

}  // namespace healthlake::datastore
