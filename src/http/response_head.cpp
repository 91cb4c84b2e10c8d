#include "http/response_head.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <utility>

#include "http/coding.hpp"
#include "http/field.hpp"
#include "http/gzip.hpp"

namespace healthlake::http {
namespace {

namespace beast = boost::beast::http;

constexpr std::string_view kServerName = "healthlake-local";
constexpr std::string_view kRequestIdField = "x-amzn-requestid";
constexpr std::size_t kMaxFieldBytes = 65'000;  // Beast throws near 65,536

constexpr std::array<beast::field, 6> kOurs{
    beast::field::connection, beast::field::content_length, beast::field::date,
    beast::field::keep_alive, beast::field::server,         beast::field::transfer_encoding};

// Beast writes a value as it is.
std::string Cleaned(std::string_view value) {
  std::string cleaned(value);
  for (char& c : cleaned) c = kFieldValueBytes.Has(c) ? c : ' ';
  return cleaned;
}

template <typename Buffers>
void AppendBuffers(std::string& out, const Buffers& buffers) {
  for (const boost::asio::const_buffer buffer : boost::beast::buffers_range_ref(buffers)) {
    out.append(static_cast<const char*>(buffer.data()), buffer.size());
  }
}

}  // namespace

void AppendChunkStart(std::string& out, std::size_t size) {
  if (size == 0) {
    out.append("0\r\n");  // which chunk_header does not write
  } else {
    AppendBuffers(out, beast::chunk_header(size));
  }
}

bool MayHaveContent(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

void AppendHead(std::string& out, const Response& response, const HeadFacts& facts) {
  beast::response<beast::empty_body> head;
  head.version(11);
  head.result(static_cast<unsigned>(std::clamp(response.status, 200, 599)));
  for (const Header& header : response.headers) {
    const beast::field known = beast::string_to_field(header.name);
    if (std::find(kOurs.begin(), kOurs.end(), known) != kOurs.end()) continue;
    if (!IsToken(header.name) || header.name.size() > kMaxFieldBytes) continue;
    if (header.value.size() > kMaxFieldBytes) continue;
    if (kFieldValueBytes.HasAll(header.value)) {
      head.insert(known, header.name, header.value);
    } else {
      head.insert(known, header.name, Cleaned(header.value));
    }
  }
  if (head.find(kRequestIdField) == head.end()) head.insert(kRequestIdField, facts.request_id);
  head.insert(beast::field::date, facts.date);
  head.insert(beast::field::server, kServerName);
  if (facts.form == BodyForm::kLength) head.content_length(facts.content_length);
  if (facts.form == BodyForm::kChunked) head.chunked(true);
  if (!facts.keep_alive) {
    head.set(beast::field::connection, "close");
  } else if (facts.minor_version == 0) {
    head.set(beast::field::connection, "keep-alive");
  }
  beast::response_serializer<beast::empty_body> serializer(head);
  serializer.split(true);
  boost::beast::error_code ignored;  // an empty body has none
  serializer.next(ignored, [&](boost::beast::error_code&, const auto& buffers) {
    AppendBuffers(out, buffers);
  });
}

void ApplyContentCoding(const Request& request, std::size_t min_bytes, Response& response) {
  // RFC 9110 15.4.5: what the 200 would have said of caching, the 304 says too.
  if (response.status == 304) response.headers.Add("Vary", "Accept-Encoding");
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
