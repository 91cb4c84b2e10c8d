// What a reader sees of a narrative.
#pragma once

#include <string>
#include <string_view>

namespace healthlake::fhir {

// Appends the text of an XHTML div: no tags, comments or attributes, entities as the characters
// they are. Where an element starts or ends that is more than a way of printing (a paragraph, a
// cell), a space keeps words apart. Linear in time; what is no XHTML is taken as far as it goes.
void AppendNarrativeText(std::string_view div, std::string& out);

}  // namespace healthlake::fhir
