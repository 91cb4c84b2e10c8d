// A JSON value to build and change: answers, manifests, control-plane messages. Not for resources,
// whose bytes must be kept: those are Documents.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::json {

// Members keep the order in which they were put.
using Tree = nlohmann::ordered_json;

// nullopt when the text is not one JSON value in UTF-8, has a number beyond double, or is nested
// deeper than `max_depth`. Of members with the same name the last one counts.
std::optional<Tree> ParseTree(std::string_view text, std::size_t max_depth = 64);

// Compact; invalid UTF-8 in a string becomes U+FFFD, so that writing never fails.
std::string Write(const Tree& tree);
std::string WritePretty(const Tree& tree);

// `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
void AppendQuoted(std::string& out, std::string_view text);
std::string Quote(std::string_view text);

}  // namespace healthlake::json
