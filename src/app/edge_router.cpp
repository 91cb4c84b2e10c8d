#include "edge_router.hpp"

#include <string_view>
#include <utility>
#include <variant>

#include "healthlake/aws/protocol.hpp"
#include "healthlake/aws/sigv4.hpp"
#include "healthlake/control/service.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/emulator/service.hpp"
#include "healthlake/rest/service.hpp"

namespace healthlake::app {

namespace {

// What follows is the path of a search, with the '/' that it begins with.
constexpr std::string_view kExplain = "/_emulator/explain";
constexpr std::string_view kDatastores = "/datastore/";

}  // namespace

EdgeRouter::EdgeRouter(EdgeOptions options, control::Service& control, rest::Service& rest,
                       emulator::Service& emulator)
    : options_(std::move(options)), control_(control), rest_(rest), emulator_(emulator) {}

EdgeRouter::Plane EdgeRouter::PlaneOf(const http::Request& request) noexcept {
  if (request.path.starts_with(kDatastores)) return Plane::kData;
  if (request.path.starts_with(kExplain) &&
      std::string_view(request.path).substr(kExplain.size()).starts_with(kDatastores)) {
    return Plane::kExplain;
  }
  if (emulator::Service::Serves(request.path)) return Plane::kEmulator;
  // AWS answers at "/" only, but says so in its own dialect wherever a target header is sent.
  if (request.path == "/" || request.headers.Find("X-Amz-Target")) return Plane::kControl;
  return Plane::kUnknown;
}

Dialect EdgeRouter::DialectOf(Plane plane) noexcept {
  switch (plane) {
    case Plane::kControl:
      return Dialect::kAws;
    case Plane::kData:
      return Dialect::kFhir;
    case Plane::kExplain:
    case Plane::kEmulator:
    case Plane::kUnknown:
      break;
  }
  return Dialect::kEmulator;
}

http::Place EdgeRouter::PlaceOf(const http::Request& request) const noexcept {
  switch (PlaneOf(request)) {
    case Plane::kData:
      return rest_.PlaceOf(request);
    case Plane::kExplain:
      return http::Place::kPooled;
    case Plane::kEmulator:
      return emulator::Service::PlaceOf(request.path);
    case Plane::kControl:
      try {
        const auto operation = aws::LoadOperation(request.headers.Find("X-Amz-Target"));
        return control::PlaceOf(operation) == control::Place::kInline ? http::Place::kInline
                                                                      : http::Place::kPooled;
      } catch (...) {
        return http::Place::kInline;  // an error is quickly said
      }
    case Plane::kUnknown:
      break;
  }
  return http::Place::kInline;
}

http::Outcome EdgeRouter::Handle(http::Request& request, const core::Cancel& cancel) noexcept {
  const Plane plane = PlaneOf(request);
  return WithinBoundary(DialectOf(plane), request, [&]() -> http::Outcome {
    switch (plane) {
      case Plane::kControl:
        return HandleControl(request);
      case Plane::kData:
        return rest_.Handle(request, BaseUrl(request), cancel);
      case Plane::kExplain:
        return rest_.Explain(request, std::string_view(request.path).substr(kExplain.size()),
                             cancel);
      case Plane::kEmulator:
        return emulator_.Handle(request);
      case Plane::kUnknown:
        break;
    }
    throw core::Error(
        core::ErrorKind::kUnknownOperation,
        "nothing is served here; AWS operations are POST / with X-Amz-Target, FHIR is "
        "/datastore/{id}/r4/, the emulator's own routes are under /_emulator/");
  });
}

http::Outcome EdgeRouter::HandleControl(const http::Request& request) {
  const auto operation = aws::LoadOperation(
      request.method == http::Method::kPost ? request.headers.Find("X-Amz-Target") : std::nullopt);
  const control::Call call{aws::OwnerOf(request.headers.Find("Authorization"), request.query),
                           BaseUrl(request), request.attempt};
  control::Answer answer = control_.Handle(operation, request.body, call);
  if (const auto* wait = std::get_if<control::Wait>(&answer)) {
    return http::Later{wait->topic, wait->deadline};
  }
  http::Response response;
  response.headers.Set("Content-Type", aws::kContentType);
  response.body = std::get<std::string>(std::move(answer));
  return response;
}

http::Response EdgeRouter::Refuse(const http::Request& request,
                                  http::Refusal refusal) const noexcept {
  return RefusalResponse(DialectOf(PlaneOf(request)), request, refusal);
}

std::size_t EdgeRouter::BodyLimit(const http::Request& /*request*/) const noexcept {
  return options_.body_limit;
}

std::string EdgeRouter::BaseUrl(const http::Request& request) const {
  if (!options_.public_url.empty()) return options_.public_url;
  std::string url = request.tls ? "https://" : "http://";
  url.append(request.headers.Find("Host").value_or("localhost"));
  return url;
}

}  // namespace healthlake::app
