// Strings by character: UTF-8 throughout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace healthlake::fhir::fhirpath {

std::size_t CharacterCount(std::string_view text) noexcept;
// The place in bytes of a character, counted from 0; the end when there are fewer.
std::size_t PlaceOf(std::string_view text, std::size_t character) noexcept;
// The bytes of the first character.
std::size_t CharacterSize(std::string_view text) noexcept;
bool IsAscii(std::string_view text) noexcept;

std::string Upper(std::string_view text);
std::string Lower(std::string_view text);

// Whether the texts are the same but for case; any white space equals any other (FHIRPath 6.1.2).
bool EquivalentText(std::string_view a, std::string_view b);

}  // namespace healthlake::fhir::fhirpath
