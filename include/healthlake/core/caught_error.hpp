// What a boundary may tell of the exception that it caught.
#pragma once

#include <string_view>

#include "healthlake/core/error.hpp"

namespace healthlake::core {

// The exception in flight as an Error that may be shown; call it inside a catch. Causes that are
// nobody's business, kInternal and exceptions of other types, go to the log under `request_id`.
// Throws only when there is no memory left.
Error CaughtError(std::string_view request_id);

}  // namespace healthlake::core
