// The one catch of a request: every exception becomes an answer in the dialect of its plane.
#pragma once

#include <functional>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::app {

// How a plane spells errors.
enum class Dialect {
  kAws,       // control plane: aws/error_codec.hpp
  kFhir,      // data plane: fhir/error_outcome.hpp
  kEmulator,  // own routes and unknown ones: {"error","message"}
};

// Runs `work`. An Error becomes its kind's answer; any other exception an internal error whose text
// says nothing of the cause, which goes to the log with the request id. Never throws.
http::Outcome WithinBoundary(Dialect dialect, const http::Request& request,
                             const std::function<http::Outcome()>& work) noexcept;

// The answer to a request that the server refused by itself. Never throws.
http::Response RefusalResponse(Dialect dialect, const http::Request& request,
                               http::Refusal refusal) noexcept;

}  // namespace healthlake::app
