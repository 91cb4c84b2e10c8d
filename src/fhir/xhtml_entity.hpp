// Characters that XHTML writes by a name or a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace healthlake::fhir {

// What stands between '&' and ';': "amp", "#10", "#xA". nullopt: a name that narratives do not
// have, or no character of XML.
std::optional<std::uint32_t> CharacterOfEntity(std::string_view name);

}  // namespace healthlake::fhir
