// Texts for the Message of a failed job.
#pragma once

#include <string>
#include <string_view>

namespace healthlake::jobs {

// `text` as the model's pattern ([\p{L}\p{Z}\p{N}_.:/=+\-%@]*, 1 to 2048 characters) allows it:
// quotes, brackets, commas and their like are left out, any other byte outside of it becomes %XX.
std::string JobMessage(std::string_view text);

}  // namespace healthlake::jobs
