// Bytes of a connection to requests, strictly and incrementally, without any I/O. Beast reads them;
// what RFC 9112 says a server MUST reject and Beast 1.81 lets pass is caught around it by
// head_rules: obs-fold (Beast joins the lines), a bare LF in a quoted chunk extension, a body coded
// "gzip, chunked" or chunked in HTTP/1.0, a list of lengths, requests without a Host. So that those
// rules see every byte first, Beast gets only whole sections: a header, a chunk's first line, the
// last chunk with its trailers (which Beast would take for headers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "healthlake/http/message.hpp"
#include "http/head_rules.hpp"

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
  explicit RequestParser(std::size_t max_header_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  void Reset();

  // `input` holds every byte not yet consumed, in a row: until kHeader nothing but empty lines is
  // consumed, so that the caller grows its buffer. Fills `request` at kHeader.
  Step Next(std::string_view input, Request& request);

  Framing framing() const noexcept { return now_.framing; }
  std::uint64_t content_length() const noexcept { return now_.content_length; }
  bool keep_alive() const noexcept { return now_.keep_alive; }
  int minor_version() const noexcept { return now_.minor_version; }  // of HTTP/1.x
  // Whether the client waits for "100 Continue" before it sends the body (RFC 9110 10.1.1).
  bool expects_continue() const noexcept { return now_.expects_continue; }
  Refusal fault() const noexcept { return now_.fault; }

 private:
  class Reader;  // Beast's parser, kept out of this header for the time it takes to compile
  enum class State { kHeader, kContent, kChunkHeader, kEnd, kFault };
  struct Progress {  // in one request
    State state = State::kHeader;
    LineWalk lines{};
    std::size_t empty = 0;          // lines before the request line
    std::size_t trailer_start = 0;  // in the input; 0 until the last chunk's first line is seen
    bool after_chunk = false;       // the next chunk's first line follows a CRLF
    Framing framing = Framing::kNone;
    std::uint64_t content_length = 0;
    int minor_version = 1;
    bool keep_alive = true;
    bool expects_continue = false;
    Refusal fault = Refusal::kBadRequest;
  };

  Step ReadHeader(std::string_view input, Request& request);
  Step ReadContent(std::string_view input, Request& request);
  Step ReadChunkHeader(std::string_view input, Request& request);
  // The step to answer with when there is no next line.
  std::optional<Step> NextLine(std::string_view input, std::size_t limit, Refusal too_long);
  // Has Beast read the whole header section, and takes from it what the session asks for.
  std::optional<Refusal> ApplyHeader(std::string_view section, Request& request);
  Step Fault(Refusal refusal);

  const std::size_t max_header_bytes_;
  std::unique_ptr<Reader> reader_;
  Progress now_;
};

}  // namespace healthlake::http
