// The contained resources of the resource at hand, and who refers to them (references.html,
// contained resources; invariants dom-2 to dom-5).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/issue_log.hpp"
#include "healthlake/fhir/definitions.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Scopes are resources that are not contained: that of the walk, and those in the entries of a
// Bundle or in Parameters inside it. Confined to one thread; its memory stays.
class ContainedResources {
 public:
  struct Entry {
    std::string_view id;
    ResourceType type;      // none when the resourceType is unknown
    std::size_t place = 0;  // in `contained`
    bool linked = false;    // referred to, or refers to its container
  };

  void Reset() {
    scopes_.clear();
    entries_.clear();
    if (entries_.capacity() > kKeptEntries) std::vector<Entry>().swap(entries_);
  }
  void Open(const json::Value& resource) { scopes_.push_back({resource, entries_.size()}); }
  // Reports those that nothing links (dom-3), at the scope's resource.
  void Close(IssueLog& log) {
    if (scopes_.back().listed) ReportUnlinked(log);
    scopes_.pop_back();
  }

  // contained[place] begins: reports what it must not have, or lacks.
  void Enter(const json::Value& contained, std::size_t place, IssueLog& log);
  void Exit() {
    scopes_.back().inside = false;
    scopes_.back().current = kNone;
  }
  bool Inside() const { return scopes_.back().inside; }

  // The resource that a text "#id" of a Reference, canonical or uri refers to; it is linked from
  // now on. Null when there is none. "#" alone, the container, links the contained resource at
  // hand.
  const Entry* Refer(std::string_view fragment);
  // The container, which "#" stands for.
  const json::Value& container() const { return scopes_.back().resource; }

 private:
  static constexpr std::size_t kKeptEntries = 4096;  // more are given back before the next walk
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Scope {
    json::Value resource;
    std::size_t first;            // in entries_, sorted by id and place
    std::size_t current = kNone;  // the entry of the contained resource that is walked
    bool inside = false;          // one is walked
    bool listed = false;
  };
  void List();
  void ReportUnlinked(IssueLog& log);

  std::vector<Scope> scopes_;
  std::vector<Entry> entries_;
};

}  // namespace healthlake::fhir
