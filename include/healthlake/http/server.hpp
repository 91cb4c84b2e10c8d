// The HTTP/1.1 server: sockets, sessions, limits, time-outs, graceful stop.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/http/message.hpp"

namespace healthlake::http {

// Time-outs are measured on the Clock given to the server (Elapsed), and noticed up to 50 ms late.
struct ServerOptions {
  std::string host = "127.0.0.1";  // an address, or a name (then its IPv4 address)
  std::uint16_t port = 3447;       // 0: any free one
  std::size_t io_threads = 1;
  std::size_t pool_threads = 4;
  std::size_t pool_queue = 1024;          // waiting requests; more are refused (kOverloaded)
  std::size_t max_connections = 4096;     // more get kOverloaded and are closed
  std::size_t max_header_bytes = 32'768;  // request line and header section together
  std::chrono::milliseconds header_timeout{10'000};  // from the first byte to the end of the header
  // Between two reads of a body; the whole body may take that and a second per kB received.
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};   // between requests
  std::chrono::milliseconds write_timeout{60'000};  // a client that does not read
  std::chrono::milliseconds stop_timeout{8'000};    // for requests in flight at Stop, real time
  std::size_t gzip_min_bytes = 1024;                // smaller answers are sent as they are
};

// HTTP/1.0 and HTTP/1.1 as RFC 9110 and RFC 9112 want them. What the latter says must be rejected
// is refused with 400 and the connection closed, also where it leaves a choice (repeated
// Content-Length, obs-fold, both framings). Trailer fields are dropped. Start binds and returns;
// Stop may be called from any thread but those of the server. `application`, `clock`, `ids` and
// `signals` must outlive the server.
class Server {
 public:
  Server(const ServerOptions& options, Application& application, const core::Clock& clock,
         core::IdGenerator& ids, core::Signals& signals);
  ~Server();  // stops

  // Throws core::Error{kUnavailable} with a one-line message when the address is in use or not
  // ours.
  void Start();
  std::uint16_t port() const;  // the port bound, after Start

  // Refuses new connections, lets requests in flight end (at most stop_timeout, then cancels them
  // and waits for Handle to return), closes idle connections, joins all threads. A request that
  // sleeps in Later is handled once more, with its Cancel requested; if that gives Later again:
  // kStopping.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace healthlake::http
