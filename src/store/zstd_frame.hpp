// Single texts as zstd frames without a dictionary.
#pragma once

#include <string>
#include <string_view>

namespace healthlake::store {

// Level 1, with the content's size. Throws core::Error{kInternal} when memory is short.
std::string CompressFrame(std::string_view text);

// Throws core::Error{kInternal} that names `what` for bytes that are no such frame.
std::string DecompressFrame(std::string_view frame, std::string_view what);

}  // namespace healthlake::store
