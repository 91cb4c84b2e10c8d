#include "healthlake/http/probe.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <exception>

namespace healthlake::http {

std::optional<int> ProbeStatus(const std::string& host, std::uint16_t port,
                               const std::string& target, std::chrono::milliseconds timeout) {
  try {
    boost::asio::ip::tcp::iostream stream;
    stream.expires_after(timeout);
    // An address to listen on everywhere is reached on loopback.
    const std::string peer = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host;
    stream.connect(peer, std::to_string(port));
    stream << "GET " << target << " HTTP/1.1\r\nHost: " << peer << "\r\nConnection: close\r\n\r\n"
           << std::flush;
    std::string version;
    int status = 0;
    stream >> version >> status;
    if (!stream || !version.starts_with("HTTP/1.")) return std::nullopt;
    return status;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace healthlake::http
