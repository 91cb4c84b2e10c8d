// gzip (RFC 1952) of bodies: inflating under a limit, deflating whole answers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace healthlake::http {

// Inflates a body as its pieces arrive. Several members in a row are one body (RFC 1952 2.2).
class Gunzip {
 public:
  enum class Status { kOk, kTooLarge, kMalformed };

  explicit Gunzip(std::size_t limit);
  ~Gunzip();

  // Appends to `out`, which may grow to `limit` bytes: never a byte more is inflated.
  Status Add(std::string_view piece, std::string& out);
  // Whether the body ended where a member ended. Nothing at all is an empty body.
  bool Complete() const noexcept;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  const std::size_t limit_;
};

// `body` as one gzip member; empty when that is not shorter.
std::string Gzip(std::string_view body);

}  // namespace healthlake::http
