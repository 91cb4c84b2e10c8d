// What _text and _content ask for (search.html, text search; odata's $search, which it points to).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "healthlake/fhir/search_query.hpp"

namespace healthlake::fhir {

// Reads words and "phrases" joined by AND, OR and NOT, with parentheses; words side by side must
// all occur, and so must the parts of AND before those of OR are chosen among. The operators are
// known by their capitals, and in lower case between two of the parts as the standard writes them.
// A comma is an OR. `why` tells what is wrong when there is no result.
std::optional<TextCriterion> ReadText(TextCriterion::Where where, std::string_view value,
                                      std::string& why);

}  // namespace healthlake::fhir
