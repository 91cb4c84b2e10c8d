// JSON text made readable.
#pragma once

#include <string>
#include <string_view>

namespace healthlake::json {

// `text`, which must be JSON, with a line for each member and item, two spaces deeper in each level
// up to a depth of 32. Nothing but white space is changed: numbers and strings keep their text.
std::string Indent(std::string_view text);

}  // namespace healthlake::json
