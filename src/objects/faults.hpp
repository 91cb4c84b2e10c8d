// Faults of the file system as core::Error that names the URI.
#pragma once

#include <string_view>

#include "healthlake/objects/object_storage.hpp"

namespace healthlake::objects {

// `error` is an errno. `action` completes "cannot be …": "read", "written", "listed".
[[noreturn]] void ThrowFault(int error, const ObjectUri& uri, std::string_view action);

}  // namespace healthlake::objects
