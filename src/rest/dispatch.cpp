#include "rest/dispatch.hpp"

#include <charconv>

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "rest/headers.hpp"
#include "rest/routes.hpp"
#include "rest/type_rules.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::string_view kNotSupported = "Interaction not supported.";  // reference 4.5

http::Response NotAllowed(const std::string& allow) {
  const fhir::ErrorOutcome& row = fhir::OutcomeOf(ErrorKind::kMethodNotAllowed);
  http::Response response;
  response.status = row.status;
  response.headers.Set("Content-Type", kFhirJson);
  response.headers.Set("Allow", allow);
  response.body = fhir::OutcomeJson(core::Severity::kError, row.code, kNotSupported);
  return response;
}

// No version has a number that is none: 0 stands for it.
std::uint64_t VersionOf(std::string_view text) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc() && end == text.data() + text.size() ? version : 0;
}

}  // namespace

http::Response Dispatch(const Context& context, const http::Request& request,
                        std::span<const std::string> segments) {
  const RouteMatch match = MatchRoute(request.method, segments);
  if (!match.route) {
    if (!match.allow.empty()) return NotAllowed(match.allow);
    throw Error(ErrorKind::kUnsupported, std::string(kNotSupported));
  }
  Interaction interaction(context, request);
  if (match.route->access != Access::kNone) {
    interaction.type = LoadType(match.values.type, match.route->access, context.options.rules);
  }
  if (!match.values.id.empty()) CheckId(match.values.id);
  interaction.id = match.values.id;
  interaction.version = VersionOf(match.values.version);
  CheckAccept(request);
  return match.route->handle(interaction);
}

}  // namespace healthlake::rest
