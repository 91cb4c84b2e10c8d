#include "rest/dispatch.hpp"

#include "healthlake/core/error.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/indent.hpp"
#include "rest/binary.hpp"
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

bool IsBinary(fhir::ResourceType type) {
  static const fhir::ResourceType binary = fhir::FindResourceType("Binary").value();
  return type == binary;
}

// A Binary may come and go as the content that it holds.
http::Response DispatchBinary(const Route& route, const Interaction& interaction) {
  const http::Request& request = interaction.request;
  const bool read = route.name == "read" || route.name == "vread";
  if (read && AsksForContent(interaction)) {
    return ContentResponse(interaction, route.handle(interaction));
  };
  CheckAccept(request);
  const bool whole = (request.method == http::Method::kPost && route.access == Access::kCreate) ||
                     (request.method == http::Method::kPut && route.access == Access::kUpdate);
  if (!whole || !IsContent(request)) return route.handle(interaction);
  const http::Request resource = ResourceRequest(request, interaction.id);
  Interaction as_resource(interaction, resource);
  as_resource.type = interaction.type;
  as_resource.id = interaction.id;
  return route.handle(as_resource);
}

http::Response Answer(const Route& route, const Interaction& interaction) {
  if (IsBinary(interaction.type)) return DispatchBinary(route, interaction);
  CheckAccept(interaction.request);
  return route.handle(interaction);
}

// Readable text is for people; beyond this size nobody reads it, and it takes several times the
// memory.
constexpr std::size_t kMaxPretty = std::size_t{16} << 20;

void Prettify(http::Response& response) {
  if (response.headers.Find("Content-Type") != kFhirJson || response.body.size() > kMaxPretty) {
    return;
  }
  response.body = json::Indent(response.body);
}

}  // namespace

http::Response Dispatch(const Context& context, const http::Request& request,
                        std::span<const std::string> segments) {
  const RouteMatch match = MatchRoute(request.method, segments);
  if (!match.route) {
    if (!match.allow.empty()) return NotAllowed(match.allow);
    throw Error(ErrorKind::kUnsupported, std::string(kNotSupported));
  }
  if (!match.route->only_r4.empty() && context.HealthLakeRules()) {
    throw Error(ErrorKind::kUnsupported, "HealthLake has no " + std::string(match.route->only_r4) +
                                             "; this server has it with --compat r4.");
  }
  if (context.explain && match.route->access != Access::kSearch) {
    throw Error(ErrorKind::kUnsupported, "Only searches can be explained.");
  }
  Interaction interaction(context, request);
  if (match.route->access != Access::kNone && !match.values.type.empty()) {
    interaction.type = LoadType(match.values.type, match.route->access, context.options.rules);
  }
  if (!match.values.compartment.empty()) {
    interaction.compartment = fhir::FindResourceType(match.values.compartment).value();
  }
  if (!match.values.id.empty()) CheckId(match.values.id);
  interaction.id = match.values.id;
  interaction.version = ParseVersion(match.values.version);
  CheckConsistencyLevel(request);
  http::Response response = Answer(*match.route, interaction);
  if (!context.in_bundle && WantsPretty(request)) Prettify(response);
  return response;
}

}  // namespace healthlake::rest
