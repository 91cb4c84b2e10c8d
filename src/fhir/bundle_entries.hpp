// The entries of the Bundles around the element at hand, by fullUrl (bundle.html, resolving
// references).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/issue_log.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Confined to one thread; its memory stays.
class BundleEntries {
 public:
  void Reset() {
    bundles_.clear();
    entries_.clear();
    if (entries_.capacity() > kKeptEntries) std::vector<Entry>().swap(entries_);
  }
  void Open(const json::Value& bundle) { bundles_.push_back({bundle, entries_.size()}); }
  void Close() {
    entries_.resize(bundles_.back().first);
    bundles_.pop_back();
  }

  // The type of the innermost Bundle's resource under an absolute URL; none when there is none.
  ResourceType TypeOf(std::string_view url);

 private:
  static constexpr std::size_t kKeptEntries = 4096;  // more are given back before the next walk

  struct Entry {
    std::string_view url;
    ResourceType type;
  };
  struct Bundle {
    json::Value value;
    std::size_t first;  // in entries_, sorted by url
    bool listed = false;
  };
  void List(Bundle& bundle);

  std::vector<Bundle> bundles_;
  std::vector<Entry> entries_;
};

// Reports a fullUrl of the Bundle's entry at hand that is no absolute URL, or one of another type
// of resource.
void CheckFullUrl(const json::Value& entry, IssueLog& log);

}  // namespace healthlake::fhir
