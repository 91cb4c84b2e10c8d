#include "datastore/sort_keys.hpp"

#include <algorithm>

#include "datastore/key_codec.hpp"
#include "datastore/long_text.hpp"
#include "datastore/value_encoder.hpp"

namespace healthlake::datastore {
namespace {

using fhir::IndexValue;
using fhir::ValueKind;

// A value as a key; false for kinds that are not sorted by (identifiers of references, positions).
bool MakeKey(const IndexValue& value, SortKey& key) {
  key = {};
  key.present = true;
  switch (value.kind) {
    case ValueKind::kDate:
      key.place = MakeDateSpan(value.from, value.until).lo;
      return true;
    case ValueKind::kNumber:
    case ValueKind::kQuantity:
      key.place = OrderedBits(value.low);
      return true;
    case ValueKind::kString:
      NormalizeBounded(value.text, key.text);
      return true;
    case ValueKind::kToken: {
      std::string code;
      AppendFolded(value.text, code);
      AppendBounded(code, key.text);
      key.text.push_back('\0');
      AppendBounded(value.system, key.text);
      return true;
    }
    case ValueKind::kReference:
    case ValueKind::kUri:
      AppendBounded(value.text, key.text);
      return true;
    default:
      return false;
  }
}

SortKey InstantSortKey(core::Timestamp time) {
  SortKey key;
  key.present = true;
  key.place = DatePlace(time.time_since_epoch().count());
  return key;
}

// What the row or the id tells without a look into the resource.
bool KeyOfRow(const fhir::SearchParam& param, Candidate& candidate, SortKey& key) {
  const OwnParams& own = OwnParamsOf(param.base);
  if (param.id == own.id) {
    key.present = true;
    key.text = candidate.id();
  } else if (param.id == own.last_updated ||
             (param.id == own.created_at && candidate.row().version == 1)) {
    key = InstantSortKey(candidate.row().last_updated);
  } else {
    return false;
  }
  return true;
}

std::strong_ordering CompareKeys(const SortKey& a, const SortKey& b, bool descending) {
  if (a.present != b.present) return b.present <=> a.present;
  const std::strong_ordering order = a.place != b.place ? a.place <=> b.place : a.text <=> b.text;
  return descending ? 0 <=> order : order;
}

}  // namespace

const fhir::SearchParam* SortParam(const fhir::SearchQuery& query, const fhir::SortRule& rule,
                                   fhir::ResourceType type) {
  const auto found = std::ranges::find(query.types, type, &fhir::TypeSearch::type);
  const auto at = static_cast<std::size_t>(found - query.types.begin());
  return at < rule.params.size() ? rule.params[at] : nullptr;
}

void SortOrder::KeysOf(Candidate& candidate, SortKeys& keys) const {
  keys.assign(size(), SortKey{});
  std::vector<const fhir::SearchParam*> open(size(), nullptr);  // those that the body must answer
  bool any_open = false;
  for (std::size_t level = 0; level < size(); ++level) {
    const fhir::SearchParam* param = SortParam(query_, rule(level), candidate.type());
    if (param == nullptr || KeyOfRow(*param, candidate, keys[level])) continue;
    open[level] = param;
    any_open = true;
  }
  if (!any_open) return;
  const auto values = candidate.values();
  SortKey key;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].kind == ValueKind::kComposite) {
      i += values[i].parts;
      continue;
    }
    for (std::size_t level = 0; level < size(); ++level) {
      if (open[level] == nullptr || open[level]->id != values[i].param) continue;
      if (!MakeKey(values[i], key)) continue;
      SortKey& best = keys[level];
      if (!best.present || CompareKeys(key, best, rule(level).descending) < 0) std::swap(best, key);
    }
  }
}

std::strong_ordering SortOrder::Compare(const SortKeys& a, index::Rid a_rid, const SortKeys& b,
                                        index::Rid b_rid) const {
  for (std::size_t level = 0; level < size(); ++level) {
    const std::strong_ordering order = CompareKeys(a[level], b[level], rule(level).descending);
    if (order != 0) return order;
  }
  return a_rid <=> b_rid;
}

}  // namespace healthlake::datastore
