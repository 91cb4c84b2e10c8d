#include "healthlake/store/symbol_table.hpp"

#include <sqlite3.h>

#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "healthlake/store/connection.hpp"
#include "healthlake/store/store_file.hpp"

namespace healthlake::store {
namespace {

// Texts longer than this are looked up in the file: they are rarely asked for twice.
constexpr std::size_t kLongestCached = 512;
// When this is passed the cache starts anew, which is cheap and rare.
constexpr std::size_t kCacheBytes = std::size_t{4} << 20;
constexpr std::size_t kBytesPerEntry = 96;

constexpr Query kFind{"find symbol", "SELECT id FROM symbol WHERE text = ?1"};
constexpr Query kFindText{"find symbol text", "SELECT text FROM symbol WHERE id = ?1"};
constexpr Query kAdd{"add symbol", "INSERT INTO symbol (text) VALUES (?1)"};
constexpr Query kFindFrom{"find symbols from",
                          "SELECT id, text FROM symbol WHERE text >= ?1 ORDER BY text LIMIT ?2"};
constexpr Query kFindBetween{"find symbols between",
                             "SELECT id, text FROM symbol WHERE text >= ?1 AND text < ?2"
                             " ORDER BY text LIMIT ?3"};

// The smallest text above all that start with `prefix`; empty when there is none.
std::string PastPrefix(std::string_view prefix) {
  std::string past(prefix);
  while (!past.empty() && static_cast<unsigned char>(past.back()) == 0xff) past.pop_back();
  if (!past.empty()) {
    past.back() = static_cast<char>(static_cast<unsigned char>(past.back()) + 1);
  }
  return past;
}

}  // namespace

// Thread-safe. Holds committed symbols only.
class SymbolTable::Cache {
 public:
  std::optional<SymbolId> Find(std::string_view text) const {
    const std::shared_lock lock(mutex_);
    const auto found = ids_.find(text);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }

  void Add(std::string_view text, SymbolId id) {
    if (text.size() > kLongestCached) return;
    const std::unique_lock lock(mutex_);
    if (bytes_ > kCacheBytes) {
      ids_.clear();
      bytes_ = 0;
    }
    if (ids_.emplace(text, id).second) bytes_ += text.size() + kBytesPerEntry;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, SymbolId, Hash, std::equal_to<>> ids_;
  std::size_t bytes_ = 0;
};

SymbolTable::SymbolTable(StoreFile& file) : file_(file), cache_(std::make_shared<Cache>()) {}
SymbolTable::~SymbolTable() = default;

std::optional<SymbolId> SymbolTable::Find(Connection& connection, std::string_view text) {
  if (const auto known = cache_->Find(text)) return known;
  const auto id = connection.FindInteger(kFind, text);
  if (!id) return std::nullopt;
  const auto symbol = static_cast<SymbolId>(*id);
  // A write transaction sees symbols that may never be committed.
  const bool reading = sqlite3_txn_state(connection.handle(), nullptr) == SQLITE_TXN_READ;
  if (reading) cache_->Add(text, symbol);
  return symbol;
}

std::optional<std::string> SymbolTable::FindText(Connection& connection, SymbolId id) {
  Statement find = connection.Prepare(kFindText);
  find.BindAll(id);
  if (!find.Step()) return std::nullopt;
  return std::string(find.Text(0));
}

SymbolId SymbolTable::Intern(WriteTransaction& transaction, std::string_view text) {
  if (const auto known = cache_->Find(text)) return *known;
  Connection& connection = transaction.connection();
  auto id = connection.FindInteger(kFind, text);
  if (!id) {
    connection.Run(kAdd, text);
    id = connection.last_insert_rowid();
  }
  const auto symbol = static_cast<SymbolId>(*id);
  transaction.OnCommit(
      [cache = cache_, text = std::string(text), symbol] { cache->Add(text, symbol); });
  return symbol;
}

std::vector<SymbolId> SymbolTable::InternAll(std::span<const std::string_view> texts) {
  std::vector<SymbolId> ids(texts.size(), 0);
  std::vector<std::size_t> missing;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    const auto known = cache_->Find(texts[at]);
    if (known) {
      ids[at] = *known;
    } else {
      missing.push_back(at);
    }
  }
  if (missing.empty()) return ids;
  // Most are in the file already: only what is really new is worth the writer's turn.
  std::vector<std::size_t> absent;
  {
    ReadTransaction transaction = file_.Read();
    for (const std::size_t at : missing) {
      const auto id = transaction.connection().FindInteger(kFind, texts[at]);
      if (!id) {
        absent.push_back(at);
        continue;
      }
      ids[at] = static_cast<SymbolId>(*id);
      cache_->Add(texts[at], ids[at]);
    }
  }
  if (absent.empty()) return ids;
  WriteTransaction transaction = file_.Write();
  for (const std::size_t at : absent) ids[at] = Intern(transaction, texts[at]);
  transaction.Commit();
  return ids;
}

std::vector<SymbolTable::Symbol> SymbolTable::FindByPrefix(Connection& connection,
                                                           std::string_view prefix,
                                                           std::size_t limit) {
  const std::string past = PastPrefix(prefix);
  Statement find = connection.Prepare(past.empty() ? kFindFrom : kFindBetween);
  if (past.empty()) {
    find.BindAll(prefix, limit);
  } else {
    find.BindAll(prefix, past, limit);
  }
  std::vector<Symbol> symbols;
  while (find.Step()) {
    symbols.push_back({static_cast<SymbolId>(find.Integer(0)), std::string(find.Text(1))});
  }
  return symbols;
}

}  // namespace healthlake::store
