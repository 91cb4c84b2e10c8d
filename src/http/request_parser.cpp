#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>
#include <string>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kMaxEmptyLines = 4;  // before a request line (RFC 9112 2.2 asks for one)
constexpr std::size_t kMaxChunkLine = 4096;
constexpr std::size_t kMaxChunkExtensions = 65'536;
constexpr std::uint64_t kMaxChunk = std::uint64_t{1} << 60U;  // beyond any body

// Splits origin-form, absolute-form or "*" of RFC 9112 3.2; the authority of an absolute form goes
// to `authority`. CONNECT is for proxies. Beast has seen to control characters and spaces.
bool ParseTarget(std::string_view target, Request& request, std::string& authority) {
  if (target.find('#') != std::string_view::npos) return false;  // is never sent
  std::string_view origin = target;
  if (target.front() != '/') {
    if (target == "*") {
      if (request.method != Method::kOptions) return false;
    } else {
      const std::size_t scheme_end = target.find("://");
      if (scheme_end == std::string_view::npos) return false;
      const std::string_view scheme = target.substr(0, scheme_end);
      if (!EqualsIgnoringCase(scheme, "http") && !EqualsIgnoringCase(scheme, "https")) return false;
      const std::string_view rest = target.substr(scheme_end + 3);
      const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
      authority.assign(rest.substr(0, end));
      if (authority.empty() || !IsAuthority(authority)) return false;
      origin = rest.substr(end);
    }
  }
  request.target.assign(origin.starts_with('/') || origin == "*" ? "" : "/").append(origin);
  const std::size_t question = request.target.find('?');
  request.path.assign(request.target, 0, question);
  request.query.clear();
  if (question != std::string::npos) request.query.assign(request.target, question + 1);
  return true;
}

// The request line with its CRLF, when its minor version is one that Beast does not know: such a
// request is read as HTTP/1.1 (RFC 9110 2.5).
std::optional<std::string> LineOfLaterVersion(std::string_view section) {
  const std::size_t end = std::min(section.find("\r\n"), section.size());
  if (end == section.size() || end == 0 || section[end - 1] < '2' || section[end - 1] > '9') {
    return std::nullopt;
  }
  const std::string_view line = section.substr(0, end - 1);
  if (!line.ends_with(" HTTP/1.")) return std::nullopt;
  return std::string(line).append("1\r\n");
}

}  // namespace

// One request. Gets whole sections, so that every error is one of the peer's.
class RequestParser::Reader final : public beast::basic_parser<true> {
 public:
  explicit Reader(std::size_t max_header_bytes) {
    header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(max_header_bytes, std::numeric_limits<std::uint32_t>::max())));
    body_limit(boost::none);  // the session's job
  }

  // Reads one section, or a piece of content, from the front of `bytes` and cuts it off.
  error_code Read(std::string_view& bytes, Request& request) {
    request_ = &request;
    error_code error;
    bytes.remove_prefix(put({bytes.data(), bytes.size()}, error));
    return error;
  }

  std::string authority;  // of a target in absolute form
  int minor_version = 1;
  std::string_view piece;        // of content, read last
  std::uint64_t chunk_left = 0;  // of the chunk that is being read

 private:
  void on_request_impl(beast::verb /*known*/, string_view method, string_view target, int version,
                       error_code& error) override {
    request_->method = MethodOf(method);
    request_->method_text.assign(method.data(), method.size());
    minor_version = version - 10;
    if (!ParseTarget(target, *request_, authority)) error = beast::error::bad_target;
  }
  void on_response_impl(int /*code*/, string_view /*reason*/, int /*version*/,
                        error_code& /*error*/) override {}
  // Trailer fields are checked and dropped: none of them means anything to us (RFC 9110 6.5.1).
  void on_field_impl(beast::field /*known*/, string_view name, string_view value,
                     error_code& /*error*/) override {
    if (!is_header_done()) request_->headers.Add(name, value);
  }
  void on_header_impl(error_code& /*error*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         error_code& /*error*/) override {}
  std::size_t on_body_impl(string_view body, error_code& /*error*/) override {
    piece = body;
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view extensions,
                            error_code& error) override {
    chunk_left = size;
    extensions_ += extensions.size();
    if (size > kMaxChunk) error = beast::error::body_limit;
    if (extensions_ > kMaxChunkExtensions) error = beast::error::bad_chunk_extension;
  }
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body,
                                 error_code& /*error*/) override {
    piece = body;
    chunk_left = remain - body.size();
    return body.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}

  Request* request_ = nullptr;
  std::size_t extensions_ = 0;  // bytes
};

RequestParser::RequestParser(std::size_t max_header_bytes)
    : max_header_bytes_(max_header_bytes), reader_(std::make_unique<Reader>(max_header_bytes)) {}

RequestParser::~RequestParser() = default;

void RequestParser::Reset() {
  *reader_ = Reader(max_header_bytes_);
  now_ = Progress();
}

RequestParser::Step RequestParser::Next(std::string_view input, Request& request) {
  switch (now_.state) {
    case State::kHeader:
      return ReadHeader(input, request);
    case State::kContent:
      return ReadContent(input, request);
    case State::kChunkHeader:
      return ReadChunkHeader(input, request);
    case State::kEnd:
      return {Event::kEnd};
    case State::kFault:
      break;
  }
  return {Event::kFault};
}

RequestParser::Step RequestParser::Fault(Refusal refusal) {
  now_.fault = refusal;
  now_.state = State::kFault;
  return {Event::kFault};
}

std::optional<RequestParser::Step> RequestParser::NextLine(std::string_view input,
                                                           std::size_t limit, Refusal too_long) {
  switch (now_.lines.Next(input, limit)) {
    case LineWalk::Result::kNeedMore:
      return Step{Event::kNeedMore};
    case LineWalk::Result::kMalformed:
      return Fault(Refusal::kBadRequest);
    case LineWalk::Result::kTooLong:
      return Fault(too_long);
    case LineWalk::Result::kLine:
      break;
  }
  return std::nullopt;
}

RequestParser::Step RequestParser::ReadHeader(std::string_view input, Request& request) {
  std::size_t consumed = 0;
  for (; input.starts_with("\r\n"); input.remove_prefix(2), consumed += 2) {
    if (++now_.empty > kMaxEmptyLines) return Fault(Refusal::kBadRequest);
  }
  if (input.empty() || input == "\r") return {Event::kNeedMore, consumed};
  // Said at once, so that a client that speaks TLS or something else need not wait for a time-out.
  if (!kTokenBytes.Has(input.front())) return Fault(Refusal::kBadRequest);
  do {
    if (std::optional<Step> step = NextLine(input, max_header_bytes_, Refusal::kHeaderTooLarge)) {
      step->consumed = consumed;
      if (step->event == Event::kFault && now_.fault == Refusal::kHeaderTooLarge) {
        ApplyHeader(input.substr(0, max_header_bytes_), request);  // for the target
      }
      return *step;
    }
  } while (!now_.lines.line(input).empty());
  const std::size_t end = now_.lines.end();
  now_.lines = LineWalk();
  if (const auto refusal = ApplyHeader(input.substr(0, end), request)) return Fault(*refusal);
  now_.state = reader_->is_done()   ? State::kEnd
               : reader_->chunked() ? State::kChunkHeader
                                    : State::kContent;
  return {Event::kHeader, consumed + end};
}

std::optional<Refusal> RequestParser::ApplyHeader(std::string_view section, Request& request) {
  if (const std::optional<std::string> first = LineOfLaterVersion(section)) {
    std::string_view line = *first;
    if (reader_->Read(line, request) != beast::error::need_more) return Refusal::kBadRequest;
    section.remove_prefix(first->size());
  }
  const error_code error = reader_->Read(section, request);
  now_.minor_version = reader_->minor_version;
  if (error) return Refusal::kBadRequest;
  const bool is_http11 = now_.minor_version > 0;
  if (const auto refusal = CheckFields(request.headers, now_.minor_version)) return refusal;
  // In HTTP/1.0 "close" wins over "keep-alive", which Beast does not know.
  now_.keep_alive =
      reader_->keep_alive() && (is_http11 || !HasElement(request.headers, "Connection", "close"));
  now_.expects_continue =
      is_http11 && EqualsIgnoringCase(request.headers.Find("Expect").value_or(""), "100-continue");
  if (reader_->chunked()) now_.framing = Framing::kChunked;
  if (const auto length = reader_->content_length()) {
    now_.framing = Framing::kLength;
    now_.content_length = *length;
  }
  // RFC 9112 3.2.2: replaces Host.
  if (!reader_->authority.empty()) request.headers.Set("Host", reader_->authority);
  return std::nullopt;
}

RequestParser::Step RequestParser::ReadContent(std::string_view input, Request& request) {
  if (input.empty()) return {Event::kNeedMore};
  const std::size_t size = input.size();
  if (reader_->Read(input, request)) return Fault(Refusal::kBadRequest);
  if (reader_->is_done()) {
    now_.state = State::kEnd;
  } else if (reader_->chunked() && reader_->chunk_left == 0) {
    now_.state = State::kChunkHeader;
    now_.after_chunk = true;
  }
  return {Event::kBody, size - input.size(), reader_->piece};
}

// [ CRLF of the chunk before ] first line [ trailer section of the last chunk ]
RequestParser::Step RequestParser::ReadChunkHeader(std::string_view input, Request& request) {
  for (bool whole = false; !whole;) {
    const bool in_trailer = now_.trailer_start > 0;
    const auto step = in_trailer ? NextLine(input, now_.trailer_start + max_header_bytes_,
                                            Refusal::kHeaderTooLarge)
                                 : NextLine(input, kMaxChunkLine, Refusal::kBadRequest);
    if (step) return *step;
    const std::string_view line = now_.lines.line(input);
    if (in_trailer) {
      whole = line.empty();
    } else if (now_.after_chunk) {
      if (!line.empty()) return Fault(Refusal::kBadRequest);
      now_.after_chunk = false;
    } else {
      // A bare LF in a quoted extension is how requests are smuggled past other parsers.
      if (!kFieldValueBytes.HasAll(line)) return Fault(Refusal::kBadRequest);
      whole = !IsLastChunk(line);
      if (!whole) now_.trailer_start = now_.lines.end();
    }
  }
  const std::size_t end = now_.lines.end();
  now_.lines = LineWalk();
  std::string_view section = input.substr(0, end);
  if (reader_->Read(section, request)) return Fault(Refusal::kBadRequest);
  now_.state = reader_->is_done() ? State::kEnd : State::kContent;
  Step next = Next(input.substr(end), request);
  next.consumed += end;
  return next;
}

}  // namespace healthlake::http
