#include "error_boundary.hpp"

#include <array>
#include <exception>
#include <new>
#include <string>

#include "healthlake/aws/error_codec.hpp"
#include "healthlake/aws/protocol.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/tree.hpp"

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

http::Response FhirResponse(ErrorKind kind, std::string_view message, const core::Issues& issues) {
  const fhir::ErrorOutcome& row = fhir::OutcomeOf(kind);
  http::Response response;
  response.status = row.status;
  response.headers.Set("Content-Type", "application/fhir+json");
  response.body = issues.empty() ? fhir::OutcomeJson(core::Severity::kError, row.code, message)
                                 : fhir::OutcomeJson(issues);
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

http::Response Spell(Dialect dialect, ErrorKind kind, std::string_view message,
                     const core::Issues& issues) {
  switch (dialect) {
    case Dialect::kAws:
      return AwsResponse(kind, message);
    case Dialect::kFhir:
      return FhirResponse(kind, message, issues);
    case Dialect::kEmulator:
      break;
  }
  return EmulatorResponse(kind, message);
}

http::Response Internal(Dialect dialect, const http::Request& request, std::string_view cause) {
  core::Log(core::LogLevel::kError, "internal error",
            {{"request_id", std::string_view(request.request_id)}, {"cause", cause}});
  return Spell(dialect, ErrorKind::kInternal,
               "An internal error occurred; the log has its cause under this request id.", {});
}

// Maps the exception in flight. May itself run out of memory.
http::Response Answer(Dialect dialect, const http::Request& request) {
  try {
    throw;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) return Internal(dialect, request, error.what());
    http::Response response = Spell(dialect, error.kind(), error.message(), error.issues());
    if (error.kind() == ErrorKind::kUnavailable || error.kind() == ErrorKind::kThrottled) {
      response.headers.Set("Retry-After", "1");
    }
    return response;
  } catch (const std::bad_alloc&) {
    return Spell(dialect, ErrorKind::kUnavailable, "Out of memory for this request.", {});
  } catch (const std::exception& error) {
    return Internal(dialect, request, error.what());
  } catch (...) {
    return Internal(dialect, request, "an exception of no known type");
  }
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
      http::Response response = Spell(dialect, row.kind, row.message, {});
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
