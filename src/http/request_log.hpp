// The line that the log gets for each request.
#pragma once

#include <chrono>
#include <string>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

// The path and the names of the query's parameters. Their values may be patient data and never
// appear; neither does a parameter without '=', which could be a value. Long texts are cut.
std::string LoggedTarget(const Request& request);

void LogRequest(const Request& request, int status, std::chrono::nanoseconds took);

}  // namespace healthlake::http
