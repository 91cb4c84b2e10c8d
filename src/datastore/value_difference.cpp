#include "datastore/value_difference.hpp"

#include <algorithm>
#include <iterator>

#include "healthlake/core/error.hpp"

namespace healthlake::datastore {
namespace {

template <typename Item>
void SortUnique(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

// Appends what is in `from` and not in `without`, signed.
template <typename Item>
void AppendMissing(const std::vector<Item>& from, const std::vector<Item>& without,
                   index::Sign sign, std::vector<Item>& out) {
  const std::size_t start = out.size();
  std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                      std::back_inserter(out));
  for (std::size_t i = start; i < out.size(); ++i) out[i].sign = sign;
}

}  // namespace

std::uint32_t KnownSymbols::Resolve(std::string_view text) {
  const std::optional<store::SymbolId> symbol = table_.Find(connection_, text);
  if (symbol) return *symbol;
  throw core::Error(core::ErrorKind::kInternal,
                    "a stored resource has a value that the index has no number for");
}

void EncodeStored(std::string_view body, const OwnValues& own, std::string_view datastore_id,
                  ParseWorkspace& workspace, SymbolResolver& symbols, EncodedValues& out) {
  out.Clear();
  if (workspace.document.Parse(body)) {
    throw core::Error(core::ErrorKind::kInternal, "a stored resource is not JSON");
  }
  fhir::WalkOptions options;
  options.structure = fhir::StructureCheck::kOff;
  options.datastore_id = datastore_id;
  workspace.walk.Run(workspace.document.root(), options);
  ValueEncoder(symbols).Encode(own.type, workspace.walk.values(), own.rid, out);
  workspace.ReleaseLarge(body.size());
  SortValues(out);
}

void SortValues(EncodedValues& values) {
  SortUnique(values.entries);
  SortUnique(values.strings);
}

void AppendUpdate(const EncodedValues& before, const OwnValues& own_before,
                  const EncodedValues& after, const OwnValues& own_after, IndexChange& change) {
  AppendMissing(before.entries, after.entries, index::Sign::kRemove, change.entries);
  AppendMissing(after.entries, before.entries, index::Sign::kAdd, change.entries);
  AppendMissing(before.strings, after.strings, index::Sign::kRemove, change.strings);
  AppendMissing(after.strings, before.strings, index::Sign::kAdd, change.strings);
  if (own_before.last_updated == own_after.last_updated) return;
  const index::Param param = ParamOf(OwnParamsOf(own_after.type).last_updated);
  change.entries.push_back(
      {param, InstantKey(own_before.last_updated), own_before.rid, index::Sign::kRemove});
  change.entries.push_back(
      {param, InstantKey(own_after.last_updated), own_after.rid, index::Sign::kAdd});
}

void AppendOwn(const OwnValues& own, core::Timestamp created, index::Sign sign,
               std::vector<index::Entry>& entries) {
  const OwnParams& params = OwnParamsOf(own.type);
  entries.push_back({LiveParam(own.type), kLiveKey, own.rid, sign});
  entries.push_back({ParamOf(params.last_updated), InstantKey(own.last_updated), own.rid, sign});
  entries.push_back({ParamOf(params.created_at), InstantKey(created), own.rid, sign});
}

void AppendWhole(const EncodedValues& values, const OwnValues& own, core::Timestamp created,
                 index::Sign sign, IndexChange& change) {
  const std::size_t entries = change.entries.size();
  const std::size_t strings = change.strings.size();
  change.entries.insert(change.entries.end(), values.entries.begin(), values.entries.end());
  change.strings.insert(change.strings.end(), values.strings.begin(), values.strings.end());
  for (std::size_t i = entries; i < change.entries.size(); ++i) change.entries[i].sign = sign;
  for (std::size_t i = strings; i < change.strings.size(); ++i) change.strings[i].sign = sign;
  AppendOwn(own, created, sign, change.entries);
}

}  // namespace healthlake::datastore
