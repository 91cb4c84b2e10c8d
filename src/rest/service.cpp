#include "healthlake/rest/service.hpp"

#include <utility>

#include "healthlake/core/caught_error.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/rest/error_response.hpp"
#include "rest/accepted_transaction.hpp"
#include "rest/bundle.hpp"
#include "rest/capability_statement.hpp"
#include "rest/dispatch.hpp"
#include "rest/fhir_path.hpp"
#include "rest/interaction.hpp"
#include "rest/routes.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

}  // namespace

class Service::Impl {
 public:
  Impl(ServiceOptions options, datastore::Registry& registry, const core::Clock& clock)
      : options_(std::move(options)),
        registry_(registry),
        clock_(clock),
        capabilities_(options_, clock.Now()) {}

  http::Place PlaceOf(const http::Request& request) const {
    const std::optional<FhirPath> path = ParseFhirPath(request.path);
    if (!path) return http::Place::kPooled;
    const RouteMatch match = MatchRoute(request.method, path->segments);
    return match.route ? match.route->place : http::Place::kPooled;
  }

  struct Asked {
    std::string_view path;
    std::string_view base_url;
    bool explain = false;
  };

  http::Response Handle(const http::Request& request, const Asked& asked,
                        const core::Cancel& cancel) {
    std::optional<FhirPath> path = ParseFhirPath(asked.path);
    if (!path) {
      throw Error(ErrorKind::kUnknownOperation,
                  "Nothing is served here; FHIR is at /datastore/{id}/r4/.");
    }
    const std::shared_ptr<datastore::Datastore> store =
        registry_.Load(store::DatastoreId(path->datastore));
    Context context{.options = options_,
                    .clock = clock_,
                    .capabilities = capabilities_,
                    .cancel = cancel,
                    .store = *store,
                    .datastore_id = path->datastore,
                    .base = {},
                    .explain = asked.explain};
    context.base.append(asked.base_url).append(path->base);
    return Dispatch(context, request, path->segments);
  }

  http::Response RunTransaction(const AcceptedTransaction& transaction,
                                const core::Cancel& cancel) {
    const std::shared_ptr<datastore::Datastore> store =
        registry_.Load(store::DatastoreId(std::string(transaction.datastore_id)));
    const Context context{.options = options_,
                          .clock = clock_,
                          .capabilities = capabilities_,
                          .cancel = cancel,
                          .store = *store,
                          .datastore_id = std::string(transaction.datastore_id),
                          .base = std::string(transaction.base)};
    http::Request request;
    request.method = http::Method::kPost;
    request.headers = KeptHeaders(transaction.headers);
    request.request_id = transaction.id;
    PostedBundle bundle;
    ReadBundle(context, transaction.body, Waiting::kNobody, bundle);
    return Transaction(Interaction(context, request), bundle, transaction.id);
  }

 private:
  const ServiceOptions options_;
  datastore::Registry& registry_;
  const core::Clock& clock_;
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
  return impl_->Handle(request, {request.path, base_url}, cancel);
}

http::Response Service::Explain(const http::Request& request, std::string_view path,
                                const core::Cancel& cancel) {
  return impl_->Handle(request, {.path = path, .base_url = {}, .explain = true}, cancel);
}

http::Response Service::RunTransaction(const AcceptedTransaction& transaction,
                                       const core::Cancel& cancel) {
  try {
    return impl_->RunTransaction(transaction, cancel);
  } catch (...) {
    return ErrorResponse(core::CaughtError(transaction.id));
  }
}

}  // namespace healthlake::rest
