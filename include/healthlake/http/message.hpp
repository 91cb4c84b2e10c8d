// Requests and answers as values, free of any network library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/clock.hpp"

namespace healthlake::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view NameOf(Method method);

struct Header {
  std::string name;
  std::string value;
};

// In the order received or to be sent; names compare without case (RFC 9110 5.1).
class Headers {
 public:
  // The first value of that name, or nullopt.
  std::optional<std::string_view> Find(std::string_view name) const;
  std::vector<std::string_view> FindAll(std::string_view name) const;
  void Add(std::string_view name, std::string_view value);
  void Set(std::string_view name, std::string_view value);  // replaces all of that name
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Header> items_;
};

struct Request {
  Method method = Method::kGet;
  std::string method_text = "GET";  // as sent, for kOther
  std::string target = "/";         // as sent: path and query, origin form; "*" for OPTIONS
  std::string path = "/";           // the target's path, still percent-encoded
  std::string query;                // after '?', still percent-encoded; empty when absent
  Headers headers;
  std::string body;        // whole, chunks joined, Content-Encoding gzip undone
  std::string request_id;  // UUID, sent back as x-amzn-requestid
  bool tls = false;
  int attempt = 0;  // how often Handle has answered Later to this request
};

// Pulled by the session while it writes: for answers that are large or endless.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next bytes; empty at the end. Called on pool threads, one call at a time; may throw, which
  // breaks the connection off (the status has been sent).
  virtual std::string Next(const core::Cancel& cancel) = 0;
};

// The server adds x-amzn-requestid (unless it is set here), Date, Server, Content-Length or
// Transfer-Encoding, and gzip with Vary where the request and the type allow it; such framing
// fields set here are left out. "Connection: close" set here closes. A body for HEAD, 204 or 304 is
// dropped, and so is a field of more than 65,000 bytes.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> source;  // when set, sent chunked instead of body, never gzip
};

// "Not yet": the session keeps the request without a thread, and calls Handle again when `topic` is
// notified on core::Signals or `deadline` (Clock::Elapsed) has come, whichever is first.
struct Later {
  std::string topic;
  std::chrono::nanoseconds deadline;
};

using Outcome = std::variant<Response, Later>;

// Where Handle runs. kInline: on the network thread, for what takes microseconds and never waits
// for a write lock. kPooled: on the bounded request pool.
enum class Place { kInline, kPooled };

// Why the server answers by itself, before or instead of Handle.
enum class Refusal {
  kBadRequest,         // 400: not HTTP/1.1 as RFC 9112 wants it
  kRequestTimeout,     // 408
  kBodyTooLarge,       // 413
  kHeaderTooLarge,     // 431
  kUnsupportedCoding,  // 415: a Content-Encoding that is neither gzip nor identity
  kOverloaded,         // 503: the request pool is full
  kStopping,           // 503: the server is stopping
};

// What the server serves. Thread-safe.
class Application {
 public:
  virtual ~Application() = default;
  virtual Place PlaceOf(const Request& request) const noexcept = 0;
  // Must not throw: the error boundary is inside.
  virtual Outcome Handle(Request& request, const core::Cancel& cancel) noexcept = 0;
  // The answer to a request that never reached Handle, in the dialect of the plane it was meant
  // for; `request` has what is known (target and headers, perhaps nothing, never a body).
  virtual Response Refuse(const Request& request, Refusal refusal) const noexcept = 0;
  // How many bytes of body (after gunzip) this request may have; asked once the header is read.
  virtual std::size_t BodyLimit(const Request& request) const noexcept = 0;
};

}  // namespace healthlake::http
