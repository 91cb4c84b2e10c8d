// When two JSON values are the same (RFC 6902 4.6).
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::json {

// Two number tokens by value, exactly: 1.0, 1.00 and 10e-1 are the same, and 0 is -0. Numbers with
// exponents of more than 18 digits are the same only where their text is.
bool SameNumber(std::string_view a, std::string_view b) noexcept;

// Strings by their characters, numbers by value, arrays in order, objects in any order. Recursion
// is as deep as the documents; time is linear but for sorting names that come in another order.
bool Equal(const Value& a, const Value& b);

// Whether two objects have the same names, and `same(child, child)` holds for each.
template <typename Same>
bool SameMembers(const Value& a, const Value& b, const Same& same) {
  if (a.size() != b.size()) return false;
  std::vector<Value> sorted;  // of b, once the order is found to differ
  auto other = b.begin();
  for (const Value child : a) {
    const std::string_view key = child.key();
    if (sorted.empty() && (*other).key() == key) {
      if (!same(child, *other)) return false;
      ++other;
      continue;
    }
    if (sorted.empty()) {
      sorted.assign(b.begin(), b.end());
      std::ranges::sort(sorted, {}, &Value::key);
    }
    const auto found = std::ranges::lower_bound(sorted, key, {}, &Value::key);
    if (found == sorted.end() || found->key() != key || !same(child, *found)) return false;
  }
  return true;
}

}  // namespace healthlake::json
