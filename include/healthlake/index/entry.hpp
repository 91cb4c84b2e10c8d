// What the index stores: "resource rid has this value of this parameter".
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace healthlake::index {

// A resource's number inside its store: given once, kept over all versions and through deletion.
using Rid = std::uint32_t;

// A search parameter's number, or one of the caller's own (the postings of live resources by type).
using Param = std::uint32_t;

// One value. `order` sorts (dates by their start, numbers by size); together the two identify the
// value: equal keys are equal values, because counts and negations never look at a body.
struct Key {
  std::uint64_t order = 0;
  std::uint64_t check = 0;
  auto operator<=>(const Key&) const = default;
};

enum class Sign : std::uint8_t { kAdd, kRemove };

// Sorts by parameter, value, resource: the order of a run.
struct Entry {
  Param param = 0;
  Key key;
  Rid rid = 0;
  Sign sign = Sign::kAdd;
  auto operator<=>(const Entry&) const = default;
};

// Strings are ordered text, kept as rows: `normal` is what is compared, `exact` the original.
struct StringEntry {
  Param param = 0;
  std::string normal;
  std::string exact;
  Rid rid = 0;
  Sign sign = Sign::kAdd;
  auto operator<=>(const StringEntry&) const = default;
};

}  // namespace healthlake::index
