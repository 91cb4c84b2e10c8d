// The resource in a request's body.
#pragma once

#include "healthlake/json/document.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// The body parsed, of the type that the path names. Valid until the next call on this thread.
// Throws core::Error with the texts of reference 4.5: 415, or 400 for what is not JSON, no object,
// or of another type.
const json::Document& LoadBody(const Interaction& interaction);

// Throws core::Error{kInvalid} unless the body's id is that of the path (http.html#update).
void CheckBodyId(const Interaction& interaction, const json::Document& body);

}  // namespace healthlake::rest
