// The XHTML of a Narrative (narrative.html; invariants txt-1 and txt-2).
#pragma once

#include <string>
#include <string_view>

namespace healthlake::fhir {

// What is wrong with a Narrative's div, with the invariant's key; empty when nothing is. Sound is
// one well-formed <div> in the namespace of XHTML that has only the elements, attributes and
// entities which narrative.html allows, and in it text or an image (or at least broken lines, as in
// official examples). Time is linear, elements may nest 256 levels deep.
std::string NarrativeFault(std::string_view div);

}  // namespace healthlake::fhir
