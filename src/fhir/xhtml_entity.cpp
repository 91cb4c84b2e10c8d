#include "fhir/xhtml_entity.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/xhtml_names.hpp"

namespace healthlake::fhir {

std::optional<std::uint32_t> CharacterOfEntity(std::string_view name) {
  if (!name.starts_with('#')) {
    const auto found = std::ranges::lower_bound(kXhtmlEntities, name);
    if (found == kXhtmlEntities.end() || *found != name) return std::nullopt;
    return kXhtmlEntityPoints[static_cast<std::size_t>(found - kXhtmlEntities.begin())];
  }
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  const char* end = name.data() + name.size();
  std::uint32_t point = 0;
  const auto [stop, error] = std::from_chars(name.data(), end, point, hex ? 16 : 10);
  if (error != std::errc() || stop != end || point > 0x10FFFF) return std::nullopt;
  const bool space = point == '\t' || point == '\n' || point == '\r';
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return surrogate || (point < ' ' && !space) ? std::nullopt : std::optional(point);
}

}  // namespace healthlake::fhir
