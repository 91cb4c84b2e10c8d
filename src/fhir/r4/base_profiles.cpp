#include "fhir/r4/base_profiles.hpp"

#include <algorithm>

namespace healthlake::fhir::r4 {

#include "fhir/r4/base_profiles.inc"  // generated

const BaseProfileRow* FindBaseProfile(std::string_view url) noexcept {
  const std::span<const BaseProfileRow> rows = BaseProfiles();
  const auto found = std::ranges::lower_bound(rows, url, {}, UrlOf);
  return found != rows.end() && UrlOf(*found) == url ? &*found : nullptr;
}

}  // namespace healthlake::fhir::r4
