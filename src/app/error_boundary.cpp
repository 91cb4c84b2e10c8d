#include "error_boundary.hpp"

#include <array>
#include <string>

#include "healthlake/aws/error_codec.hpp"
#include "healthlake/aws/protocol.hpp"
#include "healthlake/core/caught_error.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/json/tree.hpp"
#include "healthlake/rest/error_response.hpp"

namespace healthlake::app {
namespace {

using core::Error;
using core::ErrorKind;

// The server's own refusals: what they are and what to tell.
struct RefusalRow {
  http::Refusal refusal;
  ErrorKind kind;
  int status;  // HTTP's own, whatever the plane
  std::string_view message;
};

constexpr auto kRefusals = std::to_array<RefusalRow>({
    {http::Refusal::kBadRequest, ErrorKind::kInvalid, 400, "The request is not valid HTTP/1.1."},
    {http::Refusal::kRequestTimeout, ErrorKind::kRequestTimeout, 408,
     "The request did not arrive in time."},
    {http::Refusal::kBodyTooLarge, ErrorKind::kTooLarge, 413,
     "The body is larger than this route takes; --body-limit raises the limit."},
    {http::Refusal::kHeaderTooLarge, ErrorKind::kTooLarge, 431, "The request header is too large."},
    {http::Refusal::kUnsupportedCoding, ErrorKind::kUnsupportedMediaType, 415,
     "Content-Encoding must be gzip or absent."},
    {http::Refusal::kOverloaded, ErrorKind::kThrottled, 503,
     "Too many requests are waiting. Please retry after some time."},
    {http::Refusal::kStopping, ErrorKind::kUnavailable, 503, "The server is stopping."},
});

http::Response AwsResponse(ErrorKind kind, std::string_view message) {
  http::Response response;
  response.status = aws::ShapeOf(kind).status;
  response.headers.Set("Content-Type", aws::kContentType);
  response.headers.Set(aws::kErrorTypeHeader, aws::ShapeOf(kind).name);
  response.body = aws::EncodeError(kind, message);
  return response;
}

http::Response EmulatorResponse(ErrorKind kind, std::string_view message) {
  const fhir::ErrorOutcome& row = fhir::OutcomeOf(kind);
  http::Response response;
  response.status = row.status;
  response.headers.Set("Content-Type", "application/json");
  response.body =
      R"({"error":)" + json::Quote(row.code) + R"(,"message":)" + json::Quote(message) + "}";
  return response;
}

http::Response Spell(Dialect dialect, const Error& error) {
  switch (dialect) {
    case Dialect::kAws:
      return AwsResponse(error.kind(), error.message());
    case Dialect::kFhir:
      return rest::ErrorResponse(error);
    case Dialect::kEmulator:
      break;
  }
  return EmulatorResponse(error.kind(), error.message());
}

// Maps the exception in flight. May itself run out of memory.
http::Response Answer(Dialect dialect, const http::Request& request) {
  const Error error = core::CaughtError(request.request_id);
  http::Response response = Spell(dialect, error);
  if (error.kind() == ErrorKind::kUnavailable || error.kind() == ErrorKind::kThrottled) {
    response.headers.Set("Retry-After", "1");
  }
  return response;
}

http::Response Bare(int status) noexcept {
  http::Response response;
  response.status = status;
  return response;
}

}  // namespace

http::Outcome WithinBoundary(Dialect dialect, const http::Request& request,
                             const std::function<http::Outcome()>& work) noexcept {
  try {
    try {
      return work();
    } catch (...) {
      return Answer(dialect, request);
    }
  } catch (...) {
    return Bare(500);  // no memory even to say so
  }
}

http::Response RefusalResponse(Dialect dialect, const http::Request& /*request*/,
                               http::Refusal refusal) noexcept {
  try {
    for (const RefusalRow& row : kRefusals) {
      if (row.refusal != refusal) continue;
      http::Response response = Spell(dialect, Error(row.kind, std::string(row.message)));
      response.status = row.status;
      if (row.status == 503) response.headers.Set("Retry-After", "1");
      return response;
    }
  } catch (...) {
    return Bare(500);
  }
  return Bare(400);
}

}  // namespace healthlake::app
