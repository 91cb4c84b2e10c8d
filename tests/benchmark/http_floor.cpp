// The limit that the HTTP server is measured against: a bare Beast coroutine server that answers
// every request with the same 1.2 kB, and our server doing the same.
//
//   healthlake_http_floor PORT [beast|ours|pooled]    runs until it is killed; then for example
//   wrk -t1 -c32 -d5s http://127.0.0.1:PORT/
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/http/server.hpp"

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using net::ip::tcp;

const std::string& Body() {
  static const std::string body(1200, 'x');
  return body;
}

void Announce(std::uint16_t port) {
  std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(port));
  std::fflush(stdout);
}

net::awaitable<void> ServeBare(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  stream.socket().set_option(tcp::no_delay(true));
  beast::flat_buffer buffer;
  try {
    for (;;) {
      stream.expires_after(std::chrono::seconds(30));
      beast::http::request<beast::http::string_body> request;
      co_await beast::http::async_read(stream, buffer, request, net::use_awaitable);
      beast::http::response<beast::http::string_body> response(beast::http::status::ok, 11);
      response.set(beast::http::field::content_type, "application/fhir+json");
      response.keep_alive(request.keep_alive());
      response.body() = Body();
      response.prepare_payload();
      co_await beast::http::async_write(stream, response, net::use_awaitable);
    }
  } catch (const std::exception&) {
    co_return;  // the peer has closed
  }
}

net::awaitable<void> AcceptBare(tcp::acceptor acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(net::use_awaitable);
    net::co_spawn(acceptor.get_executor(), ServeBare(std::move(socket)), net::detached);
  }
}

int RunBeast(std::uint16_t port) {
  net::io_context context(1);
  tcp::acceptor acceptor(context, {net::ip::address_v4::loopback(), port});
  Announce(acceptor.local_endpoint().port());
  net::co_spawn(context, AcceptBare(std::move(acceptor)), net::detached);
  context.run();
  return 0;
}

class Echo final : public healthlake::http::Application {
 public:
  explicit Echo(healthlake::http::Place place) : place_(place) {}
  healthlake::http::Place PlaceOf(const healthlake::http::Request&) const noexcept override {
    return place_;
  }
  healthlake::http::Outcome Handle(healthlake::http::Request&,
                                   const healthlake::core::Cancel&) noexcept override {
    healthlake::http::Response response;
    response.headers.Add("Content-Type", "application/fhir+json");
    response.body = Body();
    return response;
  }
  healthlake::http::Response Refuse(const healthlake::http::Request&,
                                    healthlake::http::Refusal) const noexcept override {
    healthlake::http::Response response;
    response.status = 400;
    return response;
  }
  std::size_t BodyLimit(const healthlake::http::Request&) const noexcept override { return 1000; }

 private:
  const healthlake::http::Place place_;
};

int RunOurs(std::uint16_t port, healthlake::http::Place place) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Echo application(place);
  const healthlake::core::SystemClock clock;
  healthlake::core::RandomIds ids;
  healthlake::core::Signals signals;
  healthlake::http::ServerOptions options;
  options.port = port;
  healthlake::http::Server server(options, application, clock, ids, signals);
  server.Start();
  Announce(server.port());
  int received = 0;
  sigwait(&ends, &received);
  server.Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  const std::string which = argc > 2 ? argv[2] : "beast";
  if (which == "beast") return RunBeast(port);
  if (which == "ours") return RunOurs(port, healthlake::http::Place::kInline);
  if (which == "pooled") return RunOurs(port, healthlake::http::Place::kPooled);
  std::fprintf(stderr, "usage: healthlake_http_floor PORT [beast|ours|pooled]\n");
  return 2;
}
