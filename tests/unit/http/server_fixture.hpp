// A running server with an application made of functions.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "healthlake/core/signals.hpp"
#include "healthlake/http/server.hpp"
#include "support/fake_clock.hpp"
#include "support/raw_connection.hpp"
#include "support/sequential_ids.hpp"

namespace healthlake::http {

inline Response Plain(std::string body, int status = 200) {
  Response response;
  response.status = status;
  response.headers.Add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

// Set the functions before the server starts. Without `handle` it tells what it got.
class ScriptedApplication final : public Application {
 public:
  std::function<Outcome(Request&, const core::Cancel&)> handle;
  std::atomic<Place> place = Place::kInline;
  std::size_t body_limit = 1000;

  Place PlaceOf(const Request&) const noexcept override { return place; }
  Outcome Handle(Request& request, const core::Cancel& cancel) noexcept override {
    if (handle) return handle(request, cancel);
    return Plain(request.method_text + " " + request.path + " [" + request.query + "] " +
                 request.body);
  }
  Response Refuse(const Request& request, Refusal refusal) const noexcept override {
    static constexpr std::array<int, 7> kStatus{400, 408, 413, 431, 415, 503, 503};
    Response response = Plain("refused " + request.path, kStatus.at(std::size_t(refusal)));
    if (refusal == Refusal::kStopping) response.body = "stopping";
    return response;
  }
  std::size_t BodyLimit(const Request&) const noexcept override { return body_limit; }
};

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() { options_.port = 0; }

  void Start() {
    server_ = std::make_unique<Server>(options_, application_, clock_, ids_, signals_);
    server_->Start();
  }
  support::RawConnection Connect() const { return support::RawConnection(server_->port()); }
  support::RawAnswer Ask(const std::string& request) const {
    support::RawConnection connection(server_->port());
    return connection.Exchange(request);
  }

  ServerOptions options_;
  ScriptedApplication application_;
  support::FakeClock clock_;
  support::SequentialIds ids_;
  core::Signals signals_;
  std::unique_ptr<Server> server_;
};

}  // namespace healthlake::http
