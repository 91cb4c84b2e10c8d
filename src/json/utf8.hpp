// Where a text stops being UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace healthlake::json {

// npos when all of it is valid: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t FirstInvalidUtf8(std::string_view text) noexcept;

}  // namespace healthlake::json
