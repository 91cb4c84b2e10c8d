// What one value of a query asks of the index: some of a parameter's keys, or of its strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "healthlake/index/index.hpp"

namespace healthlake::datastore {

// Keys with first <= order <= last that `filter` (when given) keeps; with `point` just that one.
struct KeyRange {
  index::Param param = 0;
  std::uint64_t first = 0;
  std::uint64_t last = UINT64_MAX;
  index::KeyFilter filter;
  std::optional<index::Key> point;

  static KeyRange Of(index::Param param, const index::Key& key) {
    return {param, key.order, key.order, {}, key};
  }
  bool Keeps(const index::Key& key) const {
    if (point) return key == *point;
    return key.order >= first && key.order <= last && (!filter || filter(key));
  }
};

// Strings whose normal form starts with `prefix` and that `filter` (when given) keeps.
struct StringRange {
  index::Param param = 0;
  std::string prefix;
  index::Reader::StringFilter filter;

  bool Keeps(const index::StringEntry& entry) const {
    return entry.normal.starts_with(prefix) && (!filter || filter(entry.normal, entry.exact));
  }
};

// The same is opened as a set and asked of the values of one body.
using ValueRange = std::variant<KeyRange, StringRange>;

}  // namespace healthlake::datastore
