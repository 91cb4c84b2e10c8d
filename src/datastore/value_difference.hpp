// What a write changes in the index: the set difference of two versions' values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "datastore/import_batch.hpp"
#include "datastore/value_encoder.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/store/symbol_table.hpp"

namespace healthlake::datastore {

// The entries to be written: sorted, without repetition within one resource.
struct IndexChange {
  std::vector<index::Entry> entries;
  std::vector<index::StringEntry> strings;

  void Clear() {
    entries.clear();
    strings.clear();
  }
};

// Symbols that a transaction sees; a text without a number is an error, as what asks was indexed
// before.
class KnownSymbols final : public SymbolResolver {
 public:
  KnownSymbols(store::SymbolTable& table, store::Connection& connection)
      : table_(table), connection_(connection) {}
  std::uint32_t Resolve(std::string_view text) override;

 private:
  store::SymbolTable& table_;
  store::Connection& connection_;
};

// Symbols of a single write, made as they are met.
class NewSymbols final : public SymbolResolver {
 public:
  NewSymbols(store::SymbolTable& table, store::WriteTransaction& transaction)
      : table_(table), transaction_(transaction) {}
  std::uint32_t Resolve(std::string_view text) override {
    return table_.Intern(transaction_, text);
  }

 private:
  store::SymbolTable& table_;
  store::WriteTransaction& transaction_;
};

// What the server knows about a live version beside its body.
struct OwnValues {
  fhir::ResourceType type;
  index::Rid rid = 0;
  core::Timestamp last_updated{};
};

// Extracts the values of a stored body (known to be sound) into `out`, which is replaced.
void EncodeStored(std::string_view body, const OwnValues& own, std::string_view datastore_id,
                  ParseWorkspace& workspace, SymbolResolver& symbols, EncodedValues& out);

// Sorts and drops repetitions.
void SortValues(EncodedValues& values);

// From one live version to the next; both sides sorted by SortValues. Appends to `change`.
void AppendUpdate(const EncodedValues& before, const OwnValues& own_before,
                  const EncodedValues& after, const OwnValues& own_after, IndexChange& change);

// All of a live version comes (a new or revived resource) or goes (a deleted one): its values, its
// own parameters and its place among the live resources. `values` sorted.
void AppendWhole(const EncodedValues& values, const OwnValues& own, core::Timestamp created,
                 index::Sign sign, IndexChange& change);
// The same without the values.
void AppendOwn(const OwnValues& own, core::Timestamp created, index::Sign sign,
               std::vector<index::Entry>& entries);

}  // namespace healthlake::datastore
