#include "healthlake/rest/service.hpp"

#include <charconv>
#include <utility>

#include "healthlake/core/error.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "rest/capability_statement.hpp"
#include "rest/fhir_path.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"
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

class Service::Impl {
 public:
  Impl(ServiceOptions options, datastore::Registry& registry, const core::Clock& clock)
      : options_(std::move(options)), registry_(registry), capabilities_(options_, clock.Now()) {}

  http::Place PlaceOf(const http::Request& request) const {
    const std::optional<FhirPath> path = ParseFhirPath(request.path);
    if (!path) return http::Place::kPooled;
    const RouteMatch match = MatchRoute(request.method, path->segments);
    return match.route ? match.route->place : http::Place::kPooled;
  }

  http::Outcome Handle(const http::Request& request, std::string_view base_url,
                       const core::Cancel& cancel) {
    std::optional<FhirPath> path = ParseFhirPath(request.path);
    if (!path) {
      throw Error(ErrorKind::kUnknownOperation,
                  "Nothing is served here; FHIR is at /datastore/{id}/r4/.");
    }
    const std::shared_ptr<datastore::Datastore> store =
        registry_.Load(store::DatastoreId(path->datastore));
    const RouteMatch match = MatchRoute(request.method, path->segments);
    if (!match.route) {
      if (!match.allow.empty()) return NotAllowed(match.allow);
      throw Error(ErrorKind::kUnsupported, std::string(kNotSupported));
    }
    Interaction interaction{.options = options_,
                            .request = request,
                            .cancel = cancel,
                            .store = *store,
                            .capabilities = capabilities_,
                            .datastore_id = path->datastore,
                            .base = {},
                            .type = {},
                            .id = std::string(match.values.id)};
    interaction.base.append(base_url).append("/datastore/").append(path->datastore).append("/r4");
    if (match.route->access != Access::kNone) {
      interaction.type = LoadType(match.values.type, match.route->access, options_.rules);
    }
    if (!match.values.id.empty()) CheckId(match.values.id);
    interaction.version = VersionOf(match.values.version);
    CheckAccept(request);
    return match.route->handle(interaction);
  }

 private:
  const ServiceOptions options_;
  datastore::Registry& registry_;
  CapabilityStatements capabilities_;
};

Service::Service(ServiceOptions options, datastore::Registry& registry, const core::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), registry, clock)) {}

Service::~Service() = default;

http::Place Service::PlaceOf(const http::Request& request) const noexcept {
  try {
    return impl_->PlaceOf(request);
  } catch (...) {
    return http::Place::kPooled;
  }
}

http::Outcome Service::Handle(http::Request& request, std::string_view base_url,
                              const core::Cancel& cancel) {
  return impl_->Handle(request, base_url, cancel);
}

}  // namespace healthlake::rest
