// What the index should say, from plain sets; and a comparison of every Reader function with it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "healthlake/index/index.hpp"

namespace healthlake::index {

inline std::vector<Rid> ReadAll(Cursor& cursor) {
  std::vector<Rid> rids;
  for (Rid rid = cursor.Seek(0); rid != Cursor::kEnd; rid = cursor.Next(rid)) rids.push_back(rid);
  return rids;
}

struct NaiveIndex {
  std::map<Param, std::map<Key, std::set<Rid>>> values;
  std::map<Param, std::map<std::pair<std::string, std::string>, std::set<Rid>>> strings;

  void Apply(const Entry& entry) {
    auto& groups = values[entry.param];
    if (entry.sign == Sign::kAdd) {
      groups[entry.key].insert(entry.rid);
    } else {
      groups[entry.key].erase(entry.rid);
      if (groups[entry.key].empty()) groups.erase(entry.key);
    }
  }
  void Apply(const StringEntry& entry) {
    auto& rows = strings[entry.param];
    const std::pair key(entry.normal, entry.exact);
    if (entry.sign == Sign::kAdd) {
      rows[key].insert(entry.rid);
    } else {
      rows[key].erase(entry.rid);
      if (rows[key].empty()) rows.erase(key);
    }
  }

  std::set<Rid> Point(Param param, const Key& key) const {
    const auto groups = values.find(param);
    if (groups == values.end()) return {};
    const auto found = groups->second.find(key);
    return found == groups->second.end() ? std::set<Rid>() : found->second;
  }
  template <typename Keep>
  std::set<Rid> Range(Param param, std::uint64_t first, std::uint64_t last,
                      const Keep& keep) const {
    std::set<Rid> all;
    const auto groups = values.find(param);
    if (groups == values.end()) return all;
    for (const auto& [key, rids] : groups->second) {
      if (key.order >= first && key.order <= last && keep(key))
        all.insert(rids.begin(), rids.end());
    }
    return all;
  }
};

// How a property test draws its values.
struct Shape {
  std::uint32_t params = 5;
  std::uint64_t orders = 40;  // distinct orders of a parameter
  std::uint64_t checks = 3;
  std::uint32_t resources = 400;
};

// Compares with everything that a reader can be asked, at random places.
class Comparison {
 public:
  Comparison(const NaiveIndex& naive, const Shape& shape, std::mt19937_64& random)
      : naive_(naive), shape_(shape), random_(random) {}

  void Compare(Reader& reader) {
    for (Param param = 0; param <= shape_.params; ++param) {
      ASSERT_NO_FATAL_FAILURE(Points(reader, param));
      ASSERT_NO_FATAL_FAILURE(Ranges(reader, param));
      ASSERT_NO_FATAL_FAILURE(Walks(reader, param));
      ASSERT_NO_FATAL_FAILURE(Strings(reader, param));
    }
    for (int i = 0; i < 10; ++i) ASSERT_NO_FATAL_FAILURE(Algebra(reader));
  }

 private:
  using Rids = std::vector<Rid>;

  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }
  static Rids List(const std::set<Rid>& set) { return {set.begin(), set.end()}; }
  static bool Always(const Key&) { return true; }
  Key AnyKey() { return {Draw(shape_.orders + 2), Draw(shape_.checks + 1)}; }

  void Same(CursorPtr cursor, const Rids& expected) {
    ASSERT_GE(cursor->Bound(), expected.size());
    ASSERT_EQ(ReadAll(*cursor), expected);
    ASSERT_EQ(cursor->Seek(0), Cursor::kEnd);
  }

  // Random jumps forward, some of them not forward at all.
  void SameBySeeking(Cursor& cursor, const Rids& expected) {
    Rid floor = 0;
    for (int i = 0; i < 20; ++i) {
      const Rid rid = static_cast<Rid>(Draw(shape_.resources + 10));
      floor = std::max(floor, rid);
      const auto found = std::lower_bound(expected.begin(), expected.end(), floor);
      const Rid member = found == expected.end() ? Cursor::kEnd : *found;
      ASSERT_EQ(cursor.Seek(rid), member);
      floor = std::max(floor, member);
    }
  }

  void Points(Reader& reader, Param param) {
    for (int i = 0; i < 5; ++i) {
      const Key key = AnyKey();
      const Rids expected = List(naive_.Point(param, key));
      if (Draw(2) == 0) {
        ASSERT_EQ(reader.CountPoint(param, key), expected.size());
      }
      ASSERT_NO_FATAL_FAILURE(Same(reader.Point(param, key), expected));
      ASSERT_EQ(reader.CountPoint(param, key), expected.size());
      ASSERT_EQ(Count(*reader.Point(param, key)), expected.size());
      ASSERT_NO_FATAL_FAILURE(SameBySeeking(*reader.Point(param, key), expected));
    }
  }

  void Ranges(Reader& reader, Param param) {
    for (int i = 0; i < 3; ++i) {
      std::uint64_t first = Draw(shape_.orders + 2);
      std::uint64_t last = Draw(3) == 0 ? first + Draw(3) : Draw(shape_.orders + 2);
      if (Draw(8) == 0) first = 0, last = std::numeric_limits<std::uint64_t>::max();
      const std::uint64_t residue = Draw(3);
      const auto odd = [residue](const Key& key) { return (key.order + key.check) % 3 != residue; };
      ASSERT_NO_FATAL_FAILURE(
          Same(reader.Range(param, first, last), List(naive_.Range(param, first, last, Always))));
      const Rids kept = List(naive_.Range(param, first, last, odd));
      ASSERT_NO_FATAL_FAILURE(Same(reader.Range(param, first, last, odd), kept));
      ASSERT_NO_FATAL_FAILURE(SameBySeeking(*reader.Range(param, first, last, odd), kept));
      ASSERT_EQ(Count(*reader.Range(param, first, last, odd)), kept.size());
    }
    const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    ASSERT_NO_FATAL_FAILURE(Same(reader.Any(param), List(naive_.Range(param, 0, last, Always))));
  }

  void Walks(Reader& reader, Param param) {
    for (const Direction direction : {Direction::kAscending, Direction::kDescending}) {
      std::uint64_t first = Draw(shape_.orders);
      std::uint64_t last = first + Draw(shape_.orders);
      if (Draw(2) == 0) first = 0, last = std::numeric_limits<std::uint64_t>::max();
      std::vector<std::pair<Key, Rids>> expected;
      const auto groups = naive_.values.find(param);
      if (groups != naive_.values.end()) {
        for (const auto& [key, rids] : groups->second) {
          if (key.order >= first && key.order <= last) expected.emplace_back(key, List(rids));
        }
      }
      if (direction == Direction::kDescending) std::reverse(expected.begin(), expected.end());
      std::vector<std::pair<Key, Rids>> walked;
      const auto walk = reader.Walk(param, first, last, direction);
      Key key;
      for (Rids rids; walk->Next(key, rids);) walked.emplace_back(key, rids);
      ASSERT_EQ(walked, expected);
    }
  }

  void Strings(Reader& reader, Param param) {
    std::map<std::string, std::set<Rid>> by_normal;
    const auto rows = naive_.strings.find(param);
    if (rows != naive_.strings.end()) {
      for (const auto& [key, rids] : rows->second) {
        by_normal[key.first].insert(rids.begin(), rids.end());
      }
    }
    for (const std::string prefix : {"", "a", "ab", "b", "\xC3\xA9", "zz"}) {
      std::set<Rid> all;
      for (const auto& [normal, rids] : by_normal) {
        if (normal.starts_with(prefix)) all.insert(rids.begin(), rids.end());
      }
      ASSERT_NO_FATAL_FAILURE(Same(reader.StringPrefix(param, prefix), List(all)));
    }
    for (const Direction direction : {Direction::kAscending, Direction::kDescending}) {
      std::vector<std::pair<std::string, Rids>> expected;
      for (const auto& [normal, rids] : by_normal) expected.emplace_back(normal, List(rids));
      if (direction == Direction::kDescending) std::reverse(expected.begin(), expected.end());
      std::vector<std::pair<std::string, Rids>> walked;
      const auto walk = reader.WalkStrings(param, direction);
      std::string normal;
      for (Rids rids; walk->Next(normal, rids);) walked.emplace_back(normal, rids);
      ASSERT_EQ(walked, expected);
    }
  }

  // A random expression, as a cursor and as a set.
  std::pair<CursorPtr, std::set<Rid>> Expression(Reader& reader, int depth) {
    const auto param = static_cast<Param>(Draw(shape_.params));
    if (depth == 0) {
      if (Draw(2) == 0) {
        const Key key = AnyKey();
        return {reader.Point(param, key), naive_.Point(param, key)};
      }
      const std::uint64_t first = Draw(shape_.orders);
      const std::uint64_t last = first + Draw(shape_.orders);
      return {reader.Range(param, first, last), naive_.Range(param, first, last, Always)};
    }
    auto [a, a_set] = Expression(reader, depth - 1);
    auto [b, b_set] = Expression(reader, depth - 1);
    std::set<Rid> result;
    std::vector<CursorPtr> both;
    const auto into = std::inserter(result, result.end());
    switch (Draw(3)) {
      case 0:
        std::set_intersection(a_set.begin(), a_set.end(), b_set.begin(), b_set.end(), into);
        both.push_back(std::move(a));
        both.push_back(std::move(b));
        return {And(std::move(both)), result};
      case 1:
        std::set_union(a_set.begin(), a_set.end(), b_set.begin(), b_set.end(), into);
        both.push_back(std::move(a));
        both.push_back(std::move(b));
        return {Or(std::move(both)), result};
      default:
        std::set_difference(a_set.begin(), a_set.end(), b_set.begin(), b_set.end(), into);
        return {AndNot(std::move(a), std::move(b)), result};
    }
  }

  void Algebra(Reader& reader) {
    auto [cursor, set] = Expression(reader, 3);
    switch (Draw(3)) {
      case 0:
        return Same(std::move(cursor), List(set));
      case 1:
        return SameBySeeking(*cursor, List(set));
      default:
        return SameByFilling(*cursor, set);
    }
  }

  // Windows of random sizes with gaps, mixed with seeks.
  void SameByFilling(Cursor& cursor, const std::set<Rid>& expected) {
    Rid base = 0;
    while (base < shape_.resources) {
      base += static_cast<Rid>(Draw(50));
      if (Draw(3) == 0) {
        const auto found = expected.lower_bound(base);
        base = cursor.Seek(base);
        ASSERT_EQ(base, found == expected.end() ? Cursor::kEnd : *found);
        if (base == Cursor::kEnd) return;
      }
      std::vector<std::uint64_t> bits(1 + Draw(3));
      cursor.Fill(base, bits);
      for (std::size_t i = 0; i < 64 * bits.size(); ++i) {
        const bool is_set = (bits[i / 64] >> (i % 64) & 1) != 0;
        ASSERT_EQ(is_set, expected.contains(base + static_cast<Rid>(i))) << base << '+' << i;
      }
      base += static_cast<Rid>(64 * bits.size());
    }
  }

  const NaiveIndex& naive_;
  const Shape& shape_;
  std::mt19937_64& random_;
};

}  // namespace healthlake::index
