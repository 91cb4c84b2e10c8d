#include "fhir/contained_resources.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "fhir/primitive_format.hpp"

namespace healthlake::fhir {
namespace {

std::string_view StringOf(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

std::pair<std::string_view, std::size_t> Key(const ContainedResources::Entry& entry) {
  return {entry.id, entry.place};
}

}  // namespace

void ContainedResources::Enter(const json::Value& contained, std::size_t place, IssueLog& log) {
  List();
  Scope& scope = scopes_.back();
  scope.inside = true;
  if (!contained.is_object()) return;
  const std::string_view id = StringOf(contained, "id");
  if (id.empty()) {
    log.Add("A contained resource must have an id");
  } else {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(scope.first);
    const auto own = std::ranges::lower_bound(first, entries_.end(), std::pair(id, place), {}, Key);
    scope.current = static_cast<std::size_t>(own - entries_.begin());
    if (own != first && (own - 1)->id == id) {
      log.AddAtChild("id", "The id '" + Shown(id) + "' stands twice in contained");
    }
  }
  if (contained.Find("contained")) {
    log.AddAtChild(
        "contained",
        "Constraint failed: dom-2 (contained.contained.empty()): a contained resource must "
        "not contain others");
  }
  const auto meta = contained.Find("meta");
  if (!meta) return;
  for (const std::string_view name : {"versionId", "lastUpdated"}) {
    if (meta->Find(name)) {
      log.AddAtChild("meta." + std::string(name),
                     "Constraint failed: dom-4 (contained.meta.versionId.empty() and "
                     "contained.meta.lastUpdated.empty())");
    }
  }
  if (meta->Find("security")) {
    log.AddAtChild("meta.security", "Constraint failed: dom-5 (contained.meta.security.empty())");
  }
}

const ContainedResources::Entry* ContainedResources::Refer(std::string_view fragment) {
  List();
  const Scope& scope = scopes_.back();
  if (fragment == "#") {
    if (scope.current != kNone) entries_[scope.current].linked = true;
    return nullptr;
  }
  const std::string_view id = fragment.substr(1);
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(scope.first);
  const auto found = std::ranges::lower_bound(first, entries_.end(), id, {}, &Entry::id);
  if (found == entries_.end() || found->id != id) return nullptr;
  found->linked = true;
  return &*found;
}

// Entries without id are not listed: nothing can refer to them.
void ContainedResources::List() {
  Scope& scope = scopes_.back();
  if (scope.listed) return;
  scope.listed = true;
  const auto contained = scope.resource.Find("contained");
  if (!contained || !contained->is_array()) return;
  std::size_t place = 0;
  for (const json::Value resource : *contained) {
    const std::string_view id = StringOf(resource, "id");
    if (!id.empty()) {
      const auto type = FindResourceType(StringOf(resource, "resourceType"));
      entries_.push_back({id, type.value_or(ResourceType()), place, false});
    }
    ++place;
  }
  std::ranges::sort(entries_.begin() + static_cast<std::ptrdiff_t>(scope.first), entries_.end(), {},
                    Key);
}

void ContainedResources::ReportUnlinked(IssueLog& log) {
  const std::size_t first = scopes_.back().first;
  for (std::size_t i = first; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (entry.linked) continue;
    log.AddAtChild("contained[" + std::to_string(entry.place) + "]",
                   "Constraint failed: dom-3: nothing refers to the contained resource '#" +
                       Shown(entry.id) + "', nor does it refer to its container");
  }
  entries_.resize(first);
}

}  // namespace healthlake::fhir
