// The model's regular expressions, compiled once.
#pragma once

#include <string_view>

namespace healthlake::aws {

// Whether the whole of `text` (UTF-8) matches pattern `index` of the model. Thread-safe, linear.
bool MatchesPattern(int index, std::string_view text);

}  // namespace healthlake::aws
