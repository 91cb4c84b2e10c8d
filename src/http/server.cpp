#include "healthlake/http/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/core/log.hpp"
#include "http/network.hpp"
#include "http/pool.hpp"
#include "http/session.hpp"
#include "http/worker.hpp"

namespace healthlake::http {
namespace {

constexpr std::size_t kRefusedAtOnce = 256;  // connections over the limit that still get an answer
constexpr std::chrono::milliseconds kAcceptPause{50};  // when there are no descriptors left
constexpr std::chrono::milliseconds kCancelGrace{1'000};
constexpr std::chrono::milliseconds kLingerGrace{100};
constexpr std::chrono::milliseconds kAbortGrace{250};

std::string NameOfAddress(const ServerOptions& options) {
  const bool is_v6 = options.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + options.host + "]" : options.host;
  return host + ":" + std::to_string(options.port);
}

[[noreturn]] void FailToListen(const ServerOptions& options, const ErrorCode& error) {
  throw core::Error(core::ErrorKind::kUnavailable,
                    "cannot listen on " + NameOfAddress(options) + ": " + error.message());
}

// A name with addresses of both families, as localhost has, means the IPv4 one.
Tcp::endpoint Resolve(net::io_context& context, const ServerOptions& options) {
  ErrorCode error;
  const net::ip::address address = net::ip::make_address(options.host, error);
  if (!error) return {address, options.port};
  net::ip::basic_resolver<Tcp, Executor> resolver(context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port), error);
  if (error || found.empty()) FailToListen(options, error);
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Application& application, const core::Clock& clock,
       core::IdGenerator& ids, core::Signals& signals)
      : options_(options), application_(application), clock_(clock), ids_(ids), signals_(signals) {}
  ~Impl() { Stop(); }

  void Start();
  void Stop();
  std::uint16_t port() const noexcept { return port_; }

 private:
  void Listen();
  Task<void> Accept();
  void Admit(Worker& worker, Socket socket);

  const ServerOptions options_;
  Application& application_;
  const core::Clock& clock_;
  core::IdGenerator& ids_;
  core::Signals& signals_;
  ConnectionCount connections_;
  std::optional<Pool> pool_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<Acceptor> acceptor_;
  std::uint16_t port_ = 0;
  std::mutex stop_mutex_;
  bool running_ = false;
};

void Server::Impl::Start() {
  pool_.emplace(options_.pool_threads, options_.pool_queue);
  const Services services{options_, application_, clock_, ids_, signals_, *pool_, connections_};
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.io_threads, 1); ++i) {
    workers_.push_back(std::make_unique<Worker>(services));
  }
  Listen();
  running_ = true;
  net::co_spawn(workers_.front()->context(), Accept(), net::detached);
  for (const auto& worker : workers_) worker->Start();
}

void Server::Impl::Listen() {
  net::io_context& context = workers_.front()->context();
  const Tcp::endpoint endpoint = Resolve(context, options_);
  acceptor_.emplace(context);
  ErrorCode error;
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(net::socket_base::max_listen_connections, error);
  if (error) FailToListen(options_, error);
  port_ = acceptor_->local_endpoint().port();
}

Task<void> Server::Impl::Accept() {
  Timer pause(workers_.front()->context());
  for (std::size_t turn = 0; acceptor_->is_open(); ++turn) {
    Worker& worker = *workers_[turn % workers_.size()];
    Socket socket(worker.context());
    ErrorCode error;
    co_await acceptor_->async_accept(socket, net::redirect_error(kAwait, error));
    if (!error) {
      Admit(worker, std::move(socket));
    } else if (acceptor_->is_open()) {
      core::Log(core::LogLevel::kWarning, "accept failed", {{"what", error.message()}});
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(net::redirect_error(kAwait, error));
    }
  }
}

void Server::Impl::Admit(Worker& worker, Socket socket) {
  const std::size_t count = connections_.open();
  if (count >= options_.max_connections + kRefusedAtOnce) return;
  const bool full = count >= options_.max_connections;
  Session::Start(worker, std::move(socket), full ? Admission::kRefuse : Admission::kServe);
}

void Server::Impl::Stop() {
  const std::lock_guard lock(stop_mutex_);
  if (running_) {
    auto close = [this] {
      ErrorCode ignored;
      acceptor_->close(ignored);
    };
    net::post(workers_.front()->context(), std::move(close));
    for (const auto& worker : workers_) worker->BeginStop();
    if (!connections_.WaitForNoneAtWork(options_.stop_timeout)) {
      for (const auto& worker : workers_) worker->CancelWork();
      connections_.WaitForNoneAtWork(kCancelGrace);
    }
    if (!connections_.WaitForNone(kLingerGrace)) {
      for (const auto& worker : workers_) worker->AbortAll();
      connections_.WaitForNone(kAbortGrace);
    }
    running_ = false;
  }
  if (pool_) pool_->Stop();
  for (const auto& worker : workers_) worker->Join();
  acceptor_.reset();
  workers_.clear();
  pool_.reset();
}

Server::Server(const ServerOptions& options, Application& application, const core::Clock& clock,
               core::IdGenerator& ids, core::Signals& signals)
    : impl_(std::make_unique<Impl>(options, application, clock, ids, signals)) {}

Server::~Server() = default;

void Server::Start() {
  impl_->Start();
}
std::uint16_t Server::port() const {
  return impl_->port();
}
void Server::Stop() {
  impl_->Stop();
}

}  // namespace healthlake::http
