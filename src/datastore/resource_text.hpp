// A resource's text with what the server sets in it: id, meta.versionId, meta.lastUpdated, the
// validation-issue extension.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::datastore {

// What stands in the text.
struct Stamp {
  std::string_view id;
  std::uint64_t version = 1;
  core::Timestamp last_updated{};
  bool flagged = false;  // the extension stands in it (reference 2.9)
};

// Where it stands, so that it can be changed without reading the text again.
struct StampPlaces {
  std::size_t version = 0;  // the first digit
  std::size_t version_length = 0;
  std::size_t last_updated = 0;  // the first character of kInstantLength
};
inline constexpr std::size_t kInstantLength = 24;

// Replaces `out` by the minified text of `resource` (an object whose `meta`, if any, is an object;
// to be flagged, one whose `extension`, if any, is an array). Everything keeps its place and its
// spelling; what is absent comes last, meta before id (reference 4.3). A validation-issue extension
// that an earlier write left goes.
StampPlaces StampResource(const json::Value& resource, const Stamp& stamp, std::string& out);

// The same text with another version and time; replaces `out`.
void Restamp(std::string_view text, const StampPlaces& places, std::uint64_t version,
             core::Timestamp last_updated, std::string& out);

}  // namespace healthlake::datastore
