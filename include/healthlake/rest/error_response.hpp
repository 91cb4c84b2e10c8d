// How the FHIR plane spells errors: those of a request and those of an entry in a Bundle.
#pragma once

#include "healthlake/core/error.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::rest {

// Status and OperationOutcome (fhir/error_outcome.hpp).
http::Response ErrorResponse(const core::Error& error);

}  // namespace healthlake::rest
