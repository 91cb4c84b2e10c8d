// The links of a narrative: <a href> and <img src>.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::fhir {

// What stands for a link from now on; nullopt: it stays.
using FindLink = std::function<std::optional<std::string>(std::string_view link)>;

// The XHTML with the links that `find` knows replaced; nullopt when there are none. Linear in time.
// What is no XHTML stays as it is.
std::optional<std::string> RewriteNarrative(std::string_view div, const FindLink& find);

}  // namespace healthlake::fhir
