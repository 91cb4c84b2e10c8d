// What the index keeps of a text that is longer than any query.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace healthlake::datastore {

// Bytes of UTF-8. The head of a request, and so a query in its target, is limited to the same.
inline constexpr std::size_t kLongestIndexedText = std::size_t{32} << 10;

// Appends `text`; a longer one as its first characters, a mark and 128 bits of hash of the whole.
// What is cut is longer than what is not: the two are never equal, and two cut texts are when the
// texts are.
void AppendBounded(std::string_view text, std::string& out);

// The first characters of fhir::NormalizeString(text). The work is bounded for ordinary texts of
// any length.
void NormalizeBounded(std::string_view text, std::string& out);

}  // namespace healthlake::datastore
