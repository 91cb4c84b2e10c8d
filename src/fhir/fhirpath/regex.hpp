// Regular expressions of matches() and replaceMatches(): by RE2, so none backtracks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace healthlake::fhir::fhirpath {

// Null when RE2 cannot: a syntax error, look-around, a back reference, or too large.
std::unique_ptr<const re2::RE2> CompileRegularExpression(std::string_view pattern);

// Whether some part of the text matches; with `whole` all of it.
bool Matches(const re2::RE2& regex, std::string_view text, bool whole);

// Every match replaced; "$1", "${1}" and "${name}" in the replacement stand for groups, "\$" for
// '$'.
std::string ReplaceMatches(const re2::RE2& regex, std::string_view text,
                           std::string_view replacement);

}  // namespace healthlake::fhir::fhirpath
