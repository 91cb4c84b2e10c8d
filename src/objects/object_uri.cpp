#include <algorithm>
#include <string>

#include "healthlake/core/error.hpp"
#include "healthlake/objects/object_storage.hpp"

namespace healthlake::objects {
namespace {

bool IsBucketEdge(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsBucketName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && IsBucketEdge(name.front()) &&
         IsBucketEdge(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
           return IsBucketEdge(c) || c == '.' || c == '-';
         });
}

}  // namespace

ObjectUri ParseObjectUri(std::string_view text) {
  constexpr std::string_view kScheme = "s3://";
  if (text.starts_with(kScheme)) {
    const std::string_view rest = text.substr(kScheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view bucket = rest.substr(0, slash);
    if (IsBucketName(bucket)) {
      return {std::string(bucket), std::string(rest.substr(std::min(slash + 1, rest.size())))};
    }
  }
  throw core::Error(core::ErrorKind::kInvalid,
                    "\"" + std::string(text) +
                        "\" is no s3://bucket/key with a bucket name of 3 to 63 characters a-z, "
                        "0-9, '.' and '-'");
}

}  // namespace healthlake::objects
