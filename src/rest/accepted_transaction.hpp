// What a transaction that runs later keeps of the request that brought it.
#pragma once

#include <string>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::rest {

// The fields that matter to its entries, as the text of AcceptedTransaction::headers.
std::string KeepHeaders(const http::Headers& headers);
http::Headers KeptHeaders(std::string_view text);

}  // namespace healthlake::rest
