// What RFC 9112 says a server MUST reject in a request and Beast 1.81 lets pass: rules on the raw
// lines before Beast sees them, and rules on the fields that it has read.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

// Walks over lines while their bytes arrive. None may end with a bare LF (RFC 9112 2.2) or start
// with white space (obs-fold, RFC 9112 5.2).
class LineWalk {
 public:
  enum class Result { kNeedMore, kLine, kMalformed, kTooLong };

  // To the next line of `input`, which always starts with the same byte; at most `limit` bytes may
  // be gone over, line ends included.
  Result Next(std::string_view input, std::size_t limit);
  std::string_view line(std::string_view input) const {
    return input.substr(start_, end_ - start_ - 2);
  }
  std::size_t end() const noexcept { return end_; }  // of the line, past its CRLF

 private:
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;
};

// uri-host [ ":" port ] of RFC 9110 7.2; empty is allowed.
bool IsAuthority(std::string_view text);

// Whether a chunk's first line is the one before the trailer section (RFC 9112 7.1).
bool IsLastChunk(std::string_view line);

// Why these fields of an HTTP/1.`minor_version` request must be refused, if they must.
std::optional<Refusal> CheckFields(const Headers& headers, int minor_version);

}  // namespace healthlake::http
