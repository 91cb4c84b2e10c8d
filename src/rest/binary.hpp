// Binary in its native form: content under its own media type instead of a resource (binary.html;
// http.html#binary). The interactions know the resource only; here is the way from one to the
// other.
#pragma once

#include "healthlake/http/message.hpp"

namespace healthlake::rest {

// Whether the body of a create or update of a Binary is content: its Content-Type is neither FHIR's
// nor a form's.
bool IsContent(const http::Request& request);
// The request with the Binary that the content makes; X-Security-Context becomes its
// securityContext. `id` is that of the path, or empty. Throws core::Error{kUnsupportedMediaType}
// for a Content-Type that is none.
http::Request ResourceRequest(const http::Request& request, std::string_view id);

// Whether a read of a Binary asks for its content: it names a media type, and FHIR's JSON is not
// among those that it names. "*/*", or nothing, asks for the resource.
bool AsksForContent(const http::Request& request);
// The content of the Binary that `resource` answers with, when its media type is among those asked
// for; the resource itself when any type is. Throws core::Error{kNotAcceptable}. What a client has
// stored may be a page with scripts, so it is sent as a download that no browser shows.
http::Response ContentResponse(const http::Request& request, http::Response resource);

}  // namespace healthlake::rest
