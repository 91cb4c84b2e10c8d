// From a method and a path to the interaction's answer: the way of every request, and of every
// entry of a Bundle.
#pragma once

#include <span>
#include <string>

#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// Carries out what `request` asks for. `segments`: its path behind …/r4, percent-decoded; the
// request's own path is not looked at. Throws core::Error; a method that the path does not have is
// answered by 405 with Allow.
http::Response Dispatch(const Context& context, const http::Request& request,
                        std::span<const std::string> segments);

}  // namespace healthlake::rest
