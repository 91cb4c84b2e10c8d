#include "http/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "http/coding.hpp"
#include "http/field.hpp"
#include "http/gzip.hpp"

namespace healthlake::http {
namespace {

constexpr std::string_view kServerName = "healthlake-local";
constexpr std::string_view kRequestIdField = "x-amzn-requestid";

constexpr std::array<std::string_view, 6> kOurs{
    "Connection", "Content-Length", "Date", "Keep-Alive", "Server", "Transfer-Encoding"};
constexpr std::array<std::pair<int, std::string_view>, 41> kReasons{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

// A reason phrase may be empty (RFC 9112 4).
std::string_view ReasonOf(int status) {
  const auto* found = std::lower_bound(
      kReasons.begin(), kReasons.end(), status,
      [](const std::pair<int, std::string_view>& row, int value) { return row.first < value; });
  return found != kReasons.end() && found->first == status ? found->second : std::string_view();
}

void AppendNumber(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

bool IsOurs(std::string_view name) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view ours) { return EqualsIgnoringCase(ours, name); });
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  if (kFieldValueBytes.HasAll(value)) {
    out.append(value);
  } else {
    for (const char c : value) out.push_back(kFieldValueBytes.Has(c) ? c : ' ');
  }
  out.append("\r\n");
}

}  // namespace

void AppendChunkStart(std::string& out, std::size_t size) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
  out.append(digits.data(), end.ptr).append("\r\n");
}

bool MayHaveContent(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

void AppendHead(std::string& out, const Response& response, const HeadFacts& facts) {
  out.append("HTTP/1.1 ");
  AppendNumber(out, static_cast<std::size_t>(std::clamp(response.status, 200, 599)));
  out.append(" ").append(ReasonOf(response.status)).append("\r\n");
  bool has_request_id = false;
  for (const Header& header : response.headers) {
    if (!IsToken(header.name) || IsOurs(header.name)) continue;
    has_request_id = has_request_id || EqualsIgnoringCase(header.name, kRequestIdField);
    AppendField(out, header.name, header.value);
  }
  if (!has_request_id) AppendField(out, kRequestIdField, facts.request_id);
  AppendField(out, "Date", facts.date);
  AppendField(out, "Server", kServerName);
  if (facts.form == BodyForm::kLength) {
    out.append("Content-Length: ");
    AppendNumber(out, facts.content_length);
    out.append("\r\n");
  } else if (facts.form == BodyForm::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (!facts.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (facts.minor_version == 0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void ApplyContentCoding(const Request& request, std::size_t min_bytes, Response& response) {
  if (response.source || response.body.size() < min_bytes || response.body.empty()) return;
  if (!MayHaveContent(response.status) || response.status == 206) return;
  if (response.headers.Find("Content-Encoding")) return;
  if (!IsCompressible(response.headers.Find("Content-Type").value_or(""))) return;
  std::string coded;
  if (PrefersGzip(request.headers)) coded = Gzip(response.body);
  response.headers.Add("Vary", "Accept-Encoding");
  if (coded.empty()) return;
  response.headers.Add("Content-Encoding", "gzip");
  response.body = std::move(coded);
}

}  // namespace healthlake::http
