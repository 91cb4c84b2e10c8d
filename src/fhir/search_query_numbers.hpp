// Numbers of a query, to the digits given (search.html, number).
#pragma once

#include <optional>
#include <string_view>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// `text` is without prefix; nullopt: no number, or one of more than 60 digits.
std::optional<NumberTerm> ReadNumber(SearchPrefix prefix, std::string_view text);

}  // namespace healthlake::fhir
