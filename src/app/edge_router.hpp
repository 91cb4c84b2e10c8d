// Where a request goes: the control plane, a data store, or the emulator itself.
#pragma once

#include <cstddef>
#include <string>

#include "error_boundary.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::control {
class Service;
}
namespace healthlake::emulator {
class Service;
}
namespace healthlake::rest {
class Service;
}

namespace healthlake::app {

struct EdgeOptions {
  std::size_t body_limit = std::size_t{5} << 20;
  std::string public_url;  // without a '/' at its end; empty: the Host header tells
};

// Thread-safe. What it is given must outlive it.
class EdgeRouter final : public http::Application {
 public:
  EdgeRouter(EdgeOptions options, control::Service& control, rest::Service& rest,
             emulator::Service& emulator);

  http::Place PlaceOf(const http::Request& request) const noexcept override;
  http::Outcome Handle(http::Request& request, const core::Cancel& cancel) noexcept override;
  http::Response Refuse(const http::Request& request,
                        http::Refusal refusal) const noexcept override;
  std::size_t BodyLimit(const http::Request& request) const noexcept override;

 private:
  enum class Plane { kControl, kData, kExplain, kEmulator, kUnknown };
  static Plane PlaneOf(const http::Request& request) noexcept;
  static Dialect DialectOf(Plane plane) noexcept;
  std::string BaseUrl(const http::Request& request) const;
  http::Outcome HandleControl(const http::Request& request);

  EdgeOptions options_;
  control::Service& control_;
  rest::Service& rest_;
  emulator::Service& emulator_;
};

}  // namespace healthlake::app
