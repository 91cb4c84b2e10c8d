// The resource in a request's body.
#pragma once

#include <string_view>

#include "healthlake/json/document.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// `text` parsed into `document`. Throws as ParseBody does, but for the media type and the kind of
// value.
json::Value ParseJson(std::string_view text, json::Document& document,
                      const json::ParseLimits& limits = {});
// The same for an object.
json::Value ParseObject(std::string_view text, json::Document& document,
                        const json::ParseLimits& limits = {});

// The body parsed: an object. Valid until the next call on this thread. Throws core::Error with the
// texts of reference 4.5: 415, or 400 for what is not JSON or no object; a second issue says where
// and why.
json::Value ParseBody(const Interaction& interaction);

// Throws core::Error{kInvalid} unless `resource` is of the type that the path names.
void CheckBodyType(const Interaction& interaction, const json::Value& resource);
// Throws core::Error{kInvalid} unless its id is that of the path (http.html#update).
void CheckBodyId(const Interaction& interaction, const json::Value& resource);

// ParseBody and CheckBodyType.
json::Value LoadBody(const Interaction& interaction);

}  // namespace healthlake::rest
