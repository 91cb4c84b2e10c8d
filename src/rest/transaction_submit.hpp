// A transaction that is to run while nobody waits for it (reference 4.10; async.html).
#pragma once

#include "healthlake/http/message.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

// Accepts the Bundle of the request, in which nothing was found that forbids to try it: 202 and
// where to ask for the answer. Throws core::Error{kThrottled} when too many wait.
http::Response AcceptTransaction(const Interaction& interaction);

}  // namespace healthlake::rest
