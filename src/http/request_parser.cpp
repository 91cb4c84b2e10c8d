#include "http/request_parser.hpp"

#include <algorithm>
#include <optional>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

constexpr std::size_t kMaxEmptyLines = 4;  // before a request line (RFC 9112 2.2 asks for one)
constexpr std::size_t kMaxFields = 256;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxChunkLine = 4096;
constexpr std::size_t kMaxChunkExtensions = 65'536;

constexpr ByteSet kHostBytes = ByteSet::Of([](unsigned char c) {
  return IsAlphanumeric(c) ||
         std::string_view("-._~%!$&'()*+,;=").find(static_cast<char>(c)) != std::string_view::npos;
});
constexpr ByteSet kAddressBytes =  // inside [ ] of an IP literal
    ByteSet::Of([](unsigned char c) { return IsAlphanumeric(c) || c == ':' || c == '.'; });
constexpr ByteSet kDigits = ByteSet::Of([](unsigned char c) { return c >= '0' && c <= '9'; });
// Bytes over 0x7F are let through for clients that do not encode their queries; '#' is never sent.
constexpr ByteSet kTargetBytes =
    ByteSet::Of([](unsigned char c) { return c > 0x20 && c != 0x7F && c != '#'; });

// uri-host [ ":" port ] of RFC 9110 7.2; empty is allowed.
bool IsAuthority(std::string_view text) {
  std::size_t host_end = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    if (!kAddressBytes.HasAll(text.substr(1, bracket - 1))) return false;
    host_end = bracket + 1;
  } else if (!kHostBytes.HasAll(text.substr(0, host_end))) {
    return false;
  }
  const std::string_view port = text.substr(host_end);
  return port.empty() || (port.front() == ':' && kDigits.HasAll(port.substr(1)));
}

std::optional<std::uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || text.size() > 19 || !kDigits.HasAll(text)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

int HexValue(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = LowerAscii(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

struct FieldLine {
  std::string_view name;
  std::string_view value;
};

// field-line of RFC 9112 5; a line that starts with white space (obs-fold) has no name and fails.
std::optional<FieldLine> ParseFieldLine(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const FieldLine field{line.substr(0, colon), TrimWhitespace(line.substr(colon + 1))};
  if (!IsToken(field.name) || !kFieldValueBytes.HasAll(field.value)) return std::nullopt;
  return field;
}

}  // namespace

void RequestParser::Reset() {
  state_ = State::kHeader;
  scanned_ = line_start_ = section_ = 0;
  remaining_ = content_length_ = 0;
  framing_ = Framing::kNone;
  minor_version_ = 1;
  keep_alive_ = true;
  expects_continue_ = has_authority_ = false;
  authority_.clear();
}

RequestParser::Step RequestParser::Next(std::string_view input, Request& request) {
  switch (state_) {
    case State::kHeader:
      return ReadHeader(input, request);
    case State::kLength:
    case State::kChunkData:
      return ReadContent(input);
    case State::kChunkSize:
      return ReadChunkSize(input);
    case State::kChunkEnd:
      return ReadChunkEnd(input);
    case State::kTrailer:
      return ReadTrailer(input);
    case State::kEnd:
      return {Event::kEnd};
    case State::kFault:
      break;
  }
  return {Event::kFault};
}

RequestParser::Step RequestParser::Fault(Refusal refusal) {
  fault_ = refusal;
  state_ = State::kFault;
  return {Event::kFault};
}

RequestParser::Step RequestParser::ReadHeader(std::string_view input, Request& request) {
  std::size_t skipped = 0;
  while (input.starts_with("\r\n")) {
    input.remove_prefix(2);
    skipped += 2;
    section_ += 2;
    if (section_ > 2 * kMaxEmptyLines) return Fault(Refusal::kBadRequest);
  }
  if (input.empty() || input == "\r") return {Event::kNeedMore, skipped};
  // Said at once, so that a client that speaks TLS or something else need not wait for a time-out.
  if (!kTokenBytes.Has(input.front())) return Fault(Refusal::kBadRequest);
  for (;;) {
    const std::size_t line_feed = input.find('\n', scanned_);
    if (std::min(line_feed, input.size()) >= max_header_bytes_) {
      const std::size_t line_end = input.find("\r\n");
      if (line_end != std::string_view::npos) ParseRequestLine(input.substr(0, line_end), request);
      return Fault(Refusal::kHeaderTooLarge);
    }
    if (line_feed == std::string_view::npos) {
      scanned_ = input.size();
      return {Event::kNeedMore, skipped};
    }
    if (line_feed == 0 || input[line_feed - 1] != '\r') return Fault(Refusal::kBadRequest);
    scanned_ = line_feed + 1;
    if (line_feed == line_start_ + 1) break;
    line_start_ = scanned_;
  }
  state_ = State::kEnd;
  fault_ = Refusal::kBadRequest;
  if (!ParseHeader(input.substr(0, scanned_ - 2), request)) return Fault(fault_);
  const std::size_t consumed = skipped + scanned_;
  scanned_ = section_ = 0;
  return {Event::kHeader, consumed};
}

bool RequestParser::ParseHeader(std::string_view section, Request& request) {
  std::size_t end = section.find("\r\n");
  if (!ParseRequestLine(section.substr(0, end), request)) return false;
  section.remove_prefix(end + 2);
  std::size_t count = 0;
  while (!section.empty()) {
    end = section.find("\r\n");
    const std::optional<FieldLine> field = ParseFieldLine(section.substr(0, end));
    if (!field) return false;
    if (++count > kMaxFields) {
      fault_ = Refusal::kHeaderTooLarge;
      return false;
    }
    request.headers.Add(field->name, field->value);
    section.remove_prefix(end + 2);
  }
  return ApplyFields(request);
}

// method SP request-target SP HTTP-version (RFC 9112 3), single spaces.
bool RequestParser::ParseRequestLine(std::string_view line, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method)) return false;
  request.method = MethodOf(method);
  request.method_text.assign(method);
  if (!ParseTarget(target, request)) return false;
  // A higher minor version is read as the highest that we know (RFC 9110 2.5).
  if (version.size() != 8 || !version.starts_with("HTTP/1.") || !kDigits.Has(version[7])) {
    return false;
  }
  minor_version_ = version[7] == '0' ? 0 : 1;
  return true;
}

// origin-form, absolute-form or "*" of RFC 9112 3.2. CONNECT is for proxies.
bool RequestParser::ParseTarget(std::string_view target, Request& request) {
  if (target.empty() || !kTargetBytes.HasAll(target)) return false;
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
      authority_.assign(rest.substr(0, end));
      if (authority_.empty() || !IsAuthority(authority_)) return false;
      has_authority_ = true;
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

bool RequestParser::ApplyFields(Request& request) {
  std::size_t hosts = 0;
  bool close = false;
  bool keep = false;
  for (const Header& header : request.headers) {
    if (header.name.size() == 4 && EqualsIgnoringCase(header.name, "host")) {
      if (++hosts > 1 || !IsAuthority(header.value)) return false;
    } else if (header.name.size() == 10 && EqualsIgnoringCase(header.name, "connection")) {
      ForEachElement(header.value, [&](std::string_view option) {
        close = close || EqualsIgnoringCase(option, "close");
        keep = keep || EqualsIgnoringCase(option, "keep-alive");
      });
    } else if (header.name.size() == 6 && EqualsIgnoringCase(header.name, "expect")) {
      expects_continue_ = minor_version_ > 0 && EqualsIgnoringCase(header.value, "100-continue");
    }
  }
  if (hosts == 0 && minor_version_ > 0) return false;
  keep_alive_ = !close && (minor_version_ > 0 || keep);
  if (!ApplyFraming(request)) return false;
  if (has_authority_) request.headers.Set("Host", authority_);  // RFC 9112 3.2.2: replaces Host
  return true;
}

bool RequestParser::ApplyFraming(const Request& request) {
  std::size_t lengths = 0;
  std::size_t codings = 0;
  for (const Header& header : request.headers) {
    if (header.name.size() == 14 && EqualsIgnoringCase(header.name, "content-length")) {
      // RFC 9112 6.3 allows to take equal repeated values for one; refusing them is simpler to
      // trust.
      const std::optional<std::uint64_t> length = ParseDecimal(header.value);
      if (!length || ++lengths > 1) return false;
      content_length_ = *length;
    } else if (header.name.size() == 17 && EqualsIgnoringCase(header.name, "transfer-encoding")) {
      if (++codings > 1 || !EqualsIgnoringCase(header.value, "chunked")) return false;
    }
  }
  if (codings > 0 && (lengths > 0 || minor_version_ == 0)) return false;  // RFC 9112 6.1
  if (codings > 0) {
    framing_ = Framing::kChunked;
    state_ = State::kChunkSize;
  } else if (lengths > 0) {
    framing_ = Framing::kLength;
    remaining_ = content_length_;
    if (remaining_ > 0) state_ = State::kLength;
  }
  return true;
}

RequestParser::Step RequestParser::ReadContent(std::string_view input) {
  if (input.empty()) return {Event::kNeedMore};
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
  remaining_ -= size;
  if (remaining_ == 0) state_ = state_ == State::kLength ? State::kEnd : State::kChunkEnd;
  return {Event::kBody, size, input.substr(0, size)};
}

bool RequestParser::FindLineEnd(std::string_view input, std::size_t& line_feed) {
  line_feed = input.find('\n', scanned_);
  if (line_feed == std::string_view::npos) {
    scanned_ = input.size();
    return false;
  }
  scanned_ = 0;
  return true;
}

// chunk-size [ chunk-ext ] CRLF (RFC 9112 7.1). Extensions are read over, but never with a control
// character in them: a bare LF there is how requests are smuggled past other parsers.
RequestParser::Step RequestParser::ReadChunkSize(std::string_view input) {
  std::size_t line_feed = 0;
  const bool found = FindLineEnd(input, line_feed);
  if (std::min(line_feed, input.size()) > kMaxChunkLine) return Fault(Refusal::kBadRequest);
  if (!found) return {Event::kNeedMore};
  if (line_feed == 0 || input[line_feed - 1] != '\r') return Fault(Refusal::kBadRequest);
  const std::string_view line = input.substr(0, line_feed - 1);
  std::uint64_t size = 0;
  std::size_t digits = 0;
  while (digits < line.size() && HexValue(line[digits]) >= 0) {
    size = (size << 4U) | static_cast<std::uint64_t>(HexValue(line[digits]));
    ++digits;
  }
  const std::string_view rest = line.substr(digits);
  const std::string_view extension = TrimWhitespace(rest);
  section_ += rest.size();
  if (digits == 0 || digits > 15 || section_ > kMaxChunkExtensions ||
      (!rest.empty() && !extension.starts_with(';')) || !kFieldValueBytes.HasAll(rest)) {
    return Fault(Refusal::kBadRequest);
  }
  remaining_ = size;
  state_ = size == 0 ? State::kTrailer : State::kChunkData;
  if (size == 0) section_ = 0;
  Step next = size == 0 ? ReadTrailer(input.substr(line_feed + 1))
                        : ReadContent(input.substr(line_feed + 1));
  next.consumed += line_feed + 1;
  return next;
}

RequestParser::Step RequestParser::ReadChunkEnd(std::string_view input) {
  const std::string_view seen = input.substr(0, 2);
  if (seen != kLineEnd.substr(0, seen.size())) return Fault(Refusal::kBadRequest);
  if (seen.size() < 2) return {Event::kNeedMore};
  state_ = State::kChunkSize;
  Step next = ReadChunkSize(input.substr(2));
  next.consumed += 2;
  return next;
}

// Trailer fields are checked and dropped: none of them means anything to us (RFC 9110 6.5.1).
RequestParser::Step RequestParser::ReadTrailer(std::string_view input) {
  std::size_t consumed = 0;
  for (;;) {
    std::size_t line_feed = 0;
    const bool found = FindLineEnd(input, line_feed);
    if (section_ + std::min(line_feed, input.size()) > max_header_bytes_) {
      return Fault(Refusal::kHeaderTooLarge);
    }
    if (!found) return {Event::kNeedMore, consumed};
    if (line_feed == 0 || input[line_feed - 1] != '\r') return Fault(Refusal::kBadRequest);
    const std::string_view line = input.substr(0, line_feed - 1);
    input.remove_prefix(line_feed + 1);
    consumed += line_feed + 1;
    section_ += line_feed + 1;
    if (line.empty()) {
      state_ = State::kEnd;
      return {Event::kEnd, consumed};
    }
    if (!ParseFieldLine(line)) return Fault(Refusal::kBadRequest);
  }
}

}  // namespace healthlake::http
