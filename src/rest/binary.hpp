// Binary in its native form: content under its own media type instead of a resource (binary.html;
// http.html#binary). The interactions know the resource only; here is the way from one to the
// other.
#pragma once

#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// Whether the body of a create or update of a Binary is content: its Content-Type is neither FHIR's
// nor a form's.
bool IsContent(const http::Request& request);
// The request with the Binary that the content makes; X-Security-Context becomes its
// securityContext. `id` is that of the path, or empty. Throws core::Error{kUnsupportedMediaType}
// for a Content-Type that is none.
http::Request ResourceRequest(const http::Request& request, std::string_view id);

// Whether a read of a Binary asks for its content: it names media types, and FHIR's JSON is not
// among them. Where any type will do, R4 has content, too; under HealthLake's rules, of a service
// that answers with FHIR JSON, it is the resource.
bool AsksForContent(const Interaction& interaction);
// The content of the Binary that `resource` answers with, when its media type is among those asked
// for; where any type will do, what AsksForContent says of that. Throws
// core::Error{kNotAcceptable}. What a client has stored may be a page with scripts, so it is sent
// as a download that no browser shows.
http::Response ContentResponse(const Interaction& interaction, http::Response resource);

}  // namespace healthlake::rest
