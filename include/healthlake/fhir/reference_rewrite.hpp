// References between the entries of a transaction, put right once the server has given its ids
// (http.html#trules; bundle.html#references).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

struct ReferenceTarget {
  std::string reference;      // "Patient/123"
  std::uint64_t version = 0;  // that version-specific references get; 0: they keep their own
};

// What a link in the Bundle stands for: an entry's fullUrl, or a conditional reference as written
// ("Patient?identifier=1"). Constant time.
class ReferenceTargets {
 public:
  bool empty() const noexcept { return targets_.empty(); }
  // False, and nothing changes, when the link is there already.
  bool Add(std::string_view link, ReferenceTarget target) {
    return targets_.emplace(KeyOf(link), std::move(target)).second;
  }
  const ReferenceTarget* Find(std::string_view link) const {
    const auto found = link.starts_with(kUuid) ? targets_.find(KeyOf(link)) : targets_.find(link);
    return found == targets_.end() ? nullptr : &found->second;
  }

 private:
  static constexpr std::string_view kUuid = "urn:uuid:";

  // UUIDs compare without case (RFC 4122 3).
  static std::string KeyOf(std::string_view link) {
    std::string key(link);
    if (!link.starts_with(kUuid)) return key;
    for (char& c : key) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return key;
  }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, ReferenceTarget, Hash, std::equal_to<>> targets_;
};

// "http://example.org/fhir/" of "http://example.org/fhir/Patient/1": what the relative references
// of that entry are relative to. Empty when the fullUrl is not of that form (urn:uuid:…).
std::string_view BaseOfFullUrl(std::string_view full_url);

// Writes `resource` to `out` with every link that `targets` knows replaced: in Reference.reference,
// in elements of the types uri and url, those of extensions and of contained resources
// included, and in <a href> and <img src> of narratives; canonicals stay. Relative ones are looked
// up under `base` as well, unless it is empty. Fragments are kept, and version-specific links stay
// version-specific. Strings that hold no such link keep all their bytes. A Bundle's entries are
// left alone, as they refer to each other. False when there is nothing to replace: `out` is then
// untouched. Time is linear.
bool RewriteReferences(const json::Value& resource, std::string_view base,
                       const ReferenceTargets& targets, std::string& out);

// Appends the conditional references of `resource` ("Type?criteria" in Reference.reference,
// http.html#trules) in their order, each as often as it occurs. The views live as long as the
// Document does.
void FindConditionalReferences(const json::Value& resource, std::vector<std::string_view>& found);

}  // namespace healthlake::fhir
