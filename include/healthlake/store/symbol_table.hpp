// Exact numbers for texts that the index must tell apart for certain: code systems, uris, units.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::store {

class Connection;
class StoreFile;
class WriteTransaction;

using SymbolId = std::uint32_t;  // from 1; 0 is free for "none"

// One per open data store; thread-safe. A symbol is never removed or changed, so a number once seen
// stays good in every snapshot. Keeps a bounded cache of committed symbols.
class SymbolTable {
 public:
  explicit SymbolTable(StoreFile& file);
  ~SymbolTable();

  // Through any transaction of the file.
  std::optional<SymbolId> Find(Connection& connection, std::string_view text);
  std::optional<std::string> FindText(Connection& connection, SymbolId id);

  // Makes the symbol when it is new; it exists for others once the transaction is committed.
  SymbolId Intern(WriteTransaction& transaction, std::string_view text);

  // Numbers in the order of `texts`; new ones are made in a short write transaction of their own (a
  // symbol without users is harmless). Not while this thread has a write transaction of the file.
  std::vector<SymbolId> InternAll(std::span<const std::string_view> texts);

  struct Symbol {
    SymbolId id;
    std::string text;
  };
  // Symbols that start with `prefix`, in the order of their bytes.
  std::vector<Symbol> FindByPrefix(Connection& connection, std::string_view prefix,
                                   std::size_t limit);

 private:
  class Cache;
  StoreFile& file_;
  std::shared_ptr<Cache> cache_;
};

}  // namespace healthlake::store
