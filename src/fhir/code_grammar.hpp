// The shape of codes whose systems cannot be listed.
#pragma once

#include <string_view>

#include "fhir/r4/tables.hpp"

namespace healthlake::fhir {

// Whether the text is a code by that grammar. Time is linear in the text. kListed: never.
bool IsWellFormedCode(r4::CodeGrammar grammar, std::string_view code);

// RFC 5646, 2.1: well-formed, whether or not its subtags are registered.
bool IsLanguageTag(std::string_view text);

// type "/" subtype, with parameters (RFC 2045, 5.1); or one of the short forms that FHIR allows in
// place of a MIME type: xml, json, ttl, turtle, none.
bool IsMimeType(std::string_view text);

// The syntax of a unit (UCUM, 2.1), whether or not its atoms are known.
bool IsUcumUnit(std::string_view text);

}  // namespace healthlake::fhir
