// The slow, exact reading of a text: says where and why it is not what Document::Parse accepts.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "healthlake/json/document.hpp"

namespace healthlake::json {

// nullopt: nothing is wrong with it. Same rules as Document::Parse.
std::optional<ParseError> Diagnose(std::string_view text, std::size_t max_depth);

}  // namespace healthlake::json
