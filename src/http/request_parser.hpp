// Bytes of a connection to requests: RFC 9112, strictly and incrementally, without any I/O.
//
// It is our own because a general parser is too friendly for a server that must reject what RFC
// 9112 says it must: Beast 1.81 joins obs-fold lines, takes trailers for headers, lets a bare LF
// pass in a quoted chunk extension and leaves a body coded "gzip, chunked" or sent with HTTP/1.0 to
// the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "healthlake/http/message.hpp"

namespace healthlake::http {

// How the end of a request's body is known (RFC 9112 6.3).
enum class Framing { kNone, kLength, kChunked };

// One request at a time; Reset before the next. After kFault the connection cannot be read on.
class RequestParser {
 public:
  enum class Event {
    kNeedMore,  // every byte that could be used was used
    kHeader,    // request line and header section are read; framing() and request are valid
    kBody,      // `body` is the next piece of content
    kEnd,       // the request is complete
    kFault,     // see fault()
  };
  struct Step {
    Event event = Event::kNeedMore;
    std::size_t consumed = 0;  // bytes to drop from the front of the input
    std::string_view body{};   // within the input
  };

  // The request line and the header section together may have `max_header_bytes`; so may the
  // trailer section.
  explicit RequestParser(std::size_t max_header_bytes) : max_header_bytes_(max_header_bytes) {}

  void Reset();

  // `input` holds every byte not yet consumed, in a row: until kHeader nothing but empty lines is
  // consumed, so that the caller grows its buffer. Fills `request` at kHeader.
  Step Next(std::string_view input, Request& request);

  Framing framing() const noexcept { return framing_; }
  std::uint64_t content_length() const noexcept { return content_length_; }
  bool keep_alive() const noexcept { return keep_alive_; }
  int minor_version() const noexcept { return minor_version_; }  // of HTTP/1.x
  // Whether the client waits for "100 Continue" before it sends the body (RFC 9110 10.1.1).
  bool expects_continue() const noexcept { return expects_continue_; }
  Refusal fault() const noexcept { return fault_; }

 private:
  enum class State { kHeader, kLength, kChunkSize, kChunkData, kChunkEnd, kTrailer, kEnd, kFault };

  Step ReadHeader(std::string_view input, Request& request);
  Step ReadContent(std::string_view input);
  Step ReadChunkSize(std::string_view input);
  Step ReadChunkEnd(std::string_view input);
  Step ReadTrailer(std::string_view input);
  Step Fault(Refusal refusal);

  // Finds the next line end at or after scanned_; false when there is none yet or it is malformed.
  bool FindLineEnd(std::string_view input, std::size_t& line_feed);
  bool ParseHeader(std::string_view section, Request& request);
  bool ParseRequestLine(std::string_view line, Request& request);
  bool ParseTarget(std::string_view target, Request& request);
  bool ApplyFields(Request& request);
  bool ApplyFraming(const Request& request);

  const std::size_t max_header_bytes_;
  State state_ = State::kHeader;
  std::size_t scanned_ = 0;     // bytes of the unconsumed input that hold no unread line end
  std::size_t line_start_ = 0;  // of the line that is being scanned
  std::size_t section_ = 0;     // bytes of empty lines, or of the trailer section, consumed
  std::uint64_t remaining_ = 0;
  Framing framing_ = Framing::kNone;
  std::uint64_t content_length_ = 0;
  int minor_version_ = 1;
  bool keep_alive_ = true;
  bool expects_continue_ = false;
  std::string authority_;  // of a target in absolute form
  bool has_authority_ = false;
  Refusal fault_ = Refusal::kBadRequest;
};

}  // namespace healthlake::http
