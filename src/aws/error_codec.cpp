#include "healthlake/aws/error_codec.hpp"

#include "healthlake/json/tree.hpp"

namespace healthlake::aws {

std::string EncodeError(core::ErrorKind kind, std::string_view message) {
  std::string body = "{\"__type\":";
  body += json::Quote(ShapeOf(kind).name);
  body += ",\"Message\":";
  body += json::Quote(message);
  body += '}';
  return body;
}

}  // namespace healthlake::aws
