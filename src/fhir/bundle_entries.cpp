#include "fhir/bundle_entries.hpp"

#include <algorithm>

#include "fhir/primitive_format.hpp"
#include "fhir/reference_check.hpp"
#include "healthlake/fhir/search_text.hpp"

namespace healthlake::fhir {
namespace {

std::string_view StringOf(const json::Value& object, std::string_view name) {
  const auto found = object.Find(name);
  return found && found->is_string() ? found->string() : std::string_view();
}

ResourceType TypeOfResource(const json::Value& entry) {
  const auto resource = entry.Find("resource");
  if (!resource) return {};
  return FindResourceType(StringOf(*resource, "resourceType")).value_or(ResourceType());
}

}  // namespace

ResourceType BundleEntries::TypeOf(std::string_view url) {
  if (bundles_.empty()) return {};
  Bundle& bundle = bundles_.back();
  if (!bundle.listed) List(bundle);
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(bundle.first);
  const auto found = std::ranges::lower_bound(first, entries_.end(), url, {}, &Entry::url);
  return found != entries_.end() && found->url == url ? found->type : ResourceType();
}

void BundleEntries::List(Bundle& bundle) {
  bundle.listed = true;
  const auto entries = bundle.value.Find("entry");
  if (!entries || !entries->is_array()) return;
  for (const json::Value entry : *entries) {
    const std::string_view url = StringOf(entry, "fullUrl");
    if (!url.empty()) entries_.push_back({url, TypeOfResource(entry)});
  }
  std::ranges::sort(entries_.begin() + static_cast<std::ptrdiff_t>(bundle.first), entries_.end(),
                    {}, &Entry::url);
}

void CheckFullUrl(const json::Value& entry, IssueLog& log) {
  const std::string_view url = StringOf(entry, "fullUrl");
  if (url.empty()) return;
  if (!HasScheme(url)) {
    log.AddAtChild("fullUrl", "The fullUrl '" + Shown(url) + "' must be an absolute URL");
    return;
  }
  if (!url.starts_with("http")) return;
  const ResourceType told = ParseReference(url, {}).target;
  const ResourceType found = TypeOfResource(entry);
  if (!told.IsNone() && !found.IsNone() && told != found) {
    log.AddAtChild("fullUrl", "The fullUrl '" + Shown(url) +
                                  "' is not that of a resource of type " +
                                  std::string(NameOf(found)));
  }
}

}  // namespace healthlake::fhir
