// Definitions of one kind by canonical URL, several versions of each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/profile/guides.hpp"

namespace healthlake::fhir {

// "url|version"; the version may be missing. A fragment ("#…") counts as part of the URL.
struct Canonical {
  std::string_view url;
  std::string_view version;

  static Canonical Of(std::string_view text) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    return {text.substr(0, bar), text.substr(std::min(bar + 1, text.size()))};
  }
};

// The packages loaded, and which depends on which.
class PackageGraph {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Node {
    std::string name;
    std::string version;
    std::vector<std::string> dependencies;  // names
  };
  std::vector<Node> packages;

  // How good a definition of package `candidate` is for a reference without version that stands in
  // package `from` (kNone: in a resource): its own package, one that it depends on, the version
  // that HealthLake takes by default, any.
  int Rank(std::size_t candidate, std::size_t from) const {
    if (candidate == from) return 3;
    if (from != kNone && std::ranges::find(packages[from].dependencies, packages[candidate].name) !=
                             packages[from].dependencies.end()) {
      return 2;
    }
    const Guide* guide = FindGuideOfPackage(packages[candidate].name);
    return guide && guide->default_version == packages[candidate].version ? 1 : 0;
  }
};

template <class T>
class CanonicalIndex {
 public:
  struct Entry {
    std::string version;
    std::size_t package;
    T value;
  };

  void Add(std::string_view url, std::string_view version, std::size_t package, T value) {
    entries_[std::string(url)].push_back({std::string(version), package, std::move(value)});
  }

  // Null when no definition has that URL and, if one is given, that version.
  const Entry* Find(const Canonical& canonical, const PackageGraph& graph, std::size_t from) const {
    const auto found = entries_.find(canonical.url);
    if (found == entries_.end()) return nullptr;
    const Entry* best = nullptr;
    for (const Entry& entry : found->second) {
      if (!canonical.version.empty() && canonical.version != entry.version) continue;
      if (!best || Better(entry, *best, graph, from)) best = &entry;
    }
    return best;
  }

  bool empty() const noexcept { return entries_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  static bool Better(const Entry& a, const Entry& b, const PackageGraph& graph, std::size_t from) {
    const int rank_a = graph.Rank(a.package, from);
    const int rank_b = graph.Rank(b.package, from);
    return rank_a != rank_b ? rank_a > rank_b : IsNewer(a.version, b.version);
  }

  std::unordered_map<std::string, std::vector<Entry>, Hash, std::equal_to<>> entries_;
};

}  // namespace healthlake::fhir
