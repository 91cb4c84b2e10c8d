// x-amz-fhir-idempotency-key of a create: the same key makes one resource (reference 4.4, 4.5).
#pragma once

#include <optional>
#include <string>

#include "healthlake/datastore/writing.hpp"
#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// The key in lower case; nullopt: none. Throws core::Error{kInvalid} for what is no UUID.
std::optional<std::string> FindIdempotencyKey(const http::Request& request);

// 409 with the Location of the resource that the key has made.
http::Response DuplicateResponse(const Interaction& interaction,
                                 const datastore::Writing::Created& made);

}  // namespace healthlake::rest
